/**
 * Which argument registers an instruction reads and writes, from its operands. A register is a bit of a mask;
 * sub-registers count as the whole. The rules are ours and not iced-x86's `InstructionInfoFactory`, because
 * the question is another one: not what the processor reads but what the compiler meant. So `xor edi,edi` reads
 * nothing, `cvtsi2sd xmm0,eax` overwrites, and so does a write of `dil`.
 */

import { Mnemonic, Register } from 'iced-x86';
import type { Instruction } from '../../binary/instruction.ts';

/** Bits 0-5 in the order of the System V psABI: rdi rsi rdx rcx r8 r9; bits 6-13: xmm0-7; bit 14: rax. */
export const INTEGER_REGISTERS = 6;
const VECTOR_REGISTERS = 8;
export const INTEGER_MASK = (1 << INTEGER_REGISTERS) - 1;
export const VECTOR_MASK = ((1 << VECTOR_REGISTERS) - 1) << INTEGER_REGISTERS;
/** `al` holds the number of vector arguments of a variadic call. */
export const RAX = 1 << 14;

const RDI = 1;
const RSI = 2;
const RDX = 4;
const RCX = 8;

const R: Readonly<Record<keyof typeof Register, number>> = Register;
const M: Readonly<Record<keyof typeof Mnemonic, number>> = Mnemonic;

/** iced-x86 Register → mask, 0 for registers that carry no arguments. */
const MASK_OF = ((): Int32Array => {
  const masks = new Int32Array(256);
  const aliases: (keyof typeof Register)[][] = [
    ['DIL', 'DI', 'EDI', 'RDI'],
    ['SIL', 'SI', 'ESI', 'RSI'],
    ['DL', 'DH', 'DX', 'EDX', 'RDX'],
    ['CL', 'CH', 'CX', 'ECX', 'RCX'],
    ['R8L', 'R8W', 'R8D', 'R8'],
    ['R9L', 'R9W', 'R9D', 'R9'],
  ];
  aliases.forEach((names, bit) => {
    for (const name of names) masks[R[name]] = 1 << bit;
  });
  for (const name of ['AL', 'AH', 'AX', 'EAX', 'RAX'] as const) masks[R[name]] = RAX;
  for (let i = 0; i < VECTOR_REGISTERS; i++) {
    for (const first of [R.XMM0, R.YMM0, R.ZMM0]) masks[first + i] = 1 << (INTEGER_REGISTERS + i);
  }
  return masks;
})();

/** What an instruction does with its first operand where that is a register. */
const ACCESS = { readWrite: 0, read: 1, write: 2, none: 3 } as const;

/** Mnemonics whose first operand is only read, or only written. Whatever matches no pattern reads and writes. */
const READ =
  /^(Cmp|Test|Push|Bt|Comis[sd]|Ucomis[sd]|Vu?comis[sd]|Ptest|Vptest|Vtestp[sd]|Call|Jmp|Mul|Div|Idiv|Pcmp[ei]str[im]|Vpcmp[ei]str[im]|Wr[fg]sbase|Out|Bndcl|Bndcu)$/;
const WRITE =
  /^(Mov(?!sb$|sw$|sq$|hps$|lps$|hpd$|lpd$|hlps$|lhps$).*|Lea|Pop|Set.+|Cvt.+|Sqrt.+|Rcp.s|Rsqrt.s|Lddqu|Pshuf(d|hw|lw)|Pmov.+|Pabs.|Pextr.|Extractps|Tzcnt|Lzcnt|Popcnt|Bsf|Bsr|Andn|Bextr|Bzhi|Bls.+|Rorx|Sarx|Shlx|Shrx|Pdep|Pext|Mulx|Rd(rand|seed|pid|fsbase|gsbase)|In|Round.+|Phminposuw|Insertps)$/;
/** AVX has a destination of its own, but for these, which add to it or keep a part of it. */
const VECTOR_READ_WRITE = /^V(fm|fnm|p?gather|p?scatter|pdp|permi2|permt2)/;

const FIRST_OPERAND = ((): Uint8Array => {
  const table = new Uint8Array(Object.values(M).filter((v) => typeof v === 'number').length);
  for (const [name, value] of Object.entries(M)) {
    if (typeof value !== 'number') continue;
    if (name === 'Nop') table[value] = ACCESS.none;
    else if (READ.test(name)) table[value] = ACCESS.read;
    else if (WRITE.test(name)) table[value] = ACCESS.write;
    else if (name.startsWith('V') && !VECTOR_READ_WRITE.test(name)) table[value] = ACCESS.write;
  }
  return table;
})();

/** Ways to make a constant from a register, whatever it holds; 0 for all other instructions. */
const CONSTANT = { ofSame: 1, orOnes: 2, andZero: 3 } as const;

const MAKES_CONSTANT = new Uint8Array(FIRST_OPERAND.length);
// prettier-ignore
for (const mnemonic of [
  M.Xor, M.Sub, M.Sbb, M.Pxor, M.Xorps, M.Xorpd, M.Vpxor, M.Vxorps, M.Vxorpd,
  M.Psubb, M.Psubw, M.Psubd, M.Psubq, M.Pcmpeqb, M.Pcmpeqw, M.Pcmpeqd, M.Pcmpeqq,
  M.Vpcmpeqb, M.Vpcmpeqw, M.Vpcmpeqd, M.Vpcmpeqq, M.Pcmpgtb, M.Pcmpgtw, M.Pcmpgtd,
]) {
  MAKES_CONSTANT[mnemonic] = CONSTANT.ofSame;
}
MAKES_CONSTANT[M.Or] = CONSTANT.orOnes;
MAKES_CONSTANT[M.And] = CONSTANT.andZero;

const STRING_MOVE = RDI | RSI | RCX;

/** Registers that instructions use without naming them: the instructions, reads, writes. */
const IMPLICIT_RULES: readonly [number[], number, number][] = [
  [[M.Cbw, M.Cwde, M.Cdqe], RAX, RAX],
  [[M.Cwd, M.Cdq, M.Cqo], RAX, RDX],
  [[M.Div, M.Idiv], RAX | RDX, RAX | RDX],
  [[M.Mul], RAX, RAX | RDX],
  [[M.Mulx], RDX, 0],
  [[M.Movsb, M.Movsw, M.Movsq, M.Cmpsb, M.Cmpsw, M.Cmpsq], STRING_MOVE, STRING_MOVE],
  [[M.Stosb, M.Stosw, M.Stosd, M.Stosq], RDI | RCX | RAX, RDI | RCX],
  [[M.Scasb, M.Scasw, M.Scasd, M.Scasq], RDI | RCX | RAX, RDI | RCX],
  [[M.Cmpxchg], RAX, RAX],
  [[M.Cmpxchg8b, M.Cmpxchg16b], RAX | RDX | RCX, RAX | RDX],
  [[M.Cpuid], RAX | RCX, RAX | RCX | RDX],
  [[M.Xgetbv], RCX, RAX | RDX],
  [[M.Rdtsc], 0, RAX | RDX],
  [[M.Rdtscp], 0, RAX | RDX | RCX],
  [[M.Syscall], RAX | RDI | RSI | RDX, RAX | RCX],
  [[M.Jrcxz, M.Jecxz, M.Loop], RCX, 0],
  [[M.Lahf], 0, RAX],
  [[M.Sahf], RAX, 0],
];

/** Mnemonic → its implicit reads, and writes in the high 16 bits; 0 for most. */
const IMPLICIT = new Int32Array(FIRST_OPERAND.length);
for (const [mnemonics, reads, writes] of IMPLICIT_RULES) {
  for (const mnemonic of mnemonics) IMPLICIT[mnemonic] = reads | (writes << 16);
}

/** True where an instruction uses registers that it does not name. */
export function hasImplicitEffects(instruction: Instruction): boolean {
  return (
    IMPLICIT[instruction.mnemonic] !== 0 ||
    (instruction.mnemonic === M.Imul && instruction.operands.length === 1)
  );
}

/** Reads in the low 16 bits, writes in the high 16. Calls are not in it: what a callee does is not the caller's. */
export function registerEffects(instruction: Instruction): number {
  const { mnemonic, operands } = instruction;
  let reads = IMPLICIT[mnemonic] & 0xffff;
  let writes = IMPLICIT[mnemonic] >>> 16;
  let access: number = FIRST_OPERAND[mnemonic];
  if (mnemonic === M.Movsd && operands[0].kind === 'memory' && operands[1].kind === 'memory') {
    // The string instruction: SSE2's of the same name has a register on one side.
    return RDI | RSI | RCX | ((RDI | RSI | RCX) << 16);
  }
  if (mnemonic === M.Imul && operands.length !== 2) {
    access = operands.length === 1 ? ACCESS.read : ACCESS.write;
    if (operands.length === 1) {
      reads |= RAX;
      writes |= RAX | RDX;
    }
  }
  if (access === ACCESS.none) return 0;
  if (givesConstant(instruction)) {
    const target = operands[0];
    return target?.kind === 'register' ? MASK_OF[target.register] << 16 : 0;
  }
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    if (operand.kind === 'memory') {
      reads |= MASK_OF[operand.base] | MASK_OF[operand.index];
    } else if (operand.kind === 'register') {
      const mask = MASK_OF[operand.register];
      if (mask === 0) continue;
      if (i > 0) {
        if (!(mnemonic === M.Mulx && i === 1)) reads |= mask;
        if (mnemonic === M.Xchg || mnemonic === M.Xadd || (mnemonic === M.Mulx && i === 1)) writes |= mask;
      } else {
        if (access !== ACCESS.write) reads |= mask;
        if (access !== ACCESS.read) writes |= mask;
      }
    }
  }
  return reads | (writes << 16);
}

/** `xor r,r` and its like, `or r,-1` and `and r,0`: what the register held does not matter. */
function givesConstant({ mnemonic, operands }: Instruction): boolean {
  const way = MAKES_CONSTANT[mnemonic];
  if (way === 0 || operands.length < 2) return false;
  const last = operands[operands.length - 1];
  const other = operands[operands.length - 2];
  if (other.kind !== 'register') return false;
  if (last.kind === 'register') return way === CONSTANT.ofSame && other.register === last.register;
  return (
    last.kind === 'immediate' && last.value === (way === CONSTANT.orOnes ? -1 : 0) && way !== CONSTANT.ofSame
  );
}

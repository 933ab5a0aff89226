/**
 * Jump tables of `switch`. Compilers write them in two forms: offsets from the table (position-independent code:
 * `lea base; movsxd offset, [base+index*4]; add offset, base; jmp offset`) and addresses (`jmp [table+index*8]`).
 * How many entries a table has stands in the check before it (`cmp index, n; ja default`); without one, it ends
 * where an entry leads out of the function.
 */

import { Mnemonic, Register, RegisterExt } from 'iced-x86';
import type { Budget } from '../budget.ts';
import { Bytes } from '../bytes.ts';
import type { Instruction, Operand } from '../instruction.ts';
import type { AddressSpace } from '../memory.ts';

export interface JumpTable {
  address: number;
  /** Bytes: 4 for offsets, 8 for addresses. */
  entrySize: 4 | 8;
  /** Where it leads, each once, in order of the entries. */
  targets: number[];
}

/** Where a table may lead. */
export interface CodeRange {
  start: number;
  end: number;
}

/** The base of a table is loaded before the loop around a `switch`: some hundred instructions for a parser's. */
const BASE_REACH = 400;
/** From the jump back to the load, and from the load back to the check, lie a few instructions, at -O0 a dozen. */
const LOAD_REACH = 12;
const CHECK_REACH = 24;
/** A scanner's largest tables have some thousand entries. */
const MAX_ENTRIES = 1 << 14;

const M: Readonly<Record<keyof typeof Mnemonic, number>> = Mnemonic;
/** Their first operand is a register that they read only. */
const READERS: ReadonlySet<number> = new Set([M.Cmp, M.Test, M.Push, M.Jmp, M.Call, M.Bt]);
const CHECKS: ReadonlySet<number> = new Set([M.Cmp, M.Sub]);
/** A byte register is a part of its 64-bit one: which, by iced-x86 Register. */
const FULL: readonly number[] = Object.values(Register)
  .filter((value): value is Register => typeof value === 'number')
  .map((register) => RegisterExt.fullRegister(register));
/** Registers that a called function may change (psABI "Register Usage"). */
const CHANGED_BY_CALLS: ReadonlySet<number> = new Set([
  Register.RAX,
  Register.RCX,
  Register.RDX,
  Register.RSI,
  Register.RDI,
  Register.R8,
  Register.R9,
  Register.R10,
  Register.R11,
]);

/**
 * The table of the indirect jump `instructions[index]`; undefined where it goes through none that we know.
 * @throws BinscribeError of kind `budget`
 */
export function readJumpTable(
  instructions: readonly Instruction[],
  index: number,
  memory: AddressSpace,
  range: CodeRange,
  budget?: Budget,
): JumpTable | undefined {
  const found = locate(instructions, index);
  if (!found) return undefined;
  const { address, entrySize, loadedAt } = found;
  const limit = Math.min(checkedCount(instructions, loadedAt) ?? MAX_ENTRIES, MAX_ENTRIES);
  const bytes = new Bytes(memory.slice(address, limit * entrySize), 'jump table');
  const targets = new Set<number>();
  for (let at = 0; at + entrySize <= bytes.length; at += entrySize) {
    budget?.spend('entries');
    const target = entrySize === 4 ? address + bytes.i32(at) : bytes.u64(at);
    if (!(target >= range.start && target < range.end)) break;
    targets.add(target);
  }
  return targets.size === 0 ? undefined : { address, entrySize, targets: [...targets] };
}

interface Located {
  address: number;
  entrySize: 4 | 8;
  /** Index of the instruction that reads the table. */
  loadedAt: number;
}

function locate(instructions: readonly Instruction[], index: number): Located | undefined {
  const [through] = instructions[index].operands;
  if (through?.kind === 'memory') return tableOf(instructions, through, index, index);
  if (through?.kind !== 'register') return undefined;
  const jumped = FULL[through.register];
  const last = definition(instructions, jumped, index, LOAD_REACH);
  if (last === undefined) return undefined;
  const { mnemonic, operands } = instructions[last];
  if (mnemonic === M.Mov && operands[1].kind === 'memory')
    return tableOf(instructions, operands[1], last, last);
  if (mnemonic !== M.Add || operands[1]?.kind !== 'register') return undefined;
  // Of the two that are added one is the table and one the offset that was read from it.
  for (const [base, offset] of [
    [FULL[operands[1].register], jumped],
    [jumped, FULL[operands[1].register]],
  ]) {
    const address = loadedAddress(instructions, base, last);
    const loadedAt = definition(instructions, offset, last, LOAD_REACH);
    if (address === undefined || loadedAt === undefined) continue;
    const load = instructions[loadedAt].operands[1];
    if (load?.kind === 'memory' && load.size === 4) return { address, entrySize: 4, loadedAt };
  }
  return undefined;
}

/** A table of addresses, read by `operand` of the instruction at `at`. */
function tableOf(
  instructions: readonly Instruction[],
  operand: Extract<Operand, { kind: 'memory' }>,
  at: number,
  loadedAt: number,
): Located | undefined {
  const { base, index, scale, displacement, size } = operand;
  if (size !== 8 || index === 0 || scale !== 8) return undefined;
  const address = base === 0 ? 0 : loadedAddress(instructions, FULL[base], at);
  if (address === undefined || address + displacement <= 0) return undefined;
  return { address: address + displacement, entrySize: 8, loadedAt };
}

/** The address that a register was given by the last `lea reg, [rip+x]` or `mov reg, x` before `before`. */
function loadedAddress(
  instructions: readonly Instruction[],
  register: number,
  before: number,
): number | undefined {
  const at = definition(instructions, register, before, BASE_REACH);
  if (at === undefined) return undefined;
  const { mnemonic, operands } = instructions[at];
  const source = operands[1];
  if (mnemonic === M.Lea && source.kind === 'memory' && source.ripRelative) return source.displacement;
  return mnemonic === M.Mov && source.kind === 'immediate' ? source.value : undefined;
}

/** Index of the last instruction before `before` that gives `register` its value, in order of address. */
function definition(
  instructions: readonly Instruction[],
  register: number,
  before: number,
  reach: number,
): number | undefined {
  for (let i = before - 1; i >= Math.max(0, before - reach); i--) {
    const { mnemonic, operands, flow } = instructions[i];
    const called = flow === 'call' || flow === 'indirect-call';
    if (called && CHANGED_BY_CALLS.has(register)) return undefined;
    const [first] = operands;
    if (first?.kind === 'register' && FULL[first.register] === register && !READERS.has(mnemonic)) return i;
  }
  return undefined;
}

/** How many entries the check before the load at `loadedAt` lets through: `cmp x, n; ja` n + 1, `jae` n. */
function checkedCount(instructions: readonly Instruction[], loadedAt: number): number | undefined {
  for (let i = loadedAt - 1; i >= Math.max(1, loadedAt - CHECK_REACH); i--) {
    const { mnemonic } = instructions[i];
    if (mnemonic !== M.Ja && mnemonic !== M.Jae) continue;
    for (let j = i - 1; j >= Math.max(0, i - LOAD_REACH); j--) {
      const limit = instructions[j].operands[1];
      if (!CHECKS.has(instructions[j].mnemonic) || limit?.kind !== 'immediate') continue;
      // A negative limit is a large number without sign, and no bound.
      return limit.value < 0 ? undefined : limit.value + (mnemonic === M.Ja ? 1 : 0);
    }
    return undefined;
  }
  return undefined;
}

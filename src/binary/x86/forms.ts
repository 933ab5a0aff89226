/**
 * The forms of instructions. The last bytes of an instruction are its displacement and its immediate (Intel SDM
 * volume 2, figure 2-1): numbers, which mean themselves. All that stands before them (prefixes, opcode, ModR/M, SIB)
 * means the same wherever it stands, and programs repeat it: the 630,000 instructions of git have 15,000 forms. So a
 * form is asked of iced-x86 once, and then found by its bytes.
 */

import type { Flow, Operand } from '../instruction.ts';

/** A number in the bytes of an instruction. */
export interface Constant {
  /** Index of the operand that it is a part of. */
  readonly operand: number;
  /** Where it is, in bytes from the instruction's first. */
  readonly offset: number;
  /** In bytes: 1, 2, 4 or 8; it is signed. */
  readonly size: number;
  /** Whether it counts from the end of the instruction. */
  readonly relative: boolean;
}

/** All of an instruction but its constants. */
export interface Form {
  /** Bytes, those of the constants included. */
  readonly length: number;
  /** iced-x86 Mnemonic. */
  readonly mnemonic: number;
  readonly flow: Flow;
  /** With any number where a constant belongs. */
  readonly operands: readonly Operand[];
  readonly constants: readonly Constant[];
}

/** The operands of an instruction at `at` in `code`, which lies at `address`. Those without constants are shared. */
export function bindOperands(
  { operands, constants, length }: Form,
  code: Uint8Array,
  at: number,
  address: number,
): readonly Operand[] {
  if (constants.length === 0) return operands;
  const bound = operands.slice();
  for (let i = 0; i < constants.length; i++) {
    const { operand, offset, size, relative } = constants[i];
    const value = readSigned(code, at + offset, size);
    // The end of the instruction is exact, so that the sum is rounded once: targets may lie beyond 2^53.
    const base = relative ? address + at + length : 0;
    bound[operand] = withConstant(operands[operand], base + value);
  }
  return bound;
}

function readSigned(code: Uint8Array, at: number, size: number): number {
  switch (size) {
    case 1:
      return (code[at] << 24) >> 24;
    case 2:
      return ((code[at] | (code[at + 1] << 8)) << 16) >> 16;
    case 4:
      return code[at] | (code[at + 1] << 8) | (code[at + 2] << 16) | (code[at + 3] << 24);
    default:
      return readSigned(code, at + 4, 4) * TWO_32 + (readSigned(code, at, 4) >>> 0);
  }
}

const TWO_32 = 2 ** 32;

function withConstant(operand: Operand, value: number): Operand {
  switch (operand.kind) {
    case 'memory': {
      const { base, index, scale, ripRelative, size, segment } = operand;
      return { kind: 'memory', base, index, scale, displacement: value, ripRelative, size, segment };
    }
    case 'immediate':
      return { kind: 'immediate', value, size: operand.size };
    case 'target':
      return { kind: 'target', address: unsignedAddress(value) };
    default:
      return operand;
  }
}

/** Addresses are of 64 bits: what lies below the first is at their end. */
export function unsignedAddress(address: number): number {
  return address < 0 ? address + 2 ** 64 : address;
}

/** Of 1 KB each. The forms of git have 2,400, those of a large library with AVX 10,000. */
const MAX_NODES = 1 << 14;
/** Some 300 bytes each. */
const MAX_FORMS = 1 << 16;

/** Forms by their bytes: a tree in which each byte leads on to a node or to a form. Bounded: code may be hostile. */
export class FormTree {
  /** 256 of each node: 0 for nothing, the start of another node, or ~index of a form. */
  private next = new Int32Array(256 * 256);
  private used = 256;
  private forms: Form[] = [];

  /** The form of the instruction that starts at `at`; undefined where it is not known or `code` ends in it. */
  find(code: Uint8Array, at: number): Form | undefined {
    const { next } = this;
    let node = 0;
    for (let i = at; i < code.length; i++) {
      const to = next[node + code[i]];
      if (to < 0) {
        const form = this.forms[~to];
        return at + form.length <= code.length ? form : undefined;
      }
      if (to === 0) return undefined;
      node = to;
    }
    return undefined;
  }

  /** @param size how many bytes of `code` from `at` on make the form: all before its constants */
  add(code: Uint8Array, at: number, size: number, form: Form): void {
    // Real programs do not get here; what they use is soon there again.
    if (this.used + size * 256 > MAX_NODES * 256 || this.forms.length === MAX_FORMS) this.clear();
    let node = 0;
    for (const byte of code.subarray(at, at + size - 1)) {
      // Before the entry is written: a node more may move them all.
      const next = this.next[node + byte] || this.addNode();
      this.next[node + byte] = next;
      node = next;
    }
    this.next[node + code[at + size - 1]] = ~(this.forms.push(form) - 1);
  }

  private addNode(): number {
    if (this.used === this.next.length) {
      const larger = new Int32Array(2 * this.next.length);
      larger.set(this.next);
      this.next = larger;
    }
    this.used += 256;
    return this.used - 256;
  }

  private clear(): void {
    this.next.fill(0);
    this.used = 256;
    this.forms = [];
  }
}

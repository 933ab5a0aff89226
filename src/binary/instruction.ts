/**
 * An instruction as the rest of Binscribe sees it: numbers, not text. `mnemonic` and registers are iced-x86's
 * enumerations; `x86/names.ts` turns them into text where somebody looks.
 */

/** What follows an instruction. `trap` is ud2, hlt, int3: nothing follows. */
export type Flow =
  'next' | 'jump' | 'branch' | 'call' | 'indirect-jump' | 'indirect-call' | 'return' | 'trap';

export type Operand =
  | { readonly kind: 'register'; readonly register: number }
  /** Sign-extended to the operand's size; exact up to 2^53. `size` in bytes is that of the encoding. */
  | { readonly kind: 'immediate'; readonly value: number; readonly size: number }
  | {
      readonly kind: 'memory';
      /** iced-x86 Register; 0 is none. */
      readonly base: number;
      readonly index: number;
      readonly scale: number;
      /** For a rip-relative operand the absolute address, with `ripRelative` true. */
      readonly displacement: number;
      readonly ripRelative: boolean;
      /** Bytes read or written; 0 where the instruction touches none (lea). */
      readonly size: number;
      /** iced-x86 Register FS or GS; 0 otherwise. */
      readonly segment: number;
    }
  /** The target of a direct call, jump or branch. */
  | { readonly kind: 'target'; readonly address: number };

export interface Instruction {
  address: number;
  /** Bytes. */
  length: number;
  /** iced-x86 Mnemonic; 0 (INVALID) where the bytes are no instruction. */
  mnemonic: number;
  /** Destination first, as in Intel syntax. At most 5. */
  operands: readonly Operand[];
  flow: Flow;
}

/** A maximal run of instructions that is entered at its first and left at its last. */
export interface BasicBlock {
  /** Address of the first instruction. */
  start: number;
  /** Index of the first instruction in the function's list, and how many follow it. */
  first: number;
  count: number;
  /** Indices of the blocks that may follow. */
  successors: number[];
}

export interface CallSite {
  /** Address of the instruction. */
  from: number;
  /** Address called; for a jump that leaves the function, the address jumped to. */
  to: number;
  kind: 'call' | 'tail';
}

/** A function taken apart. */
export interface FunctionBody {
  instructions: Instruction[];
  /** In the order of their addresses. */
  blocks: BasicBlock[];
  /** Direct calls, and direct jumps that leave the function. */
  calls: CallSite[];
  /** Printable strings that the code refers to, in order of reference, each once. Short ones are in read-only data. */
  strings: { from: number; address: number; text: string }[];
  /** Floating-point numbers of few digits that the code reads from read-only data, each once. */
  numbers: { address: number; value: number }[];
  /** Immediates that are neither small nor addresses: magic numbers, masks, sizes. Each once. */
  constants: number[];
  /** True where an indirect jump through no known table leaves edges unknown. */
  incomplete: boolean;
}

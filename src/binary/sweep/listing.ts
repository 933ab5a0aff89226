/** All instructions of a region of code in columns: what a sweep needs of them, at 18 bytes an instruction. */

import type { Budget } from '../budget.ts';
import type { Region } from '../memory.ts';
import type { Flow } from '../instruction.ts';
import { type Glance, scanCode } from '../x86/decode.ts';

/** What an instruction does to the flow of control, as a number. */
export const KIND = {
  next: 0,
  padding: 1,
  frame: 2,
  jump: 3,
  branch: 4,
  call: 5,
  'indirect-jump': 6,
  'indirect-call': 7,
  return: 8,
  trap: 9,
} as const satisfies Record<Flow | 'padding' | 'frame', number>;

/** Bytes that an instruction takes in the columns, for the budget. */
const ROW = 21;
/** x86-64 instructions are four bytes long on average: this is room for nearly all regions. */
const EXPECTED_LENGTH = 3;

export class Listing {
  readonly region: Region;
  count = 0;
  /** Offset in the region of each instruction. */
  offsets: Uint32Array;
  kinds: Uint8Array;
  /** As in `Glance`. */
  targets: Float64Array;
  /** Addresses that the code takes by `lea`, and numbers that it moves, wherever they lead. */
  readonly taken = new Set<number>();
  readonly moved = new Set<number>();

  /** Takes `region` apart. @throws BinscribeError of kind `budget` */
  constructor(region: Region, budget: Budget) {
    this.region = region;
    const room = Math.ceil(region.bytes.length / EXPECTED_LENGTH) + 1;
    budget.spend('bytes', room * ROW);
    this.offsets = new Uint32Array(room);
    this.kinds = new Uint8Array(room);
    this.targets = new Float64Array(room);
    scanCode(region.bytes, region.address, budget, (glance) => this.add(glance, budget));
  }

  private add({ address, flow, padding, pushesFrame, target, taken, moved }: Glance, budget: Budget): void {
    if (this.count === this.offsets.length) this.grow(budget);
    const at = this.count++;
    this.offsets[at] = address - this.region.address;
    this.kinds[at] = padding ? KIND.padding : pushesFrame ? KIND.frame : KIND[flow];
    this.targets[at] = target;
    if (taken >= 0) this.taken.add(taken);
    if (moved >= 0) this.moved.add(moved);
  }

  private grow(budget: Budget): void {
    const room = this.count * 2;
    budget.spend('bytes', room * ROW);
    const grown = <T extends Uint32Array | Uint8Array | Float64Array>(column: T, into: T): T => {
      into.set(column);
      return into;
    };
    this.offsets = grown(this.offsets, new Uint32Array(room));
    this.kinds = grown(this.kinds, new Uint8Array(room));
    this.targets = grown(this.targets, new Float64Array(room));
  }

  addressOf(index: number): number {
    return index < this.count ? this.region.address + this.offsets[index] : this.end;
  }

  /** Past the last byte of code. */
  get end(): number {
    return this.region.address + this.region.bytes.length;
  }

  /** Index of the instruction that begins at `address`; -1 where none does. */
  indexOf(address: number): number {
    const offset = address - this.region.address;
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const value = this.offsets[middle];
      if (value === offset) return middle;
      if (value < offset) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

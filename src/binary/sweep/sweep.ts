/**
 * Functions of a program that has no unwind tables, by looking at all its code. Compilers put function after
 * function, so that a start is whatever is called or has its address taken, and the first instruction after the
 * end of a function: an end is where control stops and no earlier jump, direct or through a table, leads past.
 */

import type { Binary } from '../binary.ts';
import { decode } from '../x86/decode.ts';
import { type JumpTable, readJumpTable } from '../x86/jump-tables.ts';
import { KIND, Listing } from './listing.ts';
import { neverReturns } from './noreturn.ts';

/** A stretch that is a function, or a part of one that was moved away from it. */
export interface Stretch {
  address: number;
  size: number;
  /** Something refers to it as to a function: a call, a taken address, a pointer in the data. */
  sure: boolean;
}

const R_X86_64_64 = 1;
const R_X86_64_RELATIVE = 8;
const POINTER_SIZE = 8;
/** Instructions before an indirect jump that are looked at for its table. */
const TABLE_CONTEXT = 400;
/** Each round knows the functions of the round before it that do not return. Chains of them are this short. */
const ROUNDS = 4;
/** Functions of compilers begin at multiples of 16 from -O2 on. */
const ALIGNMENT = 16;
/** Below the lowest address of a program that is not position-independent, a number is not an address. */
const LOWEST_FIXED = 0x10000;

/**
 * The stretches of all regions that hold functions one after another.
 * @throws BinscribeError of kind `budget`
 */
export function sweep(binary: Binary, known: Iterable<number>): Stretch[] {
  const { memory, budget } = binary;
  // Linkage stubs and the C library's two stumps are found otherwise.
  const regions = memory.regions.filter((r) => r.executable && !/^\.(plt|init$|fini$)/.test(r.name));
  const listings = regions.map((region) => new Listing(region, budget));
  const sure = collectSure(binary, listings, known);
  const stops = new Set<number>();
  let stretches: Stretch[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = stops.size;
    stretches = listings.flatMap((listing) => new Cutter(binary, listing, sure, stops).run());
    if (stops.size === before) break;
  }
  return stretches;
}

/** Addresses that something uses as those of functions. */
function collectSure(binary: Binary, listings: readonly Listing[], known: Iterable<number>): Set<number> {
  const { memory, budget, relocations } = binary;
  const sure = new Set<number>(known);
  const listingAt = (address: number): Listing | undefined =>
    listings.find(({ region, end }) => address >= region.address && address < end);
  const add = (address: number): void => {
    if (!sure.has(address) && (listingAt(address)?.indexOf(address) ?? -1) >= 0) sure.add(address);
  };
  for (const { type, addend, symbolAddress } of relocations) {
    if (type === R_X86_64_RELATIVE || type === R_X86_64_64) add(symbolAddress + addend);
  }
  const fixed = memory.regions.every(({ address }) => address >= LOWEST_FIXED);
  for (const { kinds, targets, count, taken, moved } of listings) {
    for (let i = 0; i < count; i++) if (kinds[i] === KIND.call) add(targets[i]);
    for (const address of taken) add(address);
    if (fixed) for (const address of moved) add(address);
  }
  if (!fixed) return sure;
  // Without relocations pointers are plain numbers. In read-only data they may be jump tables.
  for (const { writable, executable, bytes } of memory.regions) {
    if (!writable || executable) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + POINTER_SIZE <= bytes.length; at += POINTER_SIZE) {
      budget.spend('entries');
      if (view.getUint32(at + 4, true) === 0) add(view.getUint32(at, true));
    }
  }
  return sure;
}

/** Cuts one region into stretches. */
class Cutter {
  private readonly binary: Binary;
  private readonly listing: Listing;
  private readonly sure: ReadonlySet<number>;
  /** Functions that do not return; grows. */
  private readonly stops: Set<number>;
  /** Sure starts in order, and which of them comes next. */
  private readonly bounds: number[];
  private nextBound = 0;
  private readonly branched = new Set<number>();
  private readonly stretches: Stretch[] = [];
  private start = 0;
  /** The furthest place that the function leads to. */
  private reached = 0;
  /** It returns, or goes on elsewhere. */
  private returns = false;

  constructor(binary: Binary, listing: Listing, sure: ReadonlySet<number>, stops: Set<number>) {
    this.binary = binary;
    this.listing = listing;
    this.sure = sure;
    this.stops = stops;
    const { region, end, kinds, targets, count } = listing;
    this.bounds = [...sure].filter((a) => a >= region.address && a < end).sort((a, b) => a - b);
    for (let i = 0; i < count; i++) {
      if (kinds[i] === KIND.jump || kinds[i] === KIND.branch) this.branched.add(targets[i]);
    }
  }

  run(): Stretch[] {
    const { listing } = this;
    let i = this.begin(this.skipPadding(0));
    while (i < listing.count) {
      const address = listing.addressOf(i);
      if (address !== this.start && this.sure.has(address)) {
        this.close(address);
        this.begin(i);
      }
      const ended = this.step(i);
      i++;
      if (ended ? this.reached < listing.addressOf(i) : this.beginsAfterPadding(i)) {
        this.close(listing.addressOf(i));
        i = this.begin(this.skipPadding(i));
      }
    }
    if (this.start < listing.end) this.close(listing.end);
    return this.stretches;
  }

  private begin(index: number): number {
    this.start = this.reached = this.listing.addressOf(index);
    this.returns = false;
    return index;
  }

  private close(end: number): void {
    const { start } = this;
    if (end <= start) return;
    this.stretches.push({ address: start, size: end - start, sure: this.sure.has(start) });
    if (!this.returns) this.stops.add(start);
  }

  /** Traps stand where nothing arrives too, as after the call in `_start`. */
  private skipPadding(index: number): number {
    const { kinds, count } = this.listing;
    let i = index;
    while (i < count && (kinds[i] === KIND.padding || kinds[i] === KIND.trap)) i++;
    return i;
  }

  /** Follows instruction `i`. @returns whether control stops there */
  private step(i: number): boolean {
    const { kinds, targets } = this.listing;
    switch (kinds[i]) {
      case KIND.jump:
        this.lead(targets[i]);
        return true;
      case KIND.branch:
        this.lead(targets[i]);
        return false;
      case KIND.call:
        return this.stops.has(targets[i]) || neverReturns(this.binary.imports.get(targets[i]));
      case KIND['indirect-call']:
        return neverReturns(this.binary.imports.get(targets[i]));
      case KIND['indirect-jump']: {
        const table = this.tableOf(i);
        if (!table) this.returns = true;
        for (const target of table?.targets ?? []) this.lead(target);
        return true;
      }
      case KIND.return:
        this.returns = true;
        return true;
      case KIND.trap:
        return true;
      default:
        return false;
    }
  }

  /** Notes that the function goes on at `target`, unless that is another function. */
  private lead(target: number): void {
    if (target < this.start || target >= this.limit()) {
      if (!this.stops.has(target)) this.returns = true;
    } else if (target > this.reached) this.reached = target;
  }

  /** The sure start after the function's own: it goes no further. */
  private limit(): number {
    while (this.bounds[this.nextBound] <= this.start) this.nextBound++;
    return this.bounds[this.nextBound] ?? this.listing.end;
  }

  private tableOf(i: number): JumpTable | undefined {
    const { listing, binary } = this;
    const first = Math.max(0, i - TABLE_CONTEXT);
    const from = Math.max(this.start, listing.addressOf(first));
    const code = binary.memory.slice(from, listing.addressOf(i + 1) - from);
    const instructions = decode(code, from, binary.budget);
    const range = { start: this.start, end: this.limit() };
    return readJumpTable(instructions, instructions.length - 1, binary.memory, range, binary.budget);
  }

  /**
   * Whether instruction `i` is padding in front of an aligned place to which nothing jumps: a compiler aligns
   * targets of jumps, and functions.
   */
  private beginsAfterPadding(i: number): boolean {
    const { kinds, count } = this.listing;
    if (i >= count || kinds[i] !== KIND.padding) return false;
    const next = this.listing.addressOf(this.skipPadding(i));
    const free = next % ALIGNMENT === 0 && this.reached < next && !this.branched.has(next);
    // At -O0 a `nop` of the compiler's may stand before a function's last instructions.
    return free && !endsFrame(this.binary.memory.slice(next, 3));
  }
}

/** Whether code begins with `leave`, `ret`, `pop` or `add rsp`, as functions end. */
function endsFrame([first, second, third]: Uint8Array): boolean {
  const pops = (byte: number): boolean => byte >= 0x58 && byte <= 0x5f;
  if (first === 0xc9 || first === 0xc3 || pops(first)) return true;
  return (
    (first === 0x41 && pops(second)) ||
    (first === 0x48 && (second === 0x83 || second === 0x81) && third === 0xc4)
  );
}

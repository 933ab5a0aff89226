/**
 * The functions of a program, stripped or not. In falling order of trust: symbols (of assembly also labels that
 * are called), linkage stubs, unwind entries, the places where the loader starts to run code, without unwind entries
 * what a sweep over all code finds, and then whatever direct calls and jumps lead to.
 *
 * A start that lies inside a stretch already known is no function: hand-written code jumps about in itself.
 */

import type { Binary, BinarySymbol, FoundFunction, FunctionSource } from './binary.ts';
import { readFrames } from './eh_frame.ts';
import { sweep } from './sweep/sweep.ts';
import { decode, measureExtent, scanTransfers } from './x86/decode.ts';

const STT_NOTYPE = 0;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const STB_LOCAL = 0;
const R_X86_64_64 = 1;
const R_X86_64_RELATIVE = 8;
/** Where nothing says how long a function is, it is looked for in this many bytes: such code is small. */
const MAX_EXTENT = 1 << 16;
/** `endbr64` (4 bytes) and the longest near jump (`bnd jmp [rip+x]`, 7), rounded up to a stub's 16. */
const MAX_THUNK = 16;

interface Candidate {
  address: number;
  size: number;
  symbol: string | null;
  source: FunctionSource;
  /** Its unwind entry starts in the middle of a frame: control does not come here by a call. */
  stale: boolean;
  /** Something calls it, or its address stands in a table. */
  called: boolean;
  /** Start of the function from which a conditional branch, or any jump, leads here. */
  branchedFrom: number | null;
  jumpedFrom: number | null;
}

/**
 * All functions, by address. Where the budget ends first, those found until then, with a cut.
 */
export function findFunctions(binary: Binary): FoundFunction[] {
  const search = new Search(binary);
  binary.budget.attempt('functions', () => search.run(), undefined);
  return search.result();
}

class Search {
  private readonly binary: Binary;
  private readonly candidates = new Map<number, Candidate>();
  /** Candidates whose code has not been looked at. */
  private pending: Candidate[] = [];
  /** Sorted starts and the ends that belong to them, renewed each round. */
  private starts: number[] = [];
  /** Some of the code has unwind entries. */
  private framed = false;

  constructor(binary: Binary) {
    this.binary = binary;
  }

  run(): void {
    this.addSymbols();
    this.addLabels();
    for (const stub of this.binary.stubs) this.add(stub.address, 'plt', stub.size, stub.name);
    this.addFrames();
    const { entry, initializers } = this.binary;
    for (const address of entry === 0 ? initializers : [entry, ...initializers]) this.add(address, 'entry');
    if (this.needsSweep()) this.addStretches();
    while (this.pending.length > 0) {
      const round = this.pending;
      this.pending = [];
      this.measure(round);
      for (const candidate of round) if (candidate.source !== 'plt') this.follow(candidate);
    }
    this.notePointers();
  }

  /** A function of which the address stands in a table is one that is called, whatever jumps to it as well. */
  private notePointers(): void {
    for (const { type, addend, symbolAddress } of this.binary.relocations) {
      if (type !== R_X86_64_RELATIVE && type !== R_X86_64_64) continue;
      const candidate = this.candidates.get(symbolAddress + addend);
      if (candidate) candidate.called = true;
    }
  }

  private add(
    address: number,
    source: FunctionSource,
    size = 0,
    symbol: string | null = null,
  ): Candidate | undefined {
    const { memory, budget } = this.binary;
    const region = memory.find(address);
    if (!region?.executable) return undefined;
    // A damaged entry may claim any size; there is no code of a function beyond its region.
    const held = Math.min(size, region.address + region.size - address);
    const known = this.candidates.get(address);
    if (known) {
      if (known.size === 0) known.size = held;
      return known;
    }
    budget.spend('entries');
    const candidate: Candidate = {
      address,
      size: held,
      symbol,
      source,
      stale: false,
      called: false,
      branchedFrom: null,
      jumpedFrom: null,
    };
    this.candidates.set(address, candidate);
    this.pending.push(candidate);
    return candidate;
  }

  private addSymbols(): void {
    const best = new Map<number, BinarySymbol>();
    for (const symbol of this.binary.symbols) {
      if (symbol.type !== STT_FUNC && symbol.type !== STT_GNU_IFUNC) continue;
      if (symbol.section === 0 || symbol.name === '') continue;
      const other = best.get(symbol.address);
      if (!other || preferred(symbol, other) < 0) best.set(symbol.address, symbol);
    }
    for (const { address, size, name } of best.values()) this.add(address, 'symbol', size, name);
  }

  /**
   * Hand-written assembly often leaves its functions without a type. A label in code is one of them where
   * something calls it, or where an object file's section begins with it for other files to call.
   */
  private addLabels(): void {
    const { memory, budget, symbols, sections, kind } = this.binary;
    const labels = symbols.filter(
      ({ type, section, name, address }) =>
        type === STT_NOTYPE && section !== 0 && name !== '' && memory.isExecutable(address),
    );
    if (labels.length === 0) return;
    const called = new Set<number>();
    for (const { executable, bytes, address } of memory.regions) {
      if (!executable) continue;
      for (const { to, flow } of scanTransfers(bytes, address, budget)) if (flow === 'call') called.add(to);
    }
    for (const { address, size, name, binding, section } of labels) {
      const begins =
        kind === 'relocatable' && binding !== STB_LOCAL && sections[section]?.address === address;
      if (begins || called.has(address)) this.add(address, 'symbol', size, name);
    }
  }

  private addFrames(): void {
    const stubs = new Set(this.binary.stubs.map((s) => s.address));
    const { memory } = this.binary;
    for (const { start, size, fresh } of readFrames(this.binary)) {
      // One entry covers all stubs of a linkage table, and its first bytes are no function.
      if (memory.find(start)?.name.startsWith('.plt') || coversStub(stubs, start, size)) continue;
      this.framed = true;
      const candidate = this.add(start, 'eh_frame', size);
      if (candidate && !fresh) candidate.stale = true;
    }
  }

  /** Without unwind tables only a look at all the code finds what nothing calls. */
  private needsSweep(): boolean {
    return this.binary.kind !== 'relocatable' && !this.framed;
  }

  private addStretches(): void {
    const known = [...this.candidates.values()].filter(({ source }) => source !== 'plt');
    for (const { address, size, sure } of sweep(
      this.binary,
      known.map((candidate) => candidate.address),
    )) {
      const candidate = this.add(address, 'prologue', size);
      if (candidate && sure) candidate.called = true;
    }
  }

  /** Gives every candidate of a round its size, if it has none, now that all starts of the round are known. */
  private measure(round: Candidate[]): void {
    const { memory, budget } = this.binary;
    this.starts = [...this.candidates.keys()].sort((a, b) => a - b);
    for (const candidate of round) {
      if (candidate.size > 0) continue;
      const next = this.starts[upperBound(this.starts, candidate.address)] ?? Infinity;
      const code = memory.slice(candidate.address, Math.min(MAX_EXTENT, next - candidate.address));
      candidate.size = measureExtent(code, candidate.address, budget);
    }
  }

  /** Adds what the code of a candidate calls and jumps to. */
  private follow(candidate: Candidate): void {
    const { memory, budget } = this.binary;
    const { address, size } = candidate;
    for (const { to, flow } of scanTransfers(memory.slice(address, size), address, budget)) {
      if (flow !== 'call' && to >= address && to < address + size) continue;
      const known = this.candidates.get(to);
      if (!known && this.isInside(to)) continue;
      const target = known ?? this.add(to, flow === 'call' ? 'call' : 'jump');
      if (!target) continue;
      if (flow === 'call') target.called = true;
      else target.jumpedFrom ??= address;
      if (flow === 'branch') target.branchedFrom ??= address;
    }
  }

  /** Whether an address lies inside a function that was known when the round began. */
  private isInside(address: number): boolean {
    const start = this.starts[upperBound(this.starts, address) - 1];
    const candidate = start === undefined ? undefined : this.candidates.get(start);
    return candidate !== undefined && address < candidate.address + candidate.size;
  }

  result(): FoundFunction[] {
    const byName = new Map<string, number>();
    for (const { symbol, address } of this.candidates.values())
      if (symbol !== null) byName.set(symbol, address);
    return [...this.candidates.values()]
      .sort((a, b) => a.address - b.address)
      .map((candidate) => this.classify(candidate, byName));
  }

  private classify(candidate: Candidate, byName: ReadonlyMap<string, number>): FoundFunction {
    const { address, size, symbol, source } = candidate;
    const found: FoundFunction = { address, size, symbol, kind: 'function', source, parent: null };
    const part = symbol === null ? null : /^(.+)\.(?:cold|part)(?:\.\d+)?$/.exec(symbol);
    if (part) {
      return { ...found, kind: 'fragment', parent: byName.get(part[1]) ?? candidate.jumpedFrom };
    }
    const guessed = source === 'eh_frame' || source === 'prologue';
    if (guessed && !candidate.called && (candidate.stale || candidate.branchedFrom !== null)) {
      return { ...found, kind: 'fragment', parent: candidate.branchedFrom ?? candidate.jumpedFrom };
    }
    if (source === 'plt') return { ...found, kind: 'thunk' };
    if (size > 0 && size <= MAX_THUNK) {
      const [first, second] = decode(this.binary.memory.slice(address, size), address);
      // endbr64 is the only instruction with no operand that flows on in front of a jump.
      const jump = first?.flow === 'next' && first.operands.length === 0 ? second : first;
      if (jump?.flow === 'jump') return { ...found, kind: 'thunk' };
      const slot = jump?.flow === 'indirect-jump' ? jump.operands[0] : undefined;
      if (slot?.kind === 'memory' && slot.ripRelative) {
        return {
          ...found,
          kind: 'thunk',
          symbol: symbol ?? this.binary.imports.get(slot.displacement) ?? null,
        };
      }
    }
    return found;
  }
}

/** Of two symbols at one address: a global one, then a sized one, then the first by name. Negative: `a`. */
function preferred(a: BinarySymbol, b: BinarySymbol): number {
  const local = Number(a.binding === STB_LOCAL) - Number(b.binding === STB_LOCAL);
  const unsized = Number(a.size === 0) - Number(b.size === 0);
  return local || unsized || (a.name < b.name ? -1 : 1);
}

/** Index of the first value above `value` in a sorted list. */
function upperBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Stubs are 8 bytes apart at least; an entry that covers one starts at most a table's header before it. */
function coversStub(stubs: ReadonlySet<number>, start: number, size: number): boolean {
  // Counted from zero: above 2^53 an address plus one is the same address, and a hostile entry lies there.
  for (let i = 0; i < Math.min(size, 2 * MAX_THUNK); i++) if (stubs.has(start + i)) return true;
  return false;
}

/** The debugging sections of a binary, and the strings in them. */

import type { Binary } from '../binary.ts';
import type { Budget } from '../budget.ts';
import { Bytes, decodeText, type Cursor } from '../bytes.ts';
import { corrupt } from '../../error.ts';

/** What of a `Binary` the reader of debugging information uses. */
export type DebugSource = Pick<Binary, 'sectionData' | 'memory' | 'budget'>;

/** Names longer than this are no names: the longest mangled C++ names of Debian's programs are about 12 KB. */
export const MAX_NAME = 1 << 16;

/** A section that is absent is one without bytes: whatever refers into it is then out of bounds. */
export class DebugSections {
  readonly budget: Budget;
  readonly info: Bytes;
  /** Type units of DWARF 4. */
  readonly types: Bytes;
  readonly abbrev: Bytes;
  readonly addr: Bytes;
  readonly line: Bytes;
  readonly ranges: Bytes;
  readonly rnglists: Bytes;
  readonly strOffsets: Bytes;
  readonly str: StringTable;
  readonly lineStr: StringTable;

  constructor(source: DebugSource) {
    const section = (name: string): Bytes => new Bytes(source.sectionData(name) ?? new Uint8Array(0), name);
    this.budget = source.budget;
    this.info = section('.debug_info');
    this.types = section('.debug_types');
    this.abbrev = section('.debug_abbrev');
    this.addr = section('.debug_addr');
    this.line = section('.debug_line');
    this.ranges = section('.debug_ranges');
    this.rnglists = section('.debug_rnglists');
    this.strOffsets = section('.debug_str_offsets');
    this.str = new StringTable(section('.debug_str'), source.budget);
    this.lineStr = new StringTable(section('.debug_line_str'), source.budget);
  }
}

/** `.debug_str` or `.debug_line_str`: one string a zero byte, referred to by offset, decoded once. */
export class StringTable {
  private readonly bytes: Bytes;
  private readonly budget: Budget;
  private readonly known = new Map<number, string>();

  constructor(bytes: Bytes, budget: Budget) {
    this.bytes = bytes;
    this.budget = budget;
  }

  /** @throws BinscribeError of kind `corrupt` where no string of at most MAX_NAME bytes starts at `offset`. */
  at(offset: number): string {
    const known = this.known.get(offset);
    if (known !== undefined) return known;
    const text = terminatedText(this.bytes, offset, this.bytes.length);
    // Strings may share their ends: a table of n bytes can be asked for n strings of n bytes.
    this.budget.spend('bytes', text.length);
    this.known.set(offset, text);
    return text;
  }
}

/**
 * The text at `offset` that a zero byte ends before `end`. Not `Bytes.cstring`: this one never looks past its
 * bounds, however far away the next zero byte is.
 * @throws BinscribeError of kind `corrupt` where there is none.
 */
export function terminatedText(bytes: Bytes, offset: number, end: number): string {
  bytes.check(offset, 1);
  return decodeText(bytes.data.subarray(offset, terminator(bytes, offset, Math.min(end, offset + MAX_NAME))));
}

/** Offset of the first zero byte from `offset` on. @throws BinscribeError of kind `corrupt` if none is before `end`. */
export function terminator(bytes: Bytes, offset: number, end: number): number {
  const data = bytes.data;
  for (let at = offset; at < end; at++) if (data[at] === 0) return at;
  throw corrupt(`${bytes.where}: the string at offset 0x${offset.toString(16)} has no end`);
}

/**
 * Tables that each lie somewhere in a section and are each read once (abbreviations, file lists) sum up to the
 * section's size at most. A file in which they overlap was made to be read forever.
 */
export class OverlapGuard {
  private readonly bytes: Bytes;
  private left: number;

  constructor(bytes: Bytes) {
    this.bytes = bytes;
    // Twice: units of different address or offset sizes may share a table, which is then read for each.
    this.left = 2 * bytes.length;
  }

  /**
   * Runs `read`, which moves `cursor` over a table.
   * @throws BinscribeError of kind `corrupt` once more was read than can be there, and what `read` throws.
   */
  watch<T>(cursor: Cursor, read: () => T): T {
    if (this.left < 0) throw corrupt(`${this.bytes.where}: its tables overlap`);
    const start = cursor.position;
    try {
      return read();
    } finally {
      this.left -= cursor.position - start;
    }
  }
}

/** One `<row … />` of a dump: attributes that are decoded when they are asked for, and only then. */

import { isUtf8 } from 'node:buffer';
import { corruptAt } from './corrupt.ts';
import type { Names } from './names.ts';

const AMPERSAND = 0x26;
const HASH = 0x23;
const SEMICOLON = 0x3b;
const LETTER_X = 0x78;
const SPACE = 0x20;
const RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** Longest reference with its `&` and `;`: `&#x10FFFF;` and some leading zeros. */
const MAX_REFERENCE = 16;

/** What XML predefines, by the little-endian number that its first three letters make: `lt;`, `gt;`, `quo`, `amp`. */
const LT = 0x3b746c;
const GT = 0x3b7467;
const QUO = 0x6f7571;
const AMP = 0x706d61;
const APO = 0x6f7061;
const LETTER_T = 0x74;
const LETTER_S = 0x73;

/** Three attributes of four are numbers as small as these: they are not made again for each row. */
const SMALL_NUMBERS = Array.from({ length: 1000 }, (_, i) => String(i));

/** Where values are decoded to; nothing stays in it. */
let scratch = Buffer.allocUnsafe(64 * 1024);

export class Row {
  private readonly buffer: Buffer;
  private readonly bufferOffset: number;
  private readonly names: Names;
  /** Triples of name, start and end. */
  private readonly marks: readonly number[];
  private readonly first: number;
  private readonly last: number;
  private readonly start: number;
  private readonly end: number;

  constructor(
    buffer: Buffer,
    bufferOffset: number,
    names: Names,
    marks: readonly number[],
    first: number,
    last: number,
    start: number,
    end: number,
  ) {
    this.buffer = buffer;
    this.bufferOffset = bufferOffset;
    this.names = names;
    this.marks = marks;
    this.first = first;
    this.last = last;
    this.start = start;
    this.end = end;
  }

  /** Bytes from the start of the dump. */
  get offset(): number {
    return this.bufferOffset + this.start;
  }

  /** In bytes. */
  get size(): number {
    return this.end - this.start;
  }

  /** The row as it stands in the dump: a view, valid as long as its chunk. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(this.start, this.end);
  }

  /**
   * The value of an attribute, undefined where the row has none.
   *
   * @throws BinscribeError of kind `corrupt` for a reference that XML does not have, and for text that is not UTF-8.
   */
  text(name: string): string | undefined {
    const mark = this.find(name);
    return mark < 0 ? undefined : this.decode(this.marks[mark + 1], this.marks[mark + 2]);
  }

  /** The value of an attribute that is a whole number. @throws BinscribeError of kind `corrupt` where it is none. */
  integer(name: string): number | undefined {
    const mark = this.find(name);
    if (mark < 0) return undefined;
    const { buffer } = this;
    const start = this.marks[mark + 1];
    const end = this.marks[mark + 2];
    const negative = buffer[start] === 0x2d;
    let value = 0;
    for (let i = negative ? start + 1 : start; i < end; i++) {
      const digit = buffer[i] - 0x30;
      if (digit < 0 || digit > 9) this.fail(start, end, `a whole number in ${name}`);
      value = value * 10 + digit;
    }
    if (end === start || (negative && end === start + 1) || value > Number.MAX_SAFE_INTEGER) {
      this.fail(start, end, `a whole number in ${name}`);
    }
    return negative ? -value : value;
  }

  /** All attributes in the order of the row. */
  *attributes(): Generator<[name: string, value: string]> {
    for (let i = this.first; i < this.last; i += 3) {
      yield [this.names.texts[this.marks[i]], this.decode(this.marks[i + 1], this.marks[i + 2])];
    }
  }

  /** Where the mark of an attribute is, -1 where the row has none. */
  private find(name: string): number {
    const id = this.names.find(name);
    for (let i = this.first; i < this.last; i += 3) if (this.marks[i] === id) return i;
    return -1;
  }

  private decode(start: number, end: number): string {
    const { buffer } = this;
    const size = end - start;
    if (size <= 3) {
      const small = smallNumber(buffer, start, end);
      if (small !== undefined) return small;
    }
    // What a reference stands for is never longer than the reference.
    if (scratch.length < size) scratch = Buffer.allocUnsafe(2 * size);
    const out = scratch;
    let length = 0;
    let high = 0;
    for (let i = start; i < end;) {
      const byte = buffer[i];
      if (byte === AMPERSAND) {
        const reference = readReference(buffer, i, end);
        if (reference === 0) this.fail(i, end, 'a reference to a character, such as "&amp;"');
        const code = reference >>> 5;
        i += reference & 31;
        if (code < 0x80) out[length++] = code;
        else {
          high = 0x80;
          length += out.write(String.fromCodePoint(code), length);
        }
      } else if (byte >= SPACE) {
        high |= byte;
        out[length++] = byte;
        i++;
      } else {
        // XML makes a line end in a value a space, and one space of the pair.
        out[length++] = SPACE;
        i += byte === RETURN && buffer[i + 1] === LINE_FEED ? 2 : 1;
      }
    }
    if (high < 0x80) return out.toString('latin1', 0, length);
    if (!isUtf8(buffer.subarray(start, end))) this.fail(start, end, 'UTF-8');
    return out.toString('utf8', 0, length);
  }

  private fail(start: number, end: number, expected: string): never {
    const got = JSON.stringify(this.buffer.toString('latin1', start, Math.min(end, start + MAX_REFERENCE)));
    throw corruptAt(this.bufferOffset + start, `expected ${expected}`, got.replaceAll(/[^ -~]/g, '?'));
  }
}

/**
 * The reference at `start`, where an `&` is: its code point in the upper 27 bits and its length in the lower 5, in one
 * number so that nothing is allocated; 0 where it is none.
 *
 * Control characters other than NUL are taken: XML 1.0 forbids them, and a dump with one would else be refused whole.
 */
function readReference(buffer: Buffer, start: number, end: number): number {
  if (buffer[start + 1] === HASH) return readNumericReference(buffer, start, end);
  const left = end - start;
  const name = buffer[start + 1] | (buffer[start + 2] << 8) | (buffer[start + 3] << 16);
  if (name === LT && left >= 4) return (0x3c << 5) | 4;
  if (name === GT && left >= 4) return (0x3e << 5) | 4;
  const last = buffer[start + 4];
  if (name === AMP && last === SEMICOLON && left >= 5) return (0x26 << 5) | 5;
  if (buffer[start + 5] !== SEMICOLON || left < 6) return 0;
  if (name === QUO && last === LETTER_T) return (0x22 << 5) | 6;
  return name === APO && last === LETTER_S ? (0x27 << 5) | 6 : 0;
}

function readNumericReference(buffer: Buffer, start: number, end: number): number {
  const base = buffer[start + 2] === LETTER_X ? 16 : 10;
  const first = start + (base === 16 ? 3 : 2);
  const limit = Math.min(end, start + MAX_REFERENCE);
  let code = 0;
  for (let i = first; i < limit; i++) {
    const byte = buffer[i];
    if (byte === SEMICOLON) {
      const isSurrogate = code >= 0xd800 && code <= 0xdfff;
      return code === 0 || code > 0x10ffff || isSurrogate ? 0 : (code << 5) | (i + 1 - start);
    }
    const letter = byte | 0x20;
    const digit = byte <= 0x39 ? byte - 0x30 : letter <= 0x66 ? letter - 0x57 : base;
    if (digit < 0 || digit >= base || (byte > 0x39 && digit < 10)) return 0;
    // Above what is a character it stays above.
    code = Math.min(code * base + digit, 0x110000);
  }
  return 0;
}

/** The text of one to three digits that do not begin with a zero; undefined for anything else. */
function smallNumber(buffer: Buffer, start: number, end: number): string | undefined {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = buffer[i] - 0x30;
    if (digit < 0 || digit > 9 || (i > start && value === 0)) return undefined;
    value = value * 10 + digit;
  }
  return end === start ? '' : SMALL_NUMBERS[value];
}

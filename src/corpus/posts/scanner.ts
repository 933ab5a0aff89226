/**
 * Cuts the bytes of a `Posts.xml` into rows. Written for exactly what Stack Exchange publishes, which is a sliver of
 * XML: an optional byte order mark, a declaration, `<posts>`, then one `<row Name="value" … />` after another. There
 * is no document type and there are no entities but XML's own, so none can expand.
 *
 * A value cannot hold a bare `<`, so a row is complete as soon as the next `<` is there: finding rows costs one search
 * for a byte, and a row that is cut by the border of two chunks is looked at once.
 */

import { BinscribeError } from '../../error.ts';
import { corruptAt } from './corrupt.ts';
import { MAX_NAMES, Names } from './names.ts';
import { Row } from './row.ts';

/** Bytes of the longest row. Stack Overflow takes 30,000 characters in a post, which escaped are under 1 MB. */
const MAX_ROW_SIZE = 16 * 2 ** 20;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const SLASH = 0x2f;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;

/** Values up to this length are searched for their end here: a call costs as much as looking at so many bytes. */
const NEAR = 32;

/** Room at the end of a message for what was found. */
const SHOWN = 24;

const isSpace = (byte: number): boolean =>
  byte === SPACE || byte === LINE_FEED || byte === RETURN || byte === TAB;

/** ASCII letters, digits and `_`: the names that the dumps have. */
const isNameByte = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x30 && byte <= 0x39) ||
  byte === 0x5f;

/** What a scanner has come to: it starts in the prolog and must end after `</posts>`. */
type Place = 'prolog' | 'rows' | 'end';

/** Rows out of chunks. A chunk that was pushed must not be changed afterwards: rows are views of it. */
export class RowScanner {
  /** Why it cannot go on; rows before that are good. */
  failure: BinscribeError | undefined;
  private readonly names = new Names();
  private place: Place = 'prolog';
  /** What has been pushed and is not used up, and where in the dump it begins. */
  private buffer: Buffer = Buffer.alloc(0);
  private offset = 0;
  /** Chunks that will follow `buffer`: they are joined when the row that began in it can end. */
  private waiting: Buffer[] = [];
  private waitingSize = 0;
  /** Number of the row in which each name was last seen. */
  private readonly seen: number[] = [];
  private rowNumber = 0;

  /** The rows that end in this chunk, or in those before it. */
  push(chunk: Uint8Array): Row[] {
    if (this.failure || chunk.length === 0) return [];
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    // All that is held is the beginning of one thing, so without a `<` it goes on.
    if (this.buffer.length > 0 && !piece.includes(LESS)) {
      this.waiting.push(piece);
      this.waitingSize += piece.length;
      if (this.buffer.length + this.waitingSize > MAX_ROW_SIZE) this.failure = this.tooLong();
      return [];
    }
    this.join(piece);
    return this.scan(false);
  }

  /** The last rows. Afterwards `failure` is set unless the dump was whole. */
  finish(): Row[] {
    if (this.failure) return [];
    if (this.waiting.length > 0) this.join(Buffer.alloc(0));
    return this.scan(true);
  }

  private join(piece: Buffer): void {
    const parts = [this.buffer, ...this.waiting, piece];
    this.buffer = this.buffer.length + this.waitingSize === 0 ? piece : Buffer.concat(parts);
    this.waiting = [];
    this.waitingSize = 0;
  }

  private scan(final: boolean): Row[] {
    const rows: Row[] = [];
    const marks: number[] = [];
    let at = 0;
    try {
      at = this.place === 'prolog' ? this.readProlog(final) : 0;
      if (this.place === 'rows') at = this.scanRows(at, rows, marks);
      if (this.place === 'end') at = this.skipSpace(at, this.buffer.length);
      if (this.place === 'end' ? at < this.buffer.length : final) this.failAtEnd(at);
      if (this.buffer.length - at > MAX_ROW_SIZE) throw this.tooLong();
    } catch (error) {
      if (!(error instanceof BinscribeError)) throw error;
      this.failure = error;
    }
    // A copy, so that the beginning of a row does not keep a whole chunk.
    this.buffer = Buffer.from(this.buffer.subarray(at));
    this.offset += at;
    return rows;
  }

  /** @returns where the first thing begins that is not complete */
  private scanRows(start: number, rows: Row[], marks: number[]): number {
    const { buffer } = this;
    let at = this.skipSpace(start, buffer.length);
    while (at < buffer.length) {
      if (buffer[at] !== LESS) this.fail(at, 'expected "<row"');
      const next = buffer.indexOf(LESS, at + 1);
      const end = next < 0 ? buffer.length : next;
      if (this.hasText(at, '</posts>')) {
        this.place = 'end';
        return at + '</posts>'.length;
      }
      // The last thing in the buffer: it may go on in the next chunk.
      if (next < 0) return at;
      if (end - at > MAX_ROW_SIZE) throw this.tooLong();
      if (!this.hasText(at, '<row')) this.fail(at, 'expected "<row" or "</posts>"');
      const first = marks.length;
      const closed = this.scanAttributes(at + 4, end, marks);
      rows.push(new Row(buffer, this.offset, this.names, marks, first, marks.length, at, closed));
      at = this.skipSpace(closed, end);
      if (at !== end) this.fail(at, 'expected the next row');
    }
    return at;
  }

  /** Pushes the name, the start and the end of each attribute. @returns where the row has ended */
  private scanAttributes(start: number, end: number, marks: number[]): number {
    const { buffer, names, seen } = this;
    const number = ++this.rowNumber;
    let at = start;
    let previous = -1;
    for (;;) {
      const gap = at;
      while (at < end && isSpace(buffer[at])) at++;
      if (at < end && buffer[at] === SLASH) {
        if (at + 1 >= end || buffer[at + 1] !== GREATER) this.fail(at, 'expected "/>"');
        return at + 2;
      }
      if (at === gap) this.fail(at, 'expected a space or "/>" after a value');
      const nameStart = at;
      while (at < end && isNameByte(buffer[at])) at++;
      if (at === nameStart) this.fail(at, 'expected the name of an attribute or "/>"');
      if (at + 1 >= end || buffer[at] !== EQUALS || buffer[at + 1] !== QUOTE) this.fail(at, 'expected `="`');
      const name = names.intern(buffer, nameStart, at, previous);
      if (name < 0) this.fail(nameStart, `expected at most ${MAX_NAMES} names of attributes, got another`);
      if (seen[name] === number) this.fail(nameStart, 'expected each attribute once');
      seen[name] = number;
      previous = name;
      const value = at + 2;
      const near = Math.min(value + NEAR, end);
      at = value;
      while (at < near && buffer[at] !== QUOTE) at++;
      if (at === near) {
        at = buffer.indexOf(QUOTE, at);
        if (at < 0 || at >= end) this.fail(value, `expected '"' at the end of a value before the next "<"`);
      }
      marks.push(name, value, at);
      at++;
    }
  }

  /** The byte order mark, the declaration and `<posts>`. @returns 0 while they are not complete */
  private readProlog(final: boolean): number {
    const { buffer } = this;
    // A gigabyte of spaces is no prolog; the published one has 50 bytes.
    const complete = final || buffer.length >= 4096;
    let at = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0;
    at = this.skipSpace(at, buffer.length);
    if (at < buffer.length && buffer[at] !== LESS && (complete || buffer.length >= 3)) {
      this.fail(at, 'expected "<?xml" or "<posts>"', 'Name the unpacked file: 7z x ARCHIVE Posts.xml');
    }
    if (this.hasText(at, '<?xml')) {
      const close = buffer.indexOf('?>', at, 'latin1');
      if (close < 0) return complete ? this.fail(at, 'expected "?>" at the end of the declaration') : 0;
      const declaration = buffer.toString('latin1', at, close).toLowerCase();
      if (declaration.includes('encoding') && !declaration.includes('utf-8')) {
        this.fail(at, 'expected encoding="utf-8"', 'Convert it: iconv -t UTF-8');
      }
      at = this.skipSpace(close + 2, buffer.length);
    }
    if (buffer.length - at < '<posts>'.length && !complete) return 0;
    if (!this.hasText(at, '<posts>')) {
      this.fail(at, 'expected "<posts>"', 'Of a dump only the file Posts.xml is read.');
    }
    this.place = 'rows';
    return at + '<posts>'.length;
  }

  private skipSpace(start: number, end: number): number {
    let at = start;
    while (at < end && isSpace(this.buffer[at])) at++;
    return at;
  }

  private hasText(at: number, text: string): boolean {
    if (at + text.length > this.buffer.length) return false;
    for (let i = 0; i < text.length; i++) if (this.buffer[at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  private failAtEnd(at: number): void {
    if (this.place === 'end') this.fail(at, 'expected nothing after "</posts>"');
    this.fail(
      this.buffer.length,
      `expected ${this.place === 'prolog' ? '"<posts>"' : 'more rows or "</posts>"'}`,
      'The file is not whole: get it again, or go on with the rows before this.',
    );
  }

  private tooLong(): BinscribeError {
    return corruptAt(this.offset, `expected rows of at most ${MAX_ROW_SIZE} bytes`, 'a longer one hereafter');
  }

  private fail(at: number, expected: string, hint?: string): never {
    const got = JSON.stringify(this.buffer.toString('latin1', at, at + SHOWN)).replaceAll(/[^ -~]/g, '?');
    throw corruptAt(this.offset + at, expected, at < this.buffer.length ? got : 'the end', hint);
  }
}

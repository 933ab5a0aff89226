/**
 * Little-endian reads with bounds. Offsets and 64-bit values are JavaScript numbers: a value of 2^53 and more
 * loses its low bits, but it compares correctly and cannot wrap, so a bound check on it never passes wrongly.
 */

import { corrupt } from '../error.ts';

const TWO_32 = 2 ** 32;
/** Names longer than this are no names: the longest mangled C++ names of Debian's programs are about 12 KB. */
const MAX_STRING = 1 << 16;
const utf8 = new TextDecoder('utf-8');

/** Apart from what throws it, which is then small enough to become a part of the loops that call it. */
function outside(where: string, size: number, offset: number, what: string, end: number): Error {
  return corrupt(
    `${where}: ${size} bytes expected at offset 0x${offset.toString(16)}, but ${what} ends at 0x${end.toString(16)}`,
  );
}

/** A stretch of bytes of which the file's format says what it is. */
export class Bytes {
  readonly data: Uint8Array;
  /** What these bytes are, for messages. */
  readonly where: string;
  private readonly view: DataView;

  constructor(data: Uint8Array, where: string) {
    this.data = data;
    this.where = where;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  get length(): number {
    return this.data.length;
  }

  /** @throws BinscribeError of kind `corrupt` unless `size` bytes lie at `offset`. */
  check(offset: number, size: number): void {
    if (!(offset >= 0 && size >= 0 && offset + size <= this.data.length)) {
      throw outside(this.where, size, offset, 'it', this.data.length);
    }
  }

  u8(offset: number): number {
    this.check(offset, 1);
    return this.data[offset];
  }

  u16(offset: number): number {
    this.check(offset, 2);
    return this.view.getUint16(offset, true);
  }

  u32(offset: number): number {
    this.check(offset, 4);
    return this.view.getUint32(offset, true);
  }

  i32(offset: number): number {
    this.check(offset, 4);
    return this.view.getInt32(offset, true);
  }

  u64(offset: number): number {
    this.check(offset, 8);
    return this.view.getUint32(offset, true) + this.view.getUint32(offset + 4, true) * TWO_32;
  }

  i64(offset: number): number {
    this.check(offset, 8);
    return this.view.getUint32(offset, true) + this.view.getInt32(offset + 4, true) * TWO_32;
  }

  slice(offset: number, size: number): Uint8Array {
    this.check(offset, size);
    return this.data.subarray(offset, offset + size);
  }

  /** A view of a part of these bytes, with its own name. */
  part(offset: number, size: number, where = this.where): Bytes {
    return new Bytes(this.slice(offset, size), where);
  }

  /** The zero-terminated string at `offset`, invalid UTF-8 replaced. @throws corrupt where it has no end. */
  cstring(offset: number): string {
    this.check(offset, 1);
    const limit = Math.min(this.data.length, offset + MAX_STRING);
    const end = this.data.indexOf(0, offset);
    if (end < 0 || end >= limit) {
      throw corrupt(`${this.where}: the string at offset 0x${offset.toString(16)} has no end`);
    }
    return decodeText(this.data.subarray(offset, end));
  }
}

/** Bytes to text: a short ASCII name is several times faster by hand than through TextDecoder. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > 64) return utf8.decode(bytes);
  let text = '';
  for (const byte of bytes) {
    if (byte > 0x7f) return utf8.decode(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}

/** A position that moves over `Bytes` as it reads. */
export class Cursor {
  readonly bytes: Bytes;
  position: number;
  readonly end: number;

  constructor(bytes: Bytes, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = Math.min(end, bytes.length);
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  private take(size: number): number {
    const at = this.position;
    if (!(size >= 0 && at + size <= this.end)) {
      throw outside(this.bytes.where, size, at, 'the entry', this.end);
    }
    this.position = at + size;
    return at;
  }

  u8(): number {
    return this.bytes.data[this.take(1)];
  }

  u16(): number {
    return this.bytes.u16(this.take(2));
  }

  u24(): number {
    const at = this.take(3);
    return this.bytes.u16(at) + this.bytes.u8(at + 2) * 0x10000;
  }

  u32(): number {
    return this.bytes.u32(this.take(4));
  }

  i32(): number {
    return this.bytes.i32(this.take(4));
  }

  u64(): number {
    return this.bytes.u64(this.take(8));
  }

  i64(): number {
    return this.bytes.i64(this.take(8));
  }

  skip(size: number): void {
    this.take(size);
  }

  block(size: number): Uint8Array {
    const at = this.take(size);
    return this.bytes.data.subarray(at, at + size);
  }

  cstring(): string {
    const at = this.position;
    const text = this.bytes.cstring(at);
    const end = this.bytes.data.indexOf(0, at);
    this.take(end + 1 - at);
    return text;
  }

  /** DWARF 5 section 7.6. Ten bytes hold 64 bits; more is damage. */
  uleb(): number {
    const first = this.u8();
    return first < 0x80 ? first : this.longUleb(first);
  }

  private longUleb(first: number): number {
    let value = first & 0x7f;
    let scale = 128;
    for (let i = 1; i < 10; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw corrupt(
      `${this.bytes.where}: LEB128 number of over 10 bytes at 0x${(this.position - 10).toString(16)}`,
    );
  }

  sleb(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return byte & 0x40 ? value - scale : value;
    }
    throw corrupt(
      `${this.bytes.where}: LEB128 number of over 10 bytes at 0x${(this.position - 10).toString(16)}`,
    );
  }
}

/** Whole numbers as bytes: LEB128, as in DWARF and WebAssembly. */

import { corrupt } from '../error.ts';

/** Bytes that grow as they are written. */
export class ByteWriter {
  private data = new Uint8Array(1 << 16);
  private length = 0;

  private reserve(size: number): void {
    if (this.length + size <= this.data.length) return;
    const larger = new Uint8Array(Math.max(this.data.length * 2, this.length + size));
    larger.set(this.data);
    this.data = larger;
  }

  /** @param value A whole number, 0 … 2^32 - 1. */
  uint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.data[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.data[this.length++] = rest;
  }

  /** Four bytes, little-endian. */
  word(value: number): void {
    this.reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.data[this.length++] = value >>> shift;
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.uint(bytes.length);
    this.reserve(bytes.length);
    this.data.set(bytes, this.length);
    this.length += bytes.length;
  }

  finish(): Uint8Array {
    return this.data.slice(0, this.length);
  }
}

/** The reverse. Every read is checked, so that a damaged file ends in an error of ours. */
export class ByteReader {
  private readonly data: Uint8Array;
  private readonly where: string;
  private at = 0;

  constructor(data: Uint8Array, where: string) {
    this.data = data;
    this.where = where;
  }

  get left(): number {
    return this.data.length - this.at;
  }

  /** @throws BinscribeError of kind `corrupt`. */
  fail(what: string): never {
    throw corrupt(`${this.where}: ${what} at byte ${this.at}`);
  }

  private byte(): number {
    if (this.at >= this.data.length) this.fail('ends too early');
    return this.data[this.at++];
  }

  uint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value < 2 ** 32 ? value : this.fail('a number of more than 32 bits');
    }
    return this.fail('a number of more than 32 bits');
  }

  /** A number that must be below `limit`. */
  below(limit: number, what: string): number {
    const value = this.uint();
    return value < limit ? value : this.fail(`${what} ${value} of ${limit}`);
  }

  /** How many items follow, each of at least `size` bytes: more than fit is damage, and reserves no memory. */
  count(size: number): number {
    const value = this.uint();
    return value * size <= this.left ? value : this.fail(`${value} items that do not fit`);
  }

  word(): number {
    if (this.left < 4) this.fail('ends too early');
    let value = 0;
    for (let i = 3; i >= 0; i--) value = value * 0x100 + this.data[this.at + i];
    this.at += 4;
    return value;
  }

  text(): string {
    const size = this.count(1);
    const bytes = this.data.subarray(this.at, this.at + size);
    this.at += size;
    return new TextDecoder().decode(bytes);
  }
}

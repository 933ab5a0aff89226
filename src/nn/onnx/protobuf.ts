/**
 * The wire format of Protocol Buffers, as much of it as writing takes. Sizes of nested messages stand before
 * them, so a message is written into its own buffer first.
 */

const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;
/** Content of this many bytes is not copied before the end: weights would be copied once for each level. */
const LARGE = 4096;
const utf8 = new TextEncoder();

export class ProtoWriter {
  /** What is complete: pieces of our own, and large content of the caller's, which must not change until the end. */
  private readonly pieces: Uint8Array[] = [];
  private completeLength = 0;
  private bytes = new Uint8Array(256);
  private length = 0;

  /** Bytes written so far. */
  get size(): number {
    return this.completeLength + this.length;
  }

  finish(): Uint8Array {
    if (this.pieces.length === 0) return this.bytes.subarray(0, this.length);
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (const piece of [...this.pieces, this.bytes.subarray(0, this.length)]) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /** Ends the piece being written. */
  private cut(): void {
    this.pieces.push(this.bytes.subarray(0, this.length));
    this.completeLength += this.length;
    this.bytes = new Uint8Array(256);
    this.length = 0;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.length + count, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** A whole number, negative ones in two's complement of 64 bits. */
  private varint(value: number): void {
    this.reserve(10);
    if (value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value));
      while (rest > 0x7fn) {
        this.bytes[this.length++] = Number(rest & 0x7fn) | 0x80;
        rest >>= 7n;
      }
      this.bytes[this.length++] = Number(rest);
      return;
    }
    while (value > 0x7f) {
      this.bytes[this.length++] = (value % 128) | 0x80;
      value = Math.floor(value / 128);
    }
    this.bytes[this.length++] = value;
  }

  integer(field: number, value: number): void {
    this.varint(field << 3);
    this.varint(value);
  }

  float(field: number, value: number): void {
    this.varint((field << 3) | FIXED_32);
    this.reserve(4);
    new DataView(this.bytes.buffer).setFloat32(this.length, value, true);
    this.length += 4;
  }

  raw(field: number, content: Uint8Array): void {
    this.varint((field << 3) | LENGTH_DELIMITED);
    this.varint(content.length);
    this.append(content);
  }

  private append(content: Uint8Array): void {
    if (content.length < LARGE) {
      this.reserve(content.length);
      this.bytes.set(content, this.length);
      this.length += content.length;
      return;
    }
    this.cut();
    this.pieces.push(content);
    this.completeLength += content.length;
  }

  text(field: number, content: string): void {
    this.raw(field, utf8.encode(content));
  }

  message(field: number, write: (nested: ProtoWriter) => void): void {
    const nested = new ProtoWriter();
    write(nested);
    this.varint((field << 3) | LENGTH_DELIMITED);
    this.varint(nested.size);
    for (const piece of nested.pieces) this.append(piece);
    this.append(nested.bytes.subarray(0, nested.length));
  }
}

/** A growing list of whole numbers below 2^32: 4 bytes each, in one piece. */
export class Uint32List {
  private values = new Uint32Array(1024);
  length = 0;

  get(index: number): number {
    return this.values[index];
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  push(value: number): void {
    this.reserve(1);
    this.values[this.length++] = value;
  }

  append(values: Uint32Array): void {
    this.reserve(values.length);
    this.values.set(values, this.length);
    this.length += values.length;
  }

  /** The numbers themselves, until the list grows. */
  view(start: number, end: number): Uint32Array {
    return this.values.subarray(start, end);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.values.length) return;
    const larger = new Uint32Array(Math.max(this.length + more, 2 * this.values.length));
    larger.set(this.values);
    this.values = larger;
  }
}

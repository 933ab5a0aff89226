/**
 * Sets of hashes of any size: numbers in typed arrays, since a `Map` of strings takes five times the memory and ends at
 * 16.7 million entries.
 */

/** Slots are kept less than half full, so that a search looks at two of them. */
const MIN_SLOTS = 1024;

/** From hashes to numbers in the order of their arrival. */
export class HashTable {
  /** A place plus one; 0 where the slot is free. */
  private slots = new Uint32Array(MIN_SLOTS);
  private high = new Uint32Array(MIN_SLOTS / 2);
  private low = new Uint32Array(MIN_SLOTS / 2);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /**
   * The place of a hash, which is the next free one if it is new.
   *
   * @param hash hexadecimal, of which the first 16 digits count: among 100 million two meet by chance once in 3,600
   */
  add(hash: string): number {
    const high = parseInt(hash.slice(0, 8), 16) >>> 0;
    const low = parseInt(hash.slice(8, 16), 16) >>> 0;
    let slot = this.slot(high, low);
    if (this.slots[slot] !== 0) return this.slots[slot] - 1;
    if (this.count === this.high.length) {
      this.grow();
      slot = this.slot(high, low);
    }
    this.high[this.count] = high;
    this.low[this.count++] = low;
    this.slots[slot] = this.count;
    return this.count - 1;
  }

  private slot(high: number, low: number): number {
    const mask = this.slots.length - 1;
    let slot = low & mask;
    for (let at = this.slots[slot]; at !== 0; at = this.slots[slot]) {
      if (this.high[at - 1] === high && this.low[at - 1] === low) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const length = 2 * this.high.length;
    const [high, low] = [new Uint32Array(length), new Uint32Array(length)];
    high.set(this.high);
    low.set(this.low);
    [this.high, this.low, this.slots] = [high, low, new Uint32Array(2 * length)];
    for (let i = 0; i < this.count; i++) this.slots[this.slot(high[i], low[i])] = i + 1;
  }
}

/** A set of small numbers, a bit each. */
export class BitSet {
  private words = new Uint32Array(32);

  has(value: number): boolean {
    const word = value >>> 5;
    return word < this.words.length && ((this.words[word] >>> (value & 31)) & 1) === 1;
  }

  add(value: number): void {
    const word = value >>> 5;
    if (word >= this.words.length) {
      const larger = new Uint32Array(2 * Math.max(word, this.words.length));
      larger.set(this.words);
      this.words = larger;
    }
    this.words[word] |= 1 << (value & 31);
  }
}

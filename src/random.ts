/**
 * sfc32 (Chris Doty-Humphrey's PractRand), whose 128 bits of state pass every test of that suite. The same seed gives
 * the same numbers on every machine.
 */
export class Sfc32 {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param rounds outputs that are discarded, since the first still show the seed */
  constructor([a, b, c]: readonly [number, number, number], rounds: number) {
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    for (let i = 0; i < rounds; i++) this.uint32();
  }

  uint32(): number {
    const result = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result >>> 0;
  }
}

/** A source of random numbers with one seed. */
export class Random extends Sfc32 {
  constructor(seed: number) {
    // As many rounds as PractRand has for a seed of 64 bits.
    super([0, seed, Math.floor(seed / 2 ** 32)], 12);
  }

  /** In [0, 1), in steps of 2^-32. */
  uniform(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A whole number in [0, n). Its bias, n / 2^32, stays under 1 in 4000 for n up to a million. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle<T extends { length: number; [index: number]: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = items[i];
      items[i] = items[j]!;
      items[j] = held;
    }
    return items;
  }
}

/**
 * Streams of random numbers, each known by a seed and a name: the same in every run and on every machine, and
 * independent of what else is drawn. A training that is resumed draws what it would have drawn.
 */

import { Random } from '../random.ts';

/** FNV-1a, 53 bits of it: enough to tell names apart, and no more than a number holds. */
function hash(text: string): number {
  let low = 0x811c9dc5;
  let high = 0xcbf29ce4;
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(i), 0x01000197) ^ (low >>> 15);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

export class RandomStream extends Random {
  private spare: number | undefined;

  /** The stream of `name` under a seed; `step` tells the draws of one training step from those of another. */
  constructor(seed: number, name: string, step = 0) {
    super(hash(`${seed}/${name}/${step}`));
  }

  /** Standard normal, by the polar method of Marsaglia. */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      this.spare = v * factor;
      return u * factor;
    }
  }

  /**
   * Fills a dropout mask: zero with probability `rate` (in steps of 1/256, from a byte of the stream), else
   * 1/(1 - rate). A byte an element is a fourth of the draws, and the masks are the largest things drawn.
   */
  mask(values: Float32Array, rate: number): void {
    const threshold = Math.round(rate * 256);
    const table = new Float32Array(256).fill(1 / (1 - threshold / 256), threshold);
    let i = 0;
    for (; i + 4 <= values.length; i += 4) {
      const bits = this.uint32();
      values[i] = table[bits & 255];
      values[i + 1] = table[(bits >>> 8) & 255];
      values[i + 2] = table[(bits >>> 16) & 255];
      values[i + 3] = table[bits >>> 24];
    }
    for (; i < values.length; i++) values[i] = table[this.uint32() & 255];
  }
}

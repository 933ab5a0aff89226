/** Many texts as tokens, in one buffer: a hundred thousand arrays of their own would take ten times the room. */

import { BinscribeError } from '../../error.ts';

/** Vocabularies are below this: a token is two bytes. */
export const MOST_TOKENS = 2 ** 16;

/** Tokens of room at first. */
const FIRST_ROOM = 2 ** 16;

export class TokenTexts {
  private tokens = new Uint16Array(FIRST_ROOM);
  private readonly ends: number[] = [0];

  /** Texts. */
  get length(): number {
    return this.ends.length - 1;
  }

  /** Tokens of all texts. */
  get total(): number {
    return this.ends[this.ends.length - 1];
  }

  /** @throws BinscribeError `usage` where a token takes more than two bytes */
  add(text: readonly number[]): void {
    const wrong = text.find((token) => token >= MOST_TOKENS);
    if (wrong !== undefined)
      throw new BinscribeError('usage', `a token below ${MOST_TOKENS} expected, got ${wrong}`);
    const start = this.total;
    while (this.tokens.length < start + text.length) {
      const room = new Uint16Array(2 * this.tokens.length);
      room.set(this.tokens);
      this.tokens = room;
    }
    this.tokens.set(text, start);
    this.ends.push(start + text.length);
  }

  /** A view, valid until the next `add`. */
  at(text: number): Uint16Array {
    return this.tokens.subarray(this.ends[text], this.ends[text + 1]);
  }

  /** Some of them, in the order given. */
  select(texts: readonly number[]): TokenTexts {
    const chosen = new TokenTexts();
    for (const text of texts) chosen.add([...this.at(text)]);
    return chosen;
  }
}

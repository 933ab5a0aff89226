/**
 * Tokens are numbers of 32 bits: the high 8 say which scheme made the token, the low 24 are its own affair. So
 * the tokens of several schemes go into one bag without meeting.
 */

/** Numbers are written into model folders: never give an old one a new meaning. */
export const SCHEME = {
  opcode: 1,
  opcodePair: 2,
  register: 3,
  shape: 4,
  layout: 6,
} as const;

export type SchemeName = keyof typeof SCHEME;

const PAYLOAD_BITS = 24;

/** @param payload Less than 2^24. */
export function token(scheme: SchemeName, payload: number): number {
  return SCHEME[scheme] * 2 ** PAYLOAD_BITS + payload;
}

/** A bag of tokens: which, in ascending order, and how often each. */
export interface Bag {
  tokens: Uint32Array;
  counts: Uint32Array;
}

/** Counts a list of tokens. */
export function bagOf(list: readonly number[]): Bag {
  const sorted = new Uint32Array(list).sort();
  let distinct = 0;
  const counts = new Uint32Array(sorted.length);
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[distinct - 1]) sorted[distinct++] = sorted[i];
    counts[distinct - 1]++;
  }
  return { tokens: sorted.slice(0, distinct), counts: counts.slice(0, distinct) };
}

/** What a study will cost, before it is begun. */

import type { Message } from './client.ts';

export interface Prices {
  /** For a million tokens, in the user's currency. */
  readonly sent: number;
  readonly received: number;
}

export interface Estimate {
  readonly requests: number;
  readonly sent: number;
  readonly received: number;
  /** Null where no prices are known. */
  readonly cost: number | null;
}

/** Of English and of code alike, within a third; disassembly has more tokens a character than prose. */
const CHARACTERS_PER_TOKEN = 3;

/** @param longest tokens of an answer at most: what is reckoned for each */
export function estimate(
  requests: readonly (readonly Message[])[],
  longest: number,
  prices: Prices | null,
): Estimate {
  const characters = requests.flat().reduce((sum, { content }) => sum + content.length, 0);
  return estimateOf({ requests: requests.length, characters }, longest, prices);
}

/** The same of requests that are not all in memory. */
export function estimateOf(
  { requests, characters }: { readonly requests: number; readonly characters: number },
  longest: number,
  prices: Prices | null,
): Estimate {
  const sent = Math.ceil(characters / CHARACTERS_PER_TOKEN);
  const received = requests * longest;
  return { requests, sent, received, cost: prices && priceOf({ sent, received }, prices) };
}

/** In the prices' currency. */
export function priceOf(tokens: Readonly<Record<'sent' | 'received', number>>, prices: Prices): number {
  return (tokens.sent * prices.sent + tokens.received * prices.received) / 1e6;
}

/** What is common to the ways of choosing tokens: the texts that are being written, and what may not follow. */

import type { WriteOptions, Written } from './options.ts';

/** A text so far. */
export interface Hypothesis {
  /** With the start token or the prompt, which `noRepeat` looks at too. */
  readonly tokens: readonly number[];
  /** Sum of the logarithms of probabilities. */
  readonly score: number;
}

/** The likeliest tokens after each row of one text: `count` of them, the likeliest first. */
export interface Candidates {
  readonly count: number;
  /** Logarithm of the probability of candidate `i` of a row. */
  score(row: number, i: number): number;
  token(row: number, i: number): number;
}

/** With which rows to go on: what each continues, and with which token. */
export interface Continuation {
  readonly parents: readonly number[];
  readonly tokens: readonly number[];
}

/** The search for the texts that answer one input. It begins with one row. */
export interface Search {
  /** How many candidates of each row it must see. */
  needed(): number;
  /** @returns `null` when the search is over */
  advance(candidates: Candidates): Continuation | null;
  results(): readonly Written[];
}

export interface SearchSetting extends WriteOptions {
  readonly end: number;
  readonly vocabulary: number;
  /** The start token or the prompt. */
  readonly given: readonly number[];
}

/** Tokens that may not follow: the end before its time, and what would repeat a sequence. */
export function banned({ tokens }: Hypothesis, setting: SearchSetting): Set<number> {
  const { minimum = 0, noRepeat, end, given } = setting;
  const found = new Set<number>();
  if (tokens.length - given.length + 1 < minimum) found.add(end);
  if (noRepeat !== undefined) {
    const tail = tokens.length - noRepeat + 1;
    for (let at = 0; at < tail; at++) {
      let same = true;
      for (let i = 0; same && i < noRepeat - 1; i++) same = tokens[at + i] === tokens[tail + i];
      if (same) found.add(tokens[at + noRepeat - 1]);
    }
  }
  return found;
}

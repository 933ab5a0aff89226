/**
 * What a lexicon reads of a function: words and names that it says, numbers, and which instructions it has. Unlike the
 * tokens of a network these stand for themselves, so that an answer can tell which of them it rests on.
 */

import { termWeight } from '../known/weights.ts';
import { saidIn, wordsOf } from './words.ts';

export interface CodeFeature {
  /** How often, damped as in tf-idf: the first time tells most. */
  readonly strength: number;
  /** As a reader may be told; null for what explains nothing by itself. */
  readonly shown: string | null;
}

/** A number as the last operand; smaller ones are places on the stack, sizes and counts of anything. */
const NUMBER = /, (-?0x[0-9a-f]+)$/gm;
const LEAST_NUMBER = 0x21;
/** Lengths half as large again are another size. */
const SIZE_STEP = Math.log(1.5);

/**
 * By name, `name socket` or `word socket`: the kind comes first.
 * @param code normalised assembly
 */
export function featuresOf(code: string): Map<string, CodeFeature> {
  const found = new Map<string, CodeFeature>();
  const said = saidIn(code);
  for (const [stem, word] of wordsOf(said.join('\n'))) {
    found.set(`word ${stem}`, { strength: 1, shown: JSON.stringify(word) });
  }
  for (const name of said) {
    if (!name.startsWith('"')) found.set(`name ${name}`, { strength: 1, shown: name });
  }
  for (const [, number] of code.matchAll(NUMBER)) {
    const value = Number.parseInt(number, 16);
    if (Math.abs(value) >= LEAST_NUMBER) found.set(`number ${number}`, { strength: 1, shown: number });
  }
  const mnemonics = code.split('\n').flatMap((line) => {
    const [mnemonic] = line.split(' ', 1);
    return mnemonic === '' || mnemonic.startsWith('.') ? [] : [mnemonic];
  });
  count(mnemonics).forEach((times, one) =>
    found.set(`instruction ${one}`, { strength: termWeight(times, 1), shown: one }),
  );
  const pairs = mnemonics.slice(1).map((next, i) => `${mnemonics[i]} ${next}`);
  count(pairs).forEach((times, pair) =>
    found.set(`instructions ${pair}`, { strength: termWeight(times, 1), shown: null }),
  );
  const size = Math.floor(Math.log(mnemonics.length + 1) / SIZE_STEP);
  found.set(`size ${size}`, { strength: 1, shown: null });
  return found;
}

function count(items: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const item of items) times.set(item, (times.get(item) ?? 0) + 1);
  return times;
}

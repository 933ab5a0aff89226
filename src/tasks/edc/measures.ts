/** What one measured of data sets before Embedding Distance Correlation: repetitions, contradictions, words. */

import { plainWords } from '../../metrics/text/words.ts';
import { itemFrequencies } from '../../models/embedders/lsa.ts';
import { Random } from '../../random.ts';
import { TEST_SPLIT } from './fields.ts';
import type { Item } from './items.ts';
import type { ItemKeys } from './repeats.ts';
import { exactKey } from './values.ts';

/** Shares of the values that an earlier item has too. */
export interface Duplicates {
  readonly exact: number;
  /** Code with addresses left out, text without case, runs of spaces and its last mark. */
  readonly normalized: number;
}

/** Of items that share their input with another: how many, and the share that has that input's most frequent label. */
export interface Consistency {
  readonly items: number;
  readonly share: number;
}

export interface Coverage {
  /** Share of the words of test texts, each as often as it occurs, that occur in a training text. */
  readonly share: number;
  readonly testTexts: number;
  readonly trainingTexts: number;
  /** The set names no split: a random tenth stands for the test texts. */
  readonly drawn: boolean;
}

export interface Measures {
  readonly duplicateInputs: Duplicates;
  readonly duplicateOutputs: Duplicates;
  /** Of equal inputs (normalised) the outputs, and the names where the set has them; null where no inputs are equal. */
  readonly consistency: { readonly outputs: Consistency | null; readonly names: Consistency | null };
  /** Different words of the outputs, and the share of all that occur in two items and more; null for no text. */
  readonly vocabulary: {
    readonly words: number;
    readonly repeated: number;
    readonly coverage: Coverage | null;
  } | null;
  /** Words of an output, or what its embedder counts: quartiles. */
  readonly outputLength: readonly [number, number, number];
}

/** Both sides of the items, as bytes where they are code. */
export interface ItemValues {
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[];
}

/** @param lengths of the outputs */
export function measuresOf(
  items: readonly Item[],
  { inputs, outputs }: ItemValues,
  { inputs: inputKeys, outputs: outputKeys }: ItemKeys,
  lengths: Float64Array,
  seed: number,
): Measures {
  const names = items.map(({ name }) => name);
  const texts = outputs.every((output) => typeof output === 'string') ? outputs : null;
  return {
    duplicateInputs: { exact: repeated(inputs.map(exactKey)), normalized: repeated(inputKeys) },
    duplicateOutputs: { exact: repeated(outputs.map(exactKey)), normalized: repeated(outputKeys) },
    consistency: {
      outputs: consistencyOf(inputKeys, outputKeys),
      names: names.includes(null) ? null : consistencyOf(inputKeys, names),
    },
    vocabulary: texts && vocabularyOf(texts.map(plainWords), items, seed),
    outputLength: quartiles(lengths),
  };
}

function repeated(keys: readonly string[]): number {
  return 1 - new Set(keys).size / keys.length;
}

function consistencyOf(inputs: readonly string[], labels: readonly (string | null)[]): Consistency | null {
  const groups = new Map<string, Map<string | null, number>>();
  inputs.forEach((input, i) => {
    const counts = groups.get(input) ?? new Map<string | null, number>();
    groups.set(input, counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1));
  });
  let [same, items] = [0, 0];
  for (const counts of groups.values()) {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (total < 2) continue;
    same += Math.max(...counts.values());
    items += total;
  }
  return items === 0 ? null : { items, share: same / items };
}

function vocabularyOf(
  texts: readonly (readonly string[])[],
  items: readonly Item[],
  seed: number,
): NonNullable<Measures['vocabulary']> {
  const frequencies = itemFrequencies(texts);
  let [often, all] = [0, 0];
  for (const words of texts) {
    all += words.length;
    often += words.filter((word) => frequencies.get(word)! > 1).length;
  }
  return {
    words: frequencies.size,
    repeated: often / Math.max(1, all),
    coverage: coverageOf(texts, items, seed),
  };
}

/** Share of the items that stands for the test texts where the set names none. */
const DRAWN = 0.1;

function coverageOf(
  texts: readonly (readonly string[])[],
  items: readonly Item[],
  seed: number,
): Coverage | null {
  const named = items.some(({ split }) => split === TEST_SPLIT);
  const random = new Random(seed);
  const isTest = items.map(({ split }) => (named ? split === TEST_SPLIT : random.uniform() < DRAWN));
  const known = new Set(texts.filter((_, i) => !isTest[i]).flat());
  const asked = texts.filter((_, i) => isTest[i]);
  const words = asked.flat();
  if (words.length === 0 || known.size === 0) return null;
  return {
    share: words.filter((word) => known.has(word)).length / words.length,
    testTexts: asked.length,
    trainingTexts: texts.length - asked.length,
    drawn: !named,
  };
}

function quartiles(values: Float64Array): [number, number, number] {
  const sorted = values.slice().sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return [at(0.25), at(0.5), at(0.75)];
}

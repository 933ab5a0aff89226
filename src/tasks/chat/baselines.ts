/** What the training side says of functions that it has never seen: the texts that cost nothing. */

import { disassembleRange } from '../../binary/x86/disassemble.ts';
import type { Dataset } from '../../corpus/dataset.ts';
import { compareText } from '../../corpus/text.ts';
import { BinscribeError } from '../../error.ts';
import { identifierParts } from '../../metrics/text/words.ts';
import { KnownFunctionsBuilder } from '../../models/known/build.ts';
import { Searcher } from '../../models/known/search.ts';
import type { Random } from '../../random.ts';
import type { Bag } from '../../tokens/scheme.ts';
import { opcodePairs } from '../opcode-pairs.ts';
import { type DescribedFunction, LEAST_INSTRUCTIONS, sourceFunction, TEXT_COLUMN } from './sample.ts';

const COLUMNS = [
  ...(['package', 'version', 'compiler', 'optimization', 'name', 'source_file'] as const),
  ...(['address', 'code', 'instructions', 'exact_hash', 'normalized_hash', TEXT_COLUMN] as const),
];

/** How a baseline is called in tables. */
export const BASELINES = [
  'nearest code',
  'most frequent text',
  'random text',
  "the function's name",
] as const;

export type Baseline = (typeof BASELINES)[number];

/** The texts of training functions, and the code by which they are found. */
export class TrainingTexts {
  private readonly searcher: Searcher;
  /** One for each function of the sources: builds do not count. */
  private readonly texts: readonly string[];
  private readonly different: ReadonlySet<string>;
  readonly mostFrequent: string;

  constructor(searcher: Searcher, texts: readonly string[]) {
    this.searcher = searcher;
    this.texts = texts;
    this.different = new Set(texts);
    this.mostFrequent = mostFrequentOf(texts);
  }

  get counts(): { functions: number; texts: number; codes: number } {
    const { texts, different, searcher } = this;
    return { functions: texts.length, texts: different.size, codes: searcher.known.entries };
  }

  has(text: string): boolean {
    return this.different.has(text);
  }

  /** The texts that each baseline gives for a function. */
  answersTo({ code, row, name }: DescribedFunction, random: Random): Record<Baseline, string> {
    return {
      'nearest code': this.nearest(code, row.address),
      'most frequent text': this.mostFrequent,
      'random text': this.texts[random.below(this.texts.length)],
      "the function's name": identifierParts(name).join(' '),
    };
  }

  /** Of code that shares no pair of opcodes with any, what is said most often. */
  nearest(code: Uint8Array, address: number): string {
    const [hit] = this.searcher.search(pairsOf(code, address), { limit: 1, floor: 0 });
    if (!hit) return this.mostFrequent;
    const { names, occurrenceNames, occurrenceStarts } = this.searcher.known;
    return names[occurrenceNames[occurrenceStarts[hit.entry]]];
  }
}

/**
 * Reads the training side; of rows with the same code, addresses normalised, the first one's text counts.
 * @throws BinscribeError of kind `usage` where it has no texts, and what the reader of data sets throws
 */
export async function learnTexts(
  dataset: Dataset,
  progress: (rows: number, total: number) => void,
): Promise<TrainingTexts> {
  const total = dataset.manifest.counts.train.rows;
  const builder = new KnownFunctionsBuilder();
  const codes = new Set<string>();
  const functions = new Map<string, string>();
  let rows = 0;
  for await (const row of dataset.rows(COLUMNS, { split: 'train' })) {
    progress(++rows, total);
    const text = row[TEXT_COLUMN];
    if (text === null) continue;
    functions.set(sourceFunction(row), text);
    const { normalized_hash: normalizedHash, instructions: length } = row;
    if (length < LEAST_INSTRUCTIONS || codes.has(normalizedHash)) continue;
    codes.add(normalizedHash);
    const { package: from, version, compiler, optimization } = row;
    builder.add({
      // What the index calls a name is whatever is to be found: here the text.
      name: text,
      origin: { package: from, version, compiler, optimization },
      exactHash: row.exact_hash,
      normalizedHash,
      length,
      pairs: pairsOf(row.code, row.address),
    });
  }
  if (functions.size === 0) {
    throw new BinscribeError(
      'usage',
      `${dataset.manifest.name}: no function of the training side has a text, which the baselines need`,
    );
  }
  return new TrainingTexts(new Searcher(builder.build()), [...functions.values()]);
}

export function pairsOf(code: Uint8Array, address: number): Bag {
  return opcodePairs(disassembleRange(code, address));
}

/** Of several equally frequent the first in the order of text. */
export function mostFrequentOf(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const [[text]] = [...counts].sort(([a, m], [b, n]) => n - m || compareText(a, b));
  return text;
}

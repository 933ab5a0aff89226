/** How good texts are that were written of code, beside what costs nothing: the nearest code's, and the most frequent. */

import { KnownFunctionsBuilder } from '../../models/known/build.ts';
import { Searcher } from '../../models/known/search.ts';
import { pairsOf, TrainingTexts } from '../chat/baselines.ts';
import { difference, type Figures, figuresOf, scoresOf } from '../chat/score.ts';
import type { WrittenFunction } from './functions.ts';

/** What the baselines know: the functions that a writer has learned from. */
export async function knownTexts(
  functions: Iterable<WrittenFunction> | AsyncIterable<WrittenFunction>,
): Promise<TrainingTexts> {
  const builder = new KnownFunctionsBuilder();
  const texts = new Map<string, string>();
  for await (const { id, package: from, text, code, address, ...known } of functions) {
    const { instructions: length, exactHash, normalizedHash } = known;
    texts.set(id, text);
    builder.add({
      // What the index calls a name is whatever is to be found: here the text.
      name: text,
      origin: { package: from, version: '', compiler: '', optimization: '' },
      exactHash,
      normalizedHash,
      length,
      pairs: pairsOf(code, address),
    });
  }
  return new TrainingTexts(new Searcher(builder.build()), [...texts.values()]);
}

/** Ways to come by a text, by the name that tables have for them. */
export const WRITTEN_WAYS = ['writer', 'nearest code', 'most frequent text'] as const;
export type WrittenWay = (typeof WRITTEN_WAYS)[number];

export interface WrittenFigures {
  readonly figures: Readonly<Record<WrittenWay, Figures>>;
  /** What the writer reaches beyond the nearest code, function by function. */
  readonly beyond: Figures;
}

/**
 * Intervals are over packages.
 *
 * @param functions each in one build
 * @param written of each
 */
export function judgeTexts(
  functions: readonly WrittenFunction[],
  written: readonly string[],
  known: TrainingTexts,
  seed: number,
): WrittenFigures {
  const references = functions.map(({ text }) => text);
  const clusters = functions.map(({ package: from }) => from);
  const chosen = Array.from(functions.keys());
  const scores = {
    writer: scoresOf(references, written),
    'nearest code': scoresOf(
      references,
      functions.map(({ code, address }) => known.nearest(code, address)),
    ),
    'most frequent text': scoresOf(
      references,
      functions.map(() => known.mostFrequent),
    ),
  };
  const figures = (way: WrittenWay): Figures => figuresOf(scores[way], chosen, clusters, seed);
  return {
    figures: {
      writer: figures('writer'),
      'nearest code': figures('nearest code'),
      'most frequent text': figures('most frequent text'),
    },
    beyond: figuresOf(difference(scores.writer, scores['nearest code']), chosen, clusters, seed),
  };
}

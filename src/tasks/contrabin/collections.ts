/** Programs of a collection of problems as training takes them, cut into sides by problem or within problems. */

import type { Dataset } from '../../corpus/dataset.ts';
import { fraction } from '../../corpus/hash.ts';
import type { Vocabulary } from '../../models/contrabin/vocabulary.ts';
import { type LabelledTexts, LabelledTextsBuilder } from './labelled-texts.ts';
import { TermNumbers } from './code-terms.ts';
import { isInShare } from './share.ts';
import { programTexts, type CodeView, type ProgramText } from './programs.ts';

export interface CollectionOptions {
  readonly vocabulary: Vocabulary;
  readonly view: CodeView;
  /** Tokens that are read of a program. */
  readonly limit: number;
  /** Builds that are taken, `gcc-12 O2` say; all where it is left out. */
  readonly builds?: ReadonlySet<string> | undefined;
  /** Of the training programs those that are learned from; all where it is left out. */
  readonly share?: number | undefined;
}

type SideName = 'training' | 'validation' | 'test';
export type Sides = Record<SideName, LabelledTexts>;

/** @param numbersOf numbers of a side's classes, by group: given as groups come */
async function collect(
  dataset: Dataset,
  { vocabulary, view, limit, builds, share }: CollectionOptions,
  numbersOf: () => Map<string, number>,
  sideOf: (program: ProgramText) => SideName,
): Promise<Sides> {
  const reader = { vocabulary, limit, terms: new TermNumbers() };
  const side = () => ({ texts: new LabelledTextsBuilder(reader), numbers: numbersOf() });
  const sides = { training: side(), validation: side(), test: side() };
  for await (const program of programTexts(dataset, view)) {
    const { group, id, build, text } = program;
    if (builds && !builds.has(build)) continue;
    const side = sideOf(program);
    // Ids of two groups may be the same.
    const unique = `${group}\0${id}`;
    if (side === 'training' && !isInShare(unique, share)) continue;
    const { texts, numbers } = sides[side];
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    texts.add(unique, text, number);
  }
  const { training, validation, test } = sides;
  return { training: training.texts.build(), validation: validation.texts.build(), test: test.texts.build() };
}

/** CodeXGLUE's split of POJ-104: problems 1 to 64 train, 65 to 80 validate, 81 to 104 test. */
const LAST_TRAINING_PROBLEM = 64;
const LAST_VALIDATION_PROBLEM = 80;

/** The problems of one side are on no other. */
export function byProblem(dataset: Dataset, options: CollectionOptions): Promise<Sides> {
  return collect(
    dataset,
    options,
    () => new Map(),
    ({ group }) => {
      const problem = Number(group);
      if (problem <= LAST_TRAINING_PROBLEM) return 'training';
      return problem <= LAST_VALIDATION_PROBLEM ? 'validation' : 'test';
    },
  );
}

/** Of each problem three fifths of the programs train, a fifth each validates and tests, as Mou et al. have it. */
const [TRAINING_SHARE, VALIDATION_SHARE] = [0.6, 0.2];

/** Programs in all their builds on one side: classes are the same on all. */
export function withinProblems(dataset: Dataset, options: CollectionOptions): Promise<Sides> {
  const numbers = new Map<string, number>();
  return collect(
    dataset,
    options,
    () => numbers,
    ({ group, id }) => {
      const place = fraction(`side ${group} ${id}`);
      if (place < TRAINING_SHARE) return 'training';
      return place < TRAINING_SHARE + VALIDATION_SHARE ? 'validation' : 'test';
    },
  );
}

/** The cases of `bench train`. */

import type { TrainingCase } from './case.ts';
import { clipTrain } from './clip.ts';
import { gruTrain, lstmTrain } from './recurrent.ts';
import { safeTrain } from './safe.ts';
import { seq2seqTrain } from './seq2seq.ts';
import { structure2vecTrain } from './structure2vec.ts';
import { transformerInfer1, transformerInfer32, transformerTrain } from './transformer.ts';

export const CASES: readonly TrainingCase[] = [
  transformerTrain,
  clipTrain,
  seq2seqTrain,
  gruTrain,
  lstmTrain,
  safeTrain,
  structure2vecTrain,
  transformerInfer1,
  transformerInfer32,
];

export function caseNamed(name: string): TrainingCase {
  const found = CASES.find((c) => c.name === name);
  if (!found) throw new Error(`no case ${name}; there are ${CASES.map((c) => c.name).join(', ')}`);
  return found;
}

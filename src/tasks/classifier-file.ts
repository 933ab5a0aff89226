/** Classifiers that are not part of the model but are judged beside it: other samples, other features. */

import type { Classifier } from '../models/first.ts';
import { decodeWeights, encodeWeights } from '../models/linear/file.ts';
import { type LabelName, LABEL_NAMES, LABELS } from './classifiers.ts';

export interface ClassifierSet {
  vocabulary: Uint32Array;
  classifiers: Record<LabelName, Classifier>;
}

export function encodeClassifiers(
  vocabulary: Uint32Array,
  classifiers: Readonly<Record<LabelName, Classifier>>,
): Uint8Array {
  return encodeWeights(
    vocabulary,
    LABEL_NAMES.map((label) => classifiers[label].linear),
  );
}

/** @throws BinscribeError of kind `corrupt`. */
export function decodeClassifiers(bytes: Uint8Array, where: string): ClassifierSet {
  const { vocabulary, models } = decodeWeights(
    bytes,
    where,
    LABEL_NAMES.map((label) => LABELS[label].length),
  );
  const classifiers = Object.fromEntries(
    LABEL_NAMES.map((label, i) => [label, { labels: LABELS[label], linear: models[i], temperature: 1 }]),
  ) as Record<LabelName, Classifier>;
  return { vocabulary, classifiers };
}

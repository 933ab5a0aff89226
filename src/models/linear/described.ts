/** A regression of two classes as a document has it: a weight for each feature, by name. */

import { corrupt } from '../../error.ts';
import { type LinearModel, logits, softmax } from './logistic.ts';
import { denseRow } from './sparse.ts';

const BIAS = 'bias';

/** The weight of each feature by its name, then the bias: class 1 against class 0 is all that two classes need. */
export function describeLinear(
  { weights }: LinearModel,
  features: readonly string[],
): Record<string, number> {
  return Object.fromEntries(
    [...features, BIAS].map((feature, i) => [feature, weights[i * 2 + 1] - weights[i * 2]]),
  );
}

/** The reverse. @throws BinscribeError of kind `corrupt` where a feature has no weight */
export function readLinear(
  weights: Readonly<Record<string, number>>,
  features: readonly string[],
  where: string,
): LinearModel {
  const flat = new Float64Array((features.length + 1) * 2);
  [...features, BIAS].forEach((feature, i) => {
    if (!Object.hasOwn(weights, feature)) throw corrupt(`${where}: no weight of ${feature}`);
    flat[i * 2 + 1] = weights[feature];
  });
  return { classes: 2, columns: features.length, weights: flat };
}

/** The probability of class 1 of two. @param features one number a column */
export function probabilityOf(linear: LinearModel, features: readonly number[]): number {
  return softmax(logits(linear, denseRow(features)))[1];
}

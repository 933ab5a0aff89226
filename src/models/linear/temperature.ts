/** Temperature scaling (Guo et al., ICML 2017): one number that makes a classifier's probabilities honest. */

import { softmax } from './logistic.ts';

/** Where the temperature is sought: a classifier far outside is not one. */
const LOWEST = 0.1;
const HIGHEST = 10;
/** Golden-section steps: each leaves 0.618 of the stretch, so 40 leave 4e-9 of it. */
const STEPS = 40;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * @param scores Log-odds of each item, of a classifier that was not trained on it.
 * @param truth Its class.
 * @returns The temperature with the least mean of -log p(class); that mean has one minimum in 1 / temperature.
 */
export function fitTemperature(scores: readonly Float64Array[], truth: ArrayLike<number>): number {
  const loss = (temperature: number): number => {
    let sum = 0;
    for (let i = 0; i < scores.length; i++) {
      sum -= Math.log(Math.max(Number.MIN_VALUE, softmax(scores[i], temperature)[truth[i]]));
    }
    return sum;
  };
  let from = Math.log(LOWEST);
  let to = Math.log(HIGHEST);
  let left = to - GOLDEN * (to - from);
  let right = from + GOLDEN * (to - from);
  let atLeft = loss(Math.exp(left));
  let atRight = loss(Math.exp(right));
  for (let step = 0; step < STEPS; step++) {
    if (atLeft < atRight) {
      [to, right, atRight] = [right, left, atLeft];
      left = to - GOLDEN * (to - from);
      atLeft = loss(Math.exp(left));
    } else {
      [from, left, atLeft] = [left, right, atRight];
      right = from + GOLDEN * (to - from);
      atRight = loss(Math.exp(right));
    }
  }
  return Math.exp((from + to) / 2);
}

/** How a network shall write. */

import { BinscribeError } from '../../error.ts';

export interface Greedy {
  readonly kind: 'greedy';
}

export interface Beams {
  readonly kind: 'beams';
  /** How many texts are followed at once, by default 5. */
  readonly beams?: number;
  /** Scores are divided by the length to this power: above 0 favours long texts. By default 1. */
  readonly lengthPenalty?: number;
  /** Stop with as many whole texts as beams, though a better one may still come. */
  readonly earlyStopping?: boolean;
  /** How many texts to return, at most `beams`. */
  readonly returned?: number;
}

export interface Sampling {
  readonly kind: 'sampling';
  readonly seed: number;
  /** Logits are divided by it: below 1 favours the likely. */
  readonly temperature?: number;
  /** Only so many of the likeliest tokens are drawn from (Fan et al. 2018). */
  readonly topK?: number;
  /** Only the likeliest that together have this probability are drawn from (Holtzman et al. 2020). */
  readonly topP?: number;
  readonly returned?: number;
}

export interface WriteOptions {
  /** Most tokens to write, that of the end counted. */
  readonly maximum: number;
  /** Least tokens to write, that of the end counted. */
  readonly minimum?: number;
  /** No sequence of so many tokens is written twice. */
  readonly noRepeat?: number;
  readonly method?: Greedy | Beams | Sampling;
}

/** A text that was written. */
export interface Written {
  /** Without those of start and end. */
  readonly tokens: readonly number[];
  /** The logarithm of its probability; of beams, divided by its length to the power of the penalty. */
  readonly score: number;
  /** Whether it came to its end, and was not cut off. */
  readonly ended: boolean;
}

/** How many rows a text takes from its second token on, and how many of them are returned. */
export function rowsOf(method: Greedy | Beams | Sampling): { rows: number; returned: number } {
  if (method.kind === 'greedy') return { rows: 1, returned: 1 };
  const { returned = 1 } = method;
  return { rows: method.kind === 'beams' ? (method.beams ?? 5) : returned, returned };
}

/** @throws BinscribeError of kind `usage` that names the option */
export function checkOptions({ maximum, minimum = 0, noRepeat = 1, method }: WriteOptions): void {
  const expect = (holds: boolean, what: string, got: number): void => {
    if (!holds) throw new BinscribeError('usage', `${what} expected, got ${got}`);
  };
  const whole = (name: string, value: number): void =>
    expect(Number.isInteger(value) && value >= 1, `${name}: a whole number from 1 on`, value);
  whole('maximum', maximum);
  expect(minimum >= 0 && minimum <= maximum, `minimum: 0 to the maximum of ${maximum}`, minimum);
  whole('noRepeat', noRepeat);
  if (!method || method.kind === 'greedy') return;
  const { rows, returned } = rowsOf(method);
  whole('returned', returned);
  if (method.kind === 'beams') {
    whole('beams', rows);
    expect(returned <= rows, `returned: at most ${rows}, the number of beams,`, returned);
    return;
  }
  const { temperature = 1, topK = 1, topP = 1 } = method;
  expect(temperature > 0, 'temperature: more than 0', temperature);
  whole('topK', topK);
  expect(topP > 0 && topP <= 1, 'topP: 0 (left out) to 1', topP);
}

/** Codes, hints and texts as a writer takes them: to learn from, and to be written of. */

import type { Source } from '../../nn/generation/generator.ts';
import type { HostTensor, HostTensors } from '../../nn/runtime.ts';
import { SPECIAL } from '../../tokens/bpe/bpe.ts';
import { tokenBatch } from './batch.ts';

/** What is written of: a code's tokens, and tokens of text that are given with it. */
export interface Given {
  readonly code: ArrayLike<number>;
  readonly hints: ArrayLike<number>;
}

/** With the text's tokens. */
export interface Pair extends Given {
  readonly text: ArrayLike<number>;
}

export interface PairSizes {
  /** Tokens of a text with that of its end: what is longer is cut, what is shorter padded. */
  readonly length: number;
  /** Tokens of each code that can be looked at; none may have more. */
  readonly longest: number;
  /** `longestHints` of the network: what is longer is cut. */
  readonly hints: number;
  /** As of `tokenBatch`. */
  readonly step?: number;
}

/** The place of a token that is none. */
const NOWHERE = -1;

/** @returns the inputs of `writerModel` */
export function writerBatch(
  pairs: readonly Pair[],
  { length, longest, hints, step }: PairSizes,
): HostTensors {
  const flat = tokenBatch(
    pairs.map(({ code }) => code),
    step,
  );
  const slots = table(flat['tokens'].shape);
  slots.data.fill(NOWHERE);
  const places = table([pairs.length, longest]);
  places.data.fill(NOWHERE);
  const mask = table([pairs.length, hints + longest]);
  const given = table([pairs.length * hints]);
  const hinted = table([pairs.length * hints]);
  hinted.data.fill(NOWHERE);
  const [previous, next] = [table([pairs.length, length]), table([pairs.length, length])];
  let at = 0;
  pairs.forEach(({ code, hints: own, text }, row) => {
    for (let i = 0; i < Math.min(own.length, hints); i++) {
      given.data[row * hints + i] = own[i];
      hinted.data[row * hints + i] = row;
      mask.data[row * (hints + longest) + i] = 1;
    }
    for (let i = 0; i < code.length; i++) {
      slots.data[at] = row * longest + i;
      places.data[row * longest + i] = at++;
      mask.data[row * (hints + longest) + hints + i] = 1;
    }
    const first = row * length;
    previous.data[first] = SPECIAL.begin;
    for (let i = 0; i < Math.min(text.length, length); i++) {
      if (i + 1 < length) previous.data[first + i + 1] = text[i];
      next.data[first + i] = text[i];
    }
    if (text.length < length) next.data[first + text.length] = SPECIAL.end;
  });
  return { ...flat, places, slots, hints: given, hinted, mask, previous, next };
}

/** Lengths are multiples of this, since what looks at neighbours must find as many tokens as it looks away. */
export const SOURCE_STEP = 16;

/** @param hints `longestHints` of the network @returns what a `Generator` reads: hints, then codes */
export function writerSource(given: readonly Given[], hints: number): Source {
  const most = given.reduce((longest, { code }) => Math.max(longest, code.length), 1);
  const length = hints + Math.ceil(most / SOURCE_STEP) * SOURCE_STEP;
  const shape = [given.length, length];
  const [ids, mask] = [new BigInt64Array(given.length * length), new BigInt64Array(given.length * length)];
  given.forEach(({ code, hints: own }, row) => {
    const put = (tokens: ArrayLike<number>, first: number, count: number): void => {
      for (let i = 0; i < count; i++) {
        ids[row * length + first + i] = BigInt(tokens[i]);
        mask[row * length + first + i] = 1n;
      }
    };
    put(own, 0, Math.min(own.length, hints));
    put(code, hints, code.length);
  });
  return { ids: { dtype: 'int64', shape, data: ids }, mask: { dtype: 'int64', shape, data: mask } };
}

/** Zeros, which are padding. */
function table(shape: readonly number[]): HostTensor & { readonly data: Int32Array } {
  return { dtype: 'int32', shape, data: new Int32Array(shape.reduce((count, size) => count * size, 1)) };
}

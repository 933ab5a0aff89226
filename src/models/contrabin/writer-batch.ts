/** Codes and texts as a writer takes them: to learn from, and to be written of. */

import type { Source } from '../../nn/generation/generator.ts';
import type { HostTensor, HostTensors } from '../../nn/runtime.ts';
import { SPECIAL } from '../../tokens/bpe/bpe.ts';
import { tokenBatch } from './batch.ts';

/** A code's tokens and a text's. */
export interface Pair {
  readonly code: ArrayLike<number>;
  readonly text: ArrayLike<number>;
}

export interface PairSizes {
  /** Tokens of a text with that of its end: what is longer is cut, what is shorter padded. */
  readonly length: number;
  /** Tokens of each code that can be looked at; none may have more. */
  readonly longest: number;
  /** As of `tokenBatch`. */
  readonly step?: number;
}

/** The place of a token that is none. */
const NOWHERE = -1;

/** @returns the inputs of `writerModel` */
export function writerBatch(pairs: readonly Pair[], { length, longest, step }: PairSizes): HostTensors {
  const flat = tokenBatch(
    pairs.map(({ code }) => code),
    step,
  );
  const slots = table(flat['tokens'].shape);
  slots.data.fill(NOWHERE);
  const shape = [pairs.length, longest];
  const [places, mask] = [table(shape), table(shape)];
  places.data.fill(NOWHERE);
  const [previous, next] = [table([pairs.length, length]), table([pairs.length, length])];
  let at = 0;
  pairs.forEach(({ code, text }, row) => {
    for (let i = 0; i < code.length; i++) {
      slots.data[at] = row * longest + i;
      places.data[row * longest + i] = at++;
      mask.data[row * longest + i] = 1;
    }
    const first = row * length;
    previous.data[first] = SPECIAL.begin;
    for (let i = 0; i < Math.min(text.length, length); i++) {
      if (i + 1 < length) previous.data[first + i + 1] = text[i];
      next.data[first + i] = text[i];
    }
    if (text.length < length) next.data[first + text.length] = SPECIAL.end;
  });
  return { ...flat, places, slots, mask, previous, next };
}

/** Lengths are multiples of this, since what looks at neighbours must find as many tokens as it looks away. */
const SOURCE_STEP = 16;

/** @returns what a `Generator` reads */
export function writerSource(codes: readonly ArrayLike<number>[]): Source {
  const most = codes.reduce((longest, { length }) => Math.max(longest, length), 1);
  const length = Math.ceil(most / SOURCE_STEP) * SOURCE_STEP;
  const shape = [codes.length, length];
  const [ids, mask] = [new BigInt64Array(codes.length * length), new BigInt64Array(codes.length * length)];
  codes.forEach((code, row) => {
    for (let i = 0; i < code.length; i++) {
      ids[row * length + i] = BigInt(code[i]);
      mask[row * length + i] = 1n;
    }
  });
  return { ids: { dtype: 'int64', shape, data: ids }, mask: { dtype: 'int64', shape, data: mask } };
}

/** Zeros, which are padding. */
function table(shape: readonly number[]): HostTensor & { readonly data: Int32Array } {
  return { dtype: 'int32', shape, data: new Int32Array(shape.reduce((count, size) => count * size, 1)) };
}

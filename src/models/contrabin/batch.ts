/** Texts as an encoder takes them: one after another in one row of tokens. */

import type { HostTensors } from '../../nn/runtime.ts';
import { SPECIAL } from '../../tokens/bpe/bpe.ts';

/**
 * Lengths of batches are multiples of this, so that a few graphs serve: of some ten thousand tokens what is filled up is
 * a twentieth.
 */
const STEP = 1024;

/** The owner of a token that only fills up. */
const NOBODY = -1;

/**
 * @param texts tokens of each
 * @returns the inputs of `FlatTokens`
 */
export function tokenBatch(texts: readonly ArrayLike<number>[], step = STEP): HostTensors {
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  const length = Math.max(1, Math.ceil(total / step)) * step;
  const tokens = new Int32Array(length).fill(SPECIAL.padding);
  const owner = new Int32Array(length).fill(NOBODY);
  let at = 0;
  texts.forEach((text, i) => {
    tokens.set(text, at);
    owner.fill(i, at, at + text.length);
    at += text.length;
  });
  return {
    tokens: { dtype: 'int32', shape: [length], data: tokens },
    owner: { dtype: 'int32', shape: [length], data: owner },
    numbers: { dtype: 'int32', shape: [texts.length], data: Int32Array.from(texts.keys()) },
  };
}

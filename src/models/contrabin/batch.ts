/** Texts as an encoder takes them: one after another in one row of tokens, or each in a row of its own. */

import { BinscribeError } from '../../error.ts';
import type { HostTensors } from '../../nn/runtime.ts';
import { bucketOf } from '../../nn/training/batches.ts';
import { SPECIAL } from '../../tokens/bpe/bpe.ts';

/**
 * Lengths of batches are multiples of this, so that a few graphs serve: of some ten thousand tokens what is filled up is
 * a twentieth.
 */
export const STEP = 1024;

/** The owner of a token that only fills up. */
const NOBODY = -1;

/** Rows as a transformer takes them. */
export interface TextRows {
  /** Lengths that the rows of a batch are padded to, rising: none of its texts may be longer than the last. */
  readonly lengths: readonly number[];
  /** The token that pads. */
  readonly padding: number;
}

/** A number: texts stand in one row, whose length is a multiple of it. */
export type TextLayout = number | TextRows;

/**
 * @param texts tokens of each
 * @returns the inputs of `ViewTokens`
 */
export function tokenBatch(texts: readonly ArrayLike<number>[], layout: TextLayout = STEP): HostTensors {
  return typeof layout === 'number' ? inOneRow(texts, layout) : inRows(texts, layout);
}

function inOneRow(texts: readonly ArrayLike<number>[], step: number): HostTensors {
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  const length = Math.max(1, Math.ceil(total / step)) * step;
  const starts: number[] = [];
  let at = 0;
  for (const text of texts) {
    starts.push(at);
    at += text.length;
  }
  return placed(texts, starts, [length], SPECIAL.padding);
}

/** @throws BinscribeError `usage` where a text is longer than the longest row */
function inRows(texts: readonly ArrayLike<number>[], { lengths, padding }: TextRows): HostTensors {
  const longest = texts.reduce((most, { length }) => Math.max(most, length), 1);
  const row = bucketOf(longest, lengths);
  if (longest > row) {
    throw new BinscribeError('usage', `a text of at most ${row} tokens expected, got ${longest}`);
  }
  return placed(
    texts,
    texts.map((_, i) => i * row),
    [texts.length, row],
    padding,
  );
}

function placed(
  texts: readonly ArrayLike<number>[],
  starts: readonly number[],
  shape: readonly number[],
  padding: number,
): HostTensors {
  const count = shape.reduce((product, size) => product * size, 1);
  const tokens = new Int32Array(count).fill(padding);
  const owner = new Int32Array(count).fill(NOBODY);
  texts.forEach((text, i) => {
    tokens.set(text, starts[i]);
    owner.fill(i, starts[i], starts[i] + text.length);
  });
  return {
    tokens: { dtype: 'int32', shape, data: tokens },
    owner: { dtype: 'int32', shape, data: owner },
    numbers: { dtype: 'int32', shape: [texts.length], data: Int32Array.from(texts.keys()) },
  };
}

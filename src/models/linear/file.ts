/** The file of linear classifiers (`weights.bin`) that share a vocabulary. */

import { ByteReader, ByteWriter } from '../bytes.ts';
import type { LinearModel } from './logistic.ts';

/** "BSW1" in little-endian order; the digit changes with the format. */
const WEIGHTS_MAGIC = 0x31575342;

/** Vocabulary as differences, then each classifier's weights as 32-bit floats. */
export function encodeWeights(vocabulary: Uint32Array, models: readonly LinearModel[]): Uint8Array {
  const out = new ByteWriter();
  out.word(WEIGHTS_MAGIC);
  out.uint(vocabulary.length);
  vocabulary.forEach((token, i) => out.uint(token - (i === 0 ? 0 : vocabulary[i - 1])));
  for (const { weights } of models) {
    for (const bits of new Uint32Array(Float32Array.from(weights).buffer)) out.word(bits);
  }
  return out.finish();
}

/** @throws BinscribeError of kind `corrupt` for anything that `encodeWeights` would not write. */
export function decodeWeights(
  data: Uint8Array,
  where: string,
  classes: readonly number[],
): { vocabulary: Uint32Array; models: LinearModel[] } {
  const input = new ByteReader(data, where);
  if (input.left < 4 || input.word() !== WEIGHTS_MAGIC) input.fail('no weights');
  const vocabulary = new Uint32Array(input.count(1));
  let token = 0;
  for (let i = 0; i < vocabulary.length; i++) {
    token += input.uint();
    vocabulary[i] = token;
  }
  const models = classes.map((count): LinearModel => {
    const size = (vocabulary.length + 1) * count;
    if (size * 4 > input.left) input.fail(`${size} weights that do not fit`);
    const bits = new Uint32Array(size);
    for (let i = 0; i < bits.length; i++) bits[i] = input.word();
    return { classes: count, columns: vocabulary.length, weights: new Float32Array(bits.buffer) };
  });
  if (input.left > 0) input.fail(`${input.left} bytes too many`);
  return { vocabulary, models };
}

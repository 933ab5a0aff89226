/** The baseline of comparing functions: cosine of tf-idf of opcode pairs. Nothing is learned but the pairs' weights. */

import type { FunctionBody } from '../binary/instruction.ts';
import { type KnownFunctions, termOf } from '../models/known/index.ts';
import { inverseFrequency, termWeight } from '../models/known/weights.ts';
import { withoutPadding } from '../tokens/normalize.ts';
import { opcodePairTokens } from '../tokens/opcodes.ts';
import { type Bag, bagOf } from '../tokens/scheme.ts';
import type { Comparison } from './retrieval.ts';

/** A function's vector: token → weight, of length 1. */
export type PairVector = ReadonlyMap<number, number>;

/** How often each pair of neighbouring opcodes occurs. */
export function opcodePairs({ instructions }: Pick<FunctionBody, 'instructions'>): Bag {
  return bagOf(opcodePairTokens(withoutPadding(instructions)));
}

/** @param known where the weights come from */
export function pairVector(
  { entries, vocabulary, frequency }: KnownFunctions,
  body: FunctionBody,
): PairVector {
  const { tokens, counts } = opcodePairs(body);
  const weights = Array.from(tokens, (token, i) => {
    const term = termOf(vocabulary, token);
    return termWeight(counts[i], inverseFrequency(entries, term < 0 ? 0 : frequency[term]));
  });
  const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0)) || 1;
  return new Map(weights.map((weight, i) => [tokens[i], weight / length]));
}

export const OPCODE_PAIRS: Comparison<PairVector> = {
  name: 'opcode pairs',
  similarity(a, b) {
    let sum = 0;
    for (const [token, weight] of a) sum += weight * (b.get(token) ?? 0);
    return sum;
  },
};

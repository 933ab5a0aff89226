/**
 * The handwriting of a compiler, as a sparse vector: opcodes, opcode pairs, registers, operand shapes and layout.
 */

import type { FunctionBody } from '../../binary/instruction.ts';
import { layoutTokens } from '../../tokens/layout.ts';
import { opcodePairTokens, opcodeTokens } from '../../tokens/opcodes.ts';
import { registerTokens } from '../../tokens/registers.ts';
import { type Bag, bagOf } from '../../tokens/scheme.ts';
import { shapeTokens } from '../../tokens/shapes.ts';
import type { SparseVector } from './sparse.ts';

/** One bag a scheme, padding included: it is part of the handwriting. */
export function styleBags(body: FunctionBody): Bag[] {
  const { instructions } = body;
  return [
    opcodeTokens(instructions),
    opcodePairTokens(instructions),
    registerTokens(instructions),
    shapeTokens(instructions),
    layoutTokens(body),
  ].map(bagOf);
}

/** Tokens, ascending, that at least `least` of the functions have: one seen once or twice teaches nothing. */
export function styleVocabulary(functions: readonly Bag[][], least: number): Uint32Array {
  const seen = new Map<number, number>();
  for (const bags of functions) {
    for (const { tokens } of bags) {
      for (const token of tokens) seen.set(token, (seen.get(token) ?? 0) + 1);
    }
  }
  return Uint32Array.from([...seen].filter(([, count]) => count >= least).map(([token]) => token)).sort();
}

/** Token → column. */
export function columnsOf(vocabulary: Uint32Array): Map<number, number> {
  return new Map(Array.from(vocabulary, (token, column) => [token, column]));
}

/**
 * ln(1 + count) of each token, each scheme's part scaled to length 1, so that a long function is no louder than
 * a short one and no scheme drowns another. Tokens outside the vocabulary count for the length only.
 */
export function styleVector(bags: readonly Bag[], columns: ReadonlyMap<number, number>): SparseVector {
  const indices: number[] = [];
  const values: number[] = [];
  for (const { tokens, counts } of bags) {
    let squares = 0;
    const first = values.length;
    for (let i = 0; i < tokens.length; i++) {
      const value = Math.log1p(counts[i]);
      squares += value * value;
      const column = columns.get(tokens[i]);
      if (column === undefined) continue;
      indices.push(column);
      values.push(value);
    }
    const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    for (let i = first; i < values.length; i++) values[i] *= scale;
  }
  return { indices: Uint32Array.from(indices), values: Float32Array.from(values) };
}

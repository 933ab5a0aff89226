/**
 * Learns a lexicon (models/meaning/lexicon.ts): what people say of functions, comments and the words of their names, as far
 * as the functions' features tell it. Ridge regression, of which the largest weights are kept.
 */

import { ridge } from '../../models/linear/ridge.ts';
import { type SparseVector, stackRows } from '../../models/linear/sparse.ts';
import { Lexicon, type LexiconParts } from '../../models/meaning/lexicon.ts';
import type { SaidCollector } from './said.ts';

/** Packages that use a word, and that have a feature: what fewer do is their own affair. */
const LEAST_PACKAGES = 3;
/**
 * What weights cost, found on the validation packages with rows of length 1: at 0.3 the right function of a question is
 * further down (mean reciprocal rank 15.3 % by the lexicon alone), at 1 and 3 it is found more often (16.4 and 17.0 %).
 */
const PENALTY = 3;
/** Steps of conjugate gradients: with 5 that figure is 16.4, with 12 16.7, solved to the end 17.0 %. */
const ITERATIONS = 12;
/**
 * Weights that are kept, those that move an answer most: a fiftieth of all, which make a file of 1.4 MB. The figure stays
 * what it is (17.0 % of all weights, of 600,000 and of 300,000).
 */
const KEPT = 500_000;

/** A generator, since it takes minutes: it yields the share that is done. */
export function* learnLexicon(collected: SaidCollector): Generator<number, Lexicon> {
  const said = collected.all();
  const [features, terms] = [new Table(), new Table()];
  const functions = new Map<string, number>();
  for (const one of said) {
    for (const feature of one.features.indices) features.add(collected.names[feature], one.package);
    for (const stem of new Set(one.texts.flatMap((words) => [...words.keys()]))) terms.add(stem, one.package);
    functions.set(one.package, (functions.get(one.package) ?? 0) + 1);
  }
  const least = Math.min(LEAST_PACKAGES, functions.size);
  const known = features.kept(least, said.length);
  const used = terms.kept(least, said.length);
  const parts = {
    features: known.names,
    rarity: known.rarity,
    terms: used.names,
    termRarity: used.rarity,
    weights: [],
  };
  const empty = new Lexicon(parts);
  const inputs = stackRows(
    said.map(({ features: { indices, values } }) =>
      empty.readFeatures(Array.from(indices, (feature, i) => [collected.names[feature], values[i]])),
    ),
    known.names.length,
  );
  const targets = stackRows(
    said.map(({ texts }) => meanOf(texts.map((words) => empty.termsOf(words)))),
    used.names.length,
  );
  // A package with ten times as many functions has not ten times as much to say; a function of which more is said has.
  const raw = said.map((one) => one.texts.length / Math.sqrt(functions.get(one.package)!));
  const scale = raw.reduce((a, b) => a + b, 0) / said.reduce((sum, { texts }) => sum + texts.length, 0);
  const solved = yield* ridge({
    inputs,
    targets,
    weights: raw.map((weight) => weight / scale),
    penalty: PENALTY,
    iterations: ITERATIONS,
  });
  return new Lexicon({ ...parts, weights: largest(solved, inputs.columns, lengthsOf(inputs)) });
}

/** Which names there are, in how many functions and packages. */
class Table {
  private readonly found = new Map<string, { functions: number; packages: Set<string> }>();

  add(name: string, from: string): void {
    const one = this.found.get(name) ?? { functions: 0, packages: new Set() };
    one.functions++;
    one.packages.add(from);
    this.found.set(name, one);
  }

  /** In an order that does not depend on that of the functions. */
  kept(packages: number, functions: number): { names: string[]; rarity: Float32Array } {
    const kept = [...this.found].filter(([, one]) => one.packages.size >= packages);
    kept.sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      names: kept.map(([name]) => name),
      rarity: Float32Array.from(kept, ([, one]) => Math.log(functions / one.functions)),
    };
  }
}

function meanOf(vectors: readonly SparseVector[]): SparseVector {
  const sums = new Map<number, number>();
  for (const { indices, values } of vectors) {
    indices.forEach((index, i) => sums.set(index, (sums.get(index) ?? 0) + values[i] / vectors.length));
  }
  const sorted = [...sums].sort(([a], [b]) => a - b);
  return {
    indices: Uint32Array.from(sorted, ([index]) => index),
    values: Float32Array.from(sorted, ([, value]) => value),
  };
}

/** Of each column: the root of its sum of squares. */
function lengthsOf({ columns, indices, values }: ReturnType<typeof stackRows>): Float64Array {
  const squares = new Float64Array(columns);
  indices.forEach((column, i) => (squares[column] += values[i] ** 2));
  return squares.map(Math.sqrt);
}

/** A weight moves answers as it is large and as its feature is frequent. @param lengths of the features' columns */
function largest(weights: Float32Array, features: number, lengths: Float64Array): LexiconParts['weights'] {
  const size = weights.length / Math.max(1, features);
  const moves = weights.map((weight, i) => Math.abs(weight) * lengths[Math.floor(i / size)]);
  const least = weights.length > KEPT ? moves.toSorted()[weights.length - KEPT] : 0;
  return Array.from({ length: features }, (_, feature) => {
    const kept: number[] = [];
    for (let k = 0; k < size; k++) {
      const i = feature * size + k;
      if (weights[i] !== 0 && moves[i] >= least) kept.push(k);
    }
    return {
      indices: Uint32Array.from(kept),
      values: Float32Array.from(kept, (k) => weights[feature * size + k]),
    };
  });
}

/**
 * The lexicon: which words people use of code with certain features. What says `connect` is said to connect, to sockets
 * and hosts; what multiplies and rotates is said to hash. As cross-language search translates a question into the words of
 * the other language (Berger and Lafferty 1999), it translates a question into features, by weights learned from functions
 * and what people say of them. It is linear, so that each answer is the sum of what the features say for it.
 */

import { normalise } from '../known/weights.ts';
import type { SparseVector } from '../linear/sparse.ts';
import { type CodeFeature, featuresOf } from './features.ts';
import type { Words } from './words.ts';

/** What the file of a lexicon holds. */
export interface LexiconParts {
  /** Names of features (features.ts), and how rare each is: the logarithm of one over its share of functions. */
  readonly features: readonly string[];
  readonly rarity: Float32Array;
  /** Stems of words, and how rare each is among what people say. */
  readonly terms: readonly string[];
  readonly termRarity: Float32Array;
  /** How much each feature says for some of the terms, one a feature. */
  readonly weights: readonly SparseVector[];
}

/** How much each feature says for a text; null where the lexicon knows none of its words. */
export type FeatureWeights = Float32Array | null;

/** Features that an answer names. */
const MOST_REASONS = 4;
/** Of what the first of them says, the smallest part that is a reason too. */
const LEAST_REASON = 1 / 3;
/** What a tenth of all functions has, `cmp` say, is no reason that anybody would understand. */
const LEAST_RARITY = Math.log(10);

export class Lexicon {
  readonly parts: LexiconParts;
  private readonly features: ReadonlyMap<string, number>;
  private readonly terms: ReadonlyMap<string, number>;

  constructor(parts: LexiconParts) {
    this.parts = parts;
    this.features = new Map(parts.features.map((name, i) => [name, i]));
    this.terms = new Map(parts.terms.map((stem, i) => [stem, i]));
  }

  /**
   * Of length 1, or empty where it knows no feature.
   * @param code normalised assembly
   */
  read(code: string): SparseVector {
    return this.readFeatures(strengthsOf(featuresOf(code)));
  }

  /** The same of features by name, with their strengths. */
  readFeatures(features: readonly (readonly [name: string, strength: number])[]): SparseVector {
    return weighted(features, this.features, this.parts.rarity);
  }

  /** @param texts of several, as if each said as much */
  weigh(texts: readonly Words[]): FeatureWeights {
    const wanted = new Float64Array(this.terms.size);
    for (const words of texts) {
      const { indices, values } = this.termsOf(words);
      indices.forEach((term, i) => (wanted[term] += values[i]));
    }
    if (wanted.every((value) => value === 0)) return null;
    normalise(wanted);
    return Float32Array.from(this.parts.weights, ({ indices, values }) => {
      let sum = 0;
      for (let i = 0; i < indices.length; i++) sum += values[i] * wanted[indices[i]];
      return sum;
    });
  }

  /** What people say, as it is learned from: of length 1, or empty where it knows no word. */
  termsOf(words: Words): SparseVector {
    const strengths = Array.from(words.keys(), (stem): [string, number] => [stem, 1]);
    return weighted(strengths, this.terms, this.parts.termRarity);
  }

  /** The features that say most for a text, as a reader may be told, the strongest first. */
  reasons(code: string, weights: FeatureWeights): string[] {
    if (weights === null) return [];
    const features = featuresOf(code);
    const { indices, values } = this.readFeatures(strengthsOf(features));
    const parts = new Map(Array.from(indices, (feature, i) => [feature, values[i] * weights[feature]]));
    const found: { shown: string; part: number }[] = [];
    for (const [name, { shown }] of features) {
      const feature = this.features.get(name);
      if (feature === undefined || shown === null || this.parts.rarity[feature] < LEAST_RARITY) continue;
      const part = parts.get(feature) ?? 0;
      if (part > 0) found.push({ shown, part });
    }
    found.sort((a, b) => b.part - a.part);
    const strong = found.filter(({ part }) => part >= LEAST_REASON * found[0].part).map(({ shown }) => shown);
    // A word of a name is no second reason.
    const isWord = (shown: string): boolean => shown.startsWith('"');
    const names = strong
      .filter((shown) => !isWord(shown))
      .join('\n')
      .toLowerCase();
    const told = strong.filter((shown) => !isWord(shown) || !names.includes(shown.slice(1, -1)));
    return told.slice(0, MOST_REASONS);
  }
}

/** How much a function's features together say for a text: what a lexicon expects the two to have in common. */
export function spoken({ indices, values }: SparseVector, weights: FeatureWeights): number {
  if (weights === null) return 0;
  let sum = 0;
  for (let i = 0; i < indices.length; i++) sum += values[i] * weights[indices[i]];
  return sum;
}

function strengthsOf(features: ReadonlyMap<string, CodeFeature>): [name: string, strength: number][] {
  return Array.from(features, ([name, { strength }]) => [name, strength]);
}

function weighted(
  strengths: readonly (readonly [name: string, strength: number])[],
  places: ReadonlyMap<string, number>,
  rarity: Float32Array,
): SparseVector {
  const known = strengths.flatMap(([name, strength]) => {
    const place = places.get(name);
    return place === undefined ? [] : [{ place, value: strength * rarity[place] }];
  });
  known.sort((a, b) => a.place - b.place);
  const values = Float64Array.from(known, ({ value }) => value);
  normalise(values);
  return { indices: Uint32Array.from(known, ({ place }) => place), values: Float32Array.from(values) };
}

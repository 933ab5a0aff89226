/** Baselines without learning: texts of code by the cosine of tf-idf of what is counted in them. */

import type { Scorer } from '../../metrics/retrieval.ts';
import { inverseFrequency, termWeight } from '../../models/known/weights.ts';
import { largestPlace } from '../../numbers.ts';
import type { TermLists } from './code-terms.ts';

type Weights = ReadonlyMap<number, number>;

function countTerms(terms: Uint32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** Texts that others are compared with. */
export class TermIndex {
  private readonly texts: TermLists;
  private readonly frequencies = new Map<number, number>();
  private readonly documents: number;
  /** Texts that have a term, and its weight in each. */
  private readonly postings = new Map<number, { texts: number[]; weights: number[] }>();

  /** @param training the texts that terms' weights come from */
  constructor(training: TermLists, texts: TermLists) {
    this.texts = texts;
    this.documents = training.length;
    for (const terms of training) {
      for (const term of countTerms(terms).keys()) {
        this.frequencies.set(term, (this.frequencies.get(term) ?? 0) + 1);
      }
    }
    for (const [i, terms] of texts.entries()) {
      for (const [term, weight] of this.weigh(terms)) {
        const known = this.postings.get(term) ?? { texts: [], weights: [] };
        this.postings.set(term, known);
        known.texts.push(i);
        known.weights.push(weight);
      }
    }
  }

  /** Of length 1. */
  private weigh(terms: Uint32Array): Weights {
    const weights = [...countTerms(terms)].map(([term, count]): [number, number] => {
      const idf = inverseFrequency(this.documents, this.frequencies.get(term) ?? 0);
      return [term, termWeight(count, idf)];
    });
    const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1;
    return new Map(weights.map(([term, weight]) => [term, weight / length]));
  }

  /** Fills in the cosine with each text. */
  score(terms: Uint32Array, scores: Float32Array): void {
    scores.fill(0);
    for (const [term, weight] of this.weigh(terms)) {
      const found = this.postings.get(term);
      if (!found) continue;
      for (let i = 0; i < found.texts.length; i++) scores[found.texts[i]] += weight * found.weights[i];
    }
  }

  /** The texts among themselves. */
  get scorer(): Scorer {
    return (query, scores) => this.score(this.texts[query], scores);
  }

  /** The most similar text, of equally similar ones the first. */
  nearest(terms: Uint32Array): number {
    const scores = new Float32Array(this.texts.length);
    this.score(terms, scores);
    return largestPlace(scores);
  }
}

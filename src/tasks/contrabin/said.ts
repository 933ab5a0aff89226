/** What people say of functions beside the features of their code: comments, what manuals have, and names. */

import { contentKey } from '../../corpus/hash.ts';
import { featuresOf } from '../../models/meaning/features.ts';
import type { SparseVector } from '../../models/linear/sparse.ts';
import { type Words, wordsOf } from '../../models/meaning/words.ts';
import { type MaterialOptions, REPORTED, samplesOf } from './material.ts';

/** The same code in the same package once, with all that is said of it. */
export interface Said {
  readonly package: string;
  /** Numbers of its features, and their strengths. */
  readonly features: SparseVector;
  readonly texts: readonly Words[];
}

/** Names of features are told once: functions have some ten million of them together. */
export class SaidCollector {
  readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly found = new Map<string, Said & { texts: Words[] }>();

  add(from: string, code: string, text: string): void {
    const words = wordsOf(text);
    if (words.size === 0) return;
    const key = `${from} ${contentKey(code)}`;
    let one = this.found.get(key);
    if (one === undefined) {
      one = { package: from, features: this.read(code), texts: [] };
      this.found.set(key, one);
    }
    one.texts.push(words);
  }

  all(): Said[] {
    return [...this.found.values()];
  }

  private read(code: string): SparseVector {
    const features = [...featuresOf(code)];
    return {
      indices: Uint32Array.from(features, ([name]) => this.numberOf(name)),
      values: Float32Array.from(features, ([, { strength }]) => strength),
    };
  }

  private numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.names.length);
    this.names.push(name);
    return this.names.length - 1;
  }
}

/** Of the training packages. */
export async function collectSaid(
  options: Pick<MaterialOptions, 'datasets' | 'validation' | 'view' | 'floor' | 'progress'>,
): Promise<SaidCollector> {
  const found = new SaidCollector();
  let rows = 0;
  for await (const { package: from, code, comment, name } of samplesOf(options)) {
    if (++rows % REPORTED === 0) options.progress(rows);
    if (options.validation.has(from)) continue;
    for (const text of [comment, name]) if (text !== null) found.add(from, code, text);
  }
  return found;
}

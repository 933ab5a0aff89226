/** Texts of the training functions whose code is nearest: the baseline of what is written, and hints and candidates for it. */

import { disassembleRange } from '../../binary/x86/disassemble.ts';
import type { FunctionBody } from '../../binary/instruction.ts';
import { indexDrafts } from '../drafts/retrieval.ts';
import { largestPlace } from '../../numbers.ts';
import { COUNTED, TermNumbers } from './code-terms.ts';
import type { WrittenFunction } from './functions.ts';
import { TermIndex } from './term-baseline.ts';

export interface Neighbour {
  readonly text: string;
  /** Cosine of the code that it was found by, in [0, 1]. */
  readonly similarity: number;
}

/** What is looked for. */
export interface Wanted {
  readonly assembly: string;
  readonly body: FunctionBody;
  /**
   * A package: code that it has is not looked at, wherever else it was seen. So a training function is asked as one that
   * was never seen.
   */
  readonly passedOver?: string;
}

export interface Neighbourhood {
  /** @returns at most `count` different texts, the nearest first; none of code that has nothing in common */
  nearest(wanted: Wanted, count: number): Neighbour[];
}

export function bodyOf({ code, address }: Pick<WrittenFunction, 'code' | 'address'>): FunctionBody {
  return disassembleRange(code, address);
}

/** By tf-idf of opcode pairs. */
export function byOpcodePairs(training: readonly WrittenFunction[]): Neighbourhood {
  const index = indexDrafts(
    (function* () {
      for (const one of training) {
        const { text, package: from, build, code } = one;
        const origin = { package: from, version: '', compiler: build.compiler, optimization: build.level };
        yield { draft: { text }, origin, code, body: bodyOf(one) };
      }
    })(),
  );
  return { nearest: ({ body, passedOver }, count) => index.retrievalDrafts(body, count, passedOver) };
}

/** By tf-idf of opcode pairs, strings, names of imports and numbers: what a stripped program says of itself. */
export function byWords(training: readonly WrittenFunction[]): Neighbourhood {
  const numbers = new TermNumbers();
  const termsOf = (assembly: string): Uint32Array => numbers.of(COUNTED['pairs and words'](assembly));
  const terms = training.map(({ assembly }) => termsOf(assembly));
  const index = new TermIndex(terms, terms);
  const placesOf = placesOfPackages(training);
  const scores = new Float32Array(training.length);
  return {
    nearest({ assembly, passedOver }, count) {
      if (count === 0) return [];
      index.score(termsOf(assembly), scores);
      if (passedOver !== undefined) {
        for (const place of placesOf.get(passedOver) ?? []) scores[place] = 0;
      }
      const found = new Map<string, Neighbour>();
      while (found.size < count) {
        const best = largestPlace(scores);
        const similarity = scores[best];
        if (!(similarity > 0)) break;
        const { text } = training[best];
        if (!found.has(text)) found.set(text, { text, similarity: Math.min(1, similarity) });
        scores[best] = 0;
      }
      return [...found.values()];
    },
  };
}

/** By package: where the code stands that it has, in its own functions and in those of others. */
function placesOfPackages(training: readonly WrittenFunction[]): Map<string, number[]> {
  const packagesOf = new Map<string, Set<string>>();
  for (const { normalizedHash, package: from } of training) {
    packagesOf.set(normalizedHash, (packagesOf.get(normalizedHash) ?? new Set()).add(from));
  }
  const places = new Map<string, number[]>();
  for (const [place, { normalizedHash }] of training.entries()) {
    for (const from of packagesOf.get(normalizedHash)!) {
      const own = places.get(from);
      if (own) own.push(place);
      else places.set(from, [place]);
    }
  }
  return places;
}

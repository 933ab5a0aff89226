/** Of the functions of one build, how many find themselves first among those of another build. */

import { rankOf, recallAt } from '../../metrics/retrieval.ts';
import { dot } from '../retrieval.ts';
import type { EncoderExample } from './examples.ts';

const QUESTIONS = [
  ['gcc-12 O0', 'gcc-12 O3'],
  ['gcc-12 O1', 'gcc-12 O3'],
  ['gcc-12 O2', 'clang-19 O2'],
] as const;

/** A validation package has hundreds of functions; the test's pool of 1,000 is for judging. */
const POOL = 400;

/** @param vectors of length 1, one for each example */
export function recallAmong(
  examples: readonly EncoderExample[],
  vectors: readonly Float32Array[],
): Record<string, number> {
  const byBuild = new Map<string, Map<number, Float32Array>>();
  examples.forEach(({ build, identity }, i) => {
    const of = byBuild.get(build) ?? new Map<number, Float32Array>();
    byBuild.set(build, of);
    if (!of.has(identity)) of.set(identity, vectors[i]);
  });
  return Object.fromEntries(
    QUESTIONS.flatMap(([from, to]) => {
      const [queries, targets] = [byBuild.get(from), byBuild.get(to)];
      const shared = [...(queries?.keys() ?? [])].filter((id) => targets?.has(id)).slice(0, POOL);
      if (!queries || !targets || shared.length < 2) return [];
      const others = shared.map((id) => targets.get(id)!);
      const ranks = shared.map((id, target) => {
        const query = queries.get(id)!;
        return rankOf(
          others.map((other) => dot(query, other)),
          target,
        );
      });
      return [[`recall@1 ${from} to ${to}`, recallAt(ranks, 1)]];
    }),
  );
}

/**
 * Same function, other build: how often the cosine of opcode pairs finds a function among the functions of
 * another compiler or level. No name and no training is in it but the weights of the pairs.
 */

import type { KnownFunctions } from '../models/known/index.ts';
import { termOf } from '../models/known/index.ts';
import { inverseFrequency, termWeight } from '../models/known/weights.ts';
import { meanReciprocalRank, rankOf, recallAt } from '../metrics/retrieval.ts';
import { Random } from '../random.ts';
import { withoutPadding } from '../tokens/normalize.ts';
import { opcodePairTokens } from '../tokens/opcodes.ts';
import { bagOf } from '../tokens/scheme.ts';
import type { LabelledProgram } from './labelled.ts';

/** A function's vector: token → weight, of length 1. */
type Vector = ReadonlyMap<number, number>;

export interface RetrievalFigure {
  name: string;
  /** Functions among which the right one is looked for, itself included. */
  pool: number;
  /** Functions that occur in both builds: what pools are drawn from. */
  candidates: number;
  /** By seed of the pool. */
  recallAt1: number[];
  meanReciprocalRank: number[];
}

interface Build {
  compiler: string;
  optimization: string;
}

const QUESTIONS: readonly [name: string, from: Build, to: Build][] = [
  [
    'gcc-12 -O0 to -O3',
    { compiler: 'gcc-12', optimization: 'O0' },
    { compiler: 'gcc-12', optimization: 'O3' },
  ],
  [
    'gcc-12 -O1 to -O3',
    { compiler: 'gcc-12', optimization: 'O1' },
    { compiler: 'gcc-12', optimization: 'O3' },
  ],
  [
    'gcc-12 to clang-19 at -O2',
    { compiler: 'gcc-12', optimization: 'O2' },
    { compiler: 'clang-19', optimization: 'O2' },
  ],
];

/** What HermesSim, jTrans and their like report at the small end. */
const POOL = 1000;

/** Collects the vectors of test functions while somebody else walks over the programs. */
export class RetrievalTask {
  private readonly known: KnownFunctions;
  private readonly floor: number;
  /** Build → function → vector. A function that several programs share counts once. */
  private readonly vectors = new Map<string, Map<string, Vector>>();

  constructor(known: KnownFunctions, floor: number) {
    this.known = known;
    this.floor = floor;
  }

  add({ package: from, compiler, optimization, functions, labels }: LabelledProgram): void {
    if (!QUESTIONS.some(([, a, b]) => [a, b].some((q) => keyOf(q) === keyOf({ compiler, optimization }))))
      return;
    const key = keyOf({ compiler, optimization });
    const vectors = this.vectors.get(key) ?? new Map<string, Vector>();
    this.vectors.set(key, vectors);
    functions.forEach(({ body }, i) => {
      const { name, sourceFile } = labels[i];
      const id = [from, sourceFile ?? '', name].join('\0');
      const kept = withoutPadding(body.instructions);
      if (kept.length >= this.floor && !vectors.has(id)) vectors.set(id, this.vectorOf(kept));
    });
  }

  private vectorOf(instructions: Parameters<typeof opcodePairTokens>[0]): Vector {
    const { entries, vocabulary, frequency } = this.known;
    const { tokens, counts } = bagOf(opcodePairTokens(instructions));
    const weights = Array.from(tokens, (token, i) => {
      const term = termOf(vocabulary, token);
      return termWeight(counts[i], inverseFrequency(entries, term < 0 ? 0 : frequency[term]));
    });
    const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0)) || 1;
    return new Map(weights.map((weight, i) => [tokens[i], weight / length]));
  }

  /** @param seeds One pool is drawn for each. */
  figures(seeds: readonly number[]): RetrievalFigure[] {
    return QUESTIONS.flatMap(([name, from, to]) => {
      const queries = this.vectors.get(keyOf(from));
      const targets = this.vectors.get(keyOf(to));
      if (!queries || !targets) return [];
      const shared = [...queries.keys()].filter((id) => targets.has(id)).sort();
      const pool = Math.min(POOL, shared.length);
      const ranks = seeds.map((seed) => {
        const places = new Random(seed).shuffle(Array.from(shared.keys())).slice(0, pool);
        const others = places.map((place) => targets.get(shared[place])!);
        return places.map((place, target) => {
          const query = queries.get(shared[place])!;
          return rankOf(
            others.map((other) => cosine(query, other)),
            target,
          );
        });
      });
      return {
        name,
        pool,
        candidates: shared.length,
        recallAt1: ranks.map((of) => recallAt(of, 1)),
        meanReciprocalRank: ranks.map((of) => meanReciprocalRank(of)),
      };
    });
  }
}

function keyOf({ compiler, optimization }: Build): string {
  return `${compiler} ${optimization}`;
}

function cosine(a: Vector, b: Vector): number {
  let sum = 0;
  for (const [token, weight] of a) sum += weight * (b.get(token) ?? 0);
  return sum;
}

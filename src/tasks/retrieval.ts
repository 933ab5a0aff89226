/**
 * Same function, other build: how often a vector finds a function among the functions of another compiler or level.
 * Every way of comparing gets the same functions and the same pools.
 */

import { meanReciprocalRank, rankOf, recallAt } from '../metrics/retrieval.ts';
import { Random } from '../random.ts';
import { withoutPadding } from '../tokens/normalize.ts';
import type { FunctionLabels, LabelledProgram } from './labelled.ts';

/** A way of comparing functions. */
export interface Comparison<V> {
  readonly name: string;
  readonly similarity: (a: V, b: V) => number;
}

/** How a way of comparing did at one question. */
export interface RetrievalFigure {
  /** Question, and the way of comparing. */
  name: string;
  way: string;
  /** Which functions: all, or those without duplicates and leaks. */
  functions: string;
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

/** Builds that functions are looked up in, of a data set's compilers. */
export function questionsFor(gcc: string, clang: string): [name: string, from: Build, to: Build][] {
  const at = (compiler: string, optimization: string): Build => ({ compiler, optimization });
  return [
    [`${gcc} -O0 to -O3`, at(gcc, 'O0'), at(gcc, 'O3')],
    [`${gcc} -O1 to -O3`, at(gcc, 'O1'), at(gcc, 'O3')],
    [`${gcc} -O2 to -O3`, at(gcc, 'O2'), at(gcc, 'O3')],
    [`${gcc} to ${clang} at -O2`, at(gcc, 'O2'), at(clang, 'O2')],
  ];
}

/** What HermesSim, jTrans and their like report at the small end. */
const POOL = 1000;

/** A function in one build: what each way of comparing makes of it. */
interface Entry {
  readonly vectors: readonly unknown[];
  readonly fresh: boolean;
}

/** Collects the vectors of test functions while somebody else walks over the programs. */
export class RetrievalTask {
  private readonly questions: ReturnType<typeof questionsFor>;
  private readonly comparisons: readonly Comparison<unknown>[];
  private readonly floor: number;
  /** Build → function → entry. A function that several programs share counts once. */
  private readonly builds = new Map<string, Map<string, Entry>>();

  constructor(
    questions: ReturnType<typeof questionsFor>,
    comparisons: readonly Comparison<never>[],
    floor: number,
  ) {
    this.questions = questions;
    this.comparisons = comparisons as readonly Comparison<unknown>[];
    this.floor = floor;
  }

  /** @param vectorsOf what each way of comparing makes of the program's i-th function */
  add(program: LabelledProgram, vectorsOf: (i: number) => readonly unknown[]): void {
    const key = keyOf(program);
    if (!this.questions.some(([, a, b]) => key === keyOf(a) || key === keyOf(b))) return;
    const entries = this.builds.get(key) ?? new Map<string, Entry>();
    this.builds.set(key, entries);
    program.functions.forEach(({ body }, i) => {
      const label = program.labels[i];
      const id = functionId(program, label);
      if (entries.has(id) || withoutPadding(body.instructions).length < this.floor) return;
      entries.set(id, { vectors: vectorsOf(i), fresh: !label.duplicate && !label.leak });
    });
  }

  /** @param seeds One pool is drawn for each. */
  figures(seeds: readonly number[]): RetrievalFigure[] {
    const choices: [string, (entry: Entry) => boolean][] = [
      ['all', () => true],
      ['without duplicates and leaks', ({ fresh }) => fresh],
    ];
    return this.questions.flatMap(([name, from, to]) => {
      const queries = this.builds.get(keyOf(from));
      const targets = this.builds.get(keyOf(to));
      if (!queries || !targets) return [];
      return choices.flatMap(([functions, choose]) => {
        const shared = [...queries.keys()]
          .filter((id) => targets.has(id) && choose(queries.get(id)!) && choose(targets.get(id)!))
          .sort();
        const pools = seeds.map((seed) =>
          new Random(seed)
            .shuffle(Array.from(shared.keys()))
            .slice(0, POOL)
            .map((place) => [queries.get(shared[place])!, targets.get(shared[place])!] as const),
        );
        return this.comparisons.map((comparison, way) => {
          const ranks = pools.map((pool) => ranksIn(pool, comparison, way));
          return {
            name,
            way: comparison.name,
            functions,
            pool: Math.min(POOL, shared.length),
            candidates: shared.length,
            recallAt1: ranks.map((of) => recallAt(of, 1)),
            meanReciprocalRank: ranks.map((of) => meanReciprocalRank(of)),
          };
        });
      });
    });
  }
}

/** The rank of each query's own function. */
function ranksIn(
  pool: readonly (readonly [Entry, Entry])[],
  { similarity }: Comparison<unknown>,
  way: number,
): number[] {
  return pool.map(([query], target) => {
    const scores = pool.map(([, other]) => similarity(query.vectors[way], other.vectors[way]));
    return rankOf(scores, target);
  });
}

function keyOf({ compiler, optimization }: Build): string {
  return `${compiler} ${optimization}`;
}

/** What makes two builds builds of one function. */
export function functionId({ package: from }: LabelledProgram, { sourceFile, name }: FunctionLabels): string {
  return [from, sourceFile ?? '', name].join('\0');
}

/** Cosine of vectors of length 1. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * The first model: what can be answered without a network. Names from known functions by hash and by opcode
 * pairs, compiler and level by logistic regression, arguments from registers read before they are written. It is
 * the baseline of everything that comes after it.
 */

import type { FunctionBody } from '../binary/instruction.ts';
import { exactHash, normalizedHash, withoutPadding } from '../tokens/normalize.ts';
import { opcodePairTokens } from '../tokens/opcodes.ts';
import { type Bag, bagOf } from '../tokens/scheme.ts';
import { type ArgumentAnswer, type ArgumentTable, countArguments } from './arguments/count.ts';
import { solveProgram } from './arguments/program.ts';
import { type ArgumentSummary, summarise } from './arguments/summary.ts';
import { findByHash, hasExact, type KnownFunctions } from './known/index.ts';
import { Searcher } from './known/search.ts';
import { type LinearModel, logits, softmax } from './linear/logistic.ts';
import { columnsOf, styleBags, styleVector } from './linear/style.ts';
import type { Field, FunctionAnswer, Model, ModelCard, ProgramInput, Scored } from './model.ts';
import { type Found, nameCandidates, neighboursOf } from './names.ts';

/** A classifier: one label a class. */
export interface Classifier {
  labels: string[];
  linear: LinearModel;
  temperature: number;
}

/** Everything that training found out. */
export interface FirstModelParts {
  card: ModelCard;
  /** Below this many instructions (padding left out) neither names nor labels are given. */
  floor: number;
  known: KnownFunctions;
  names: {
    linear: LinearModel;
    /** Cosine below which an entry is no neighbour. */
    similarity: number;
    /** Names with a smaller probability are not given. */
    threshold: number;
  };
  vocabulary: Uint32Array;
  compiler: Classifier;
  optimization: Classifier;
  arguments: { table: ArgumentTable; fallback: number };
}

/** What the model thinks of one function, before anything is withheld. */
export interface Inspection {
  /** Instructions, padding left out. */
  length: number;
  names: { name: string; score: number }[];
  found: Found[];
  compiler: Scored;
  optimization: Scored;
  /** Null for a function without instructions. */
  arguments: ArgumentAnswer | null;
}

/** Entries looked at for names, and shown as evidence. */
const MOST_FOUND = 20;
const MOST_NEIGHBOURS = 5;
/** An answer that is more likely wrong than right is none. */
const LEAST_SCORE = 0.5;
/** A second name is shown beside the first if it is at least this likely. */
const LEAST_SECOND = 0.05;
/** Functions between two words of progress. */
const STRIDE = 64;

/** Fields that this model never answers. */
const NEVER: readonly Field[] = ['summary', 'labels', 'source'];

export class FirstModel implements Model {
  readonly card: ModelCard;
  private readonly parts: FirstModelParts;
  private readonly searcher: Searcher;
  private readonly columns: ReadonlyMap<number, number>;

  constructor(parts: FirstModelParts) {
    this.card = parts.card;
    this.parts = parts;
    this.searcher = new Searcher(parts.known);
    this.columns = columnsOf(parts.vocabulary);
  }

  get known(): KnownFunctions {
    return this.parts.known;
  }

  /** Names with a smaller probability are not given. */
  get nameThreshold(): number {
    return this.parts.names.threshold;
  }

  async answer(program: ProgramInput, progress?: (done: number) => void): Promise<FunctionAnswer[]> {
    return this.inspect(program, progress).map((inspection) => this.report(inspection));
  }

  /** One inspection a wanted function, in order. */
  inspect({ functions, wanted }: ProgramInput, progress?: (done: number) => void): Inspection[] {
    const { table, fallback } = this.parts.arguments;
    const summaries = new Map<number, ArgumentSummary>();
    for (const { address, body } of functions) {
      if (body.instructions.length > 0) summaries.set(address, summarise(body));
    }
    const facts = solveProgram(summaries);
    const inspected = wanted ? functions.filter(({ address }) => wanted.has(address)) : functions;
    return inspected.map(({ address, code, body }, i) => {
      const summary = summaries.get(address);
      const fact = facts.get(address);
      const found = this.find(body, code);
      const length = withoutPadding(body.instructions).length;
      const style = styleVector(styleBags(body), this.columns);
      const inspection = {
        length,
        found,
        names: this.nameScores(found, length),
        compiler: classify(this.parts.compiler, style),
        optimization: classify(this.parts.optimization, style),
        arguments: summary && fact ? countArguments(summary, fact, table, fallback) : null,
      };
      if ((i + 1) % STRIDE === 0 || i + 1 === inspected.length) progress?.(i + 1);
      return inspection;
    });
  }

  /** Known functions near this one, best first; none for one below the floor. */
  private find(body: FunctionBody, code: Uint8Array): Found[] {
    const { known, floor, names } = this.parts;
    const kept = withoutPadding(body.instructions);
    if (kept.length < floor) return [];
    const same = findByHash(known, normalizedHash(body));
    const pairs = bagOf(opcodePairTokens(kept));
    const found: Found[] = [];
    if (same >= 0) {
      const exact = hasExact(known, same, exactHash(code));
      found.push({ entry: same, similarity: 1, match: exact ? 'exact' : 'normalized' });
    }
    return [...found, ...nearest(this.searcher, pairs, same, names.similarity)];
  }

  private nameScores(found: readonly Found[], length: number): { name: string; score: number }[] {
    return nameCandidates(this.parts.known, found, length)
      .map(({ name, features }) => ({ name, score: nameScore(this.parts.names.linear, features) }))
      .sort((a, b) => b.score - a.score);
  }

  /** Withholds what has too little evidence, and says so. */
  private report({
    length,
    names,
    found,
    compiler,
    optimization,
    arguments: count,
  }: Inspection): FunctionAnswer {
    const large = length >= this.parts.floor;
    const best = names[0] as { score: number } | undefined;
    const named = large && best !== undefined && best.score >= this.parts.names.threshold;
    const answer = {
      names: named ? names.filter(({ score }, i) => i === 0 || score >= LEAST_SECOND) : [],
      compiler: large && compiler.score >= LEAST_SCORE ? compiler : null,
      optimization: large && optimization.score >= LEAST_SCORE ? optimization : null,
      arguments: count && count.score >= LEAST_SCORE ? { count: count.count, score: count.score } : null,
      neighbours: neighboursOf(this.parts.known, found, MOST_NEIGHBOURS),
    };
    const abstained: Field[] = [...NEVER];
    if (!named) abstained.push('names');
    for (const field of ['compiler', 'optimization', 'arguments'] as const) {
      if (answer[field] === null) abstained.push(field);
    }
    return { ...answer, abstained };
  }
}

/** Entries by cosine, without the one that has the same code. */
export function nearest(
  searcher: Searcher,
  pairs: Bag,
  same: number,
  floor: number,
  accept?: (entry: number) => boolean,
): Found[] {
  const options = accept ? { limit: MOST_FOUND, floor, accept } : { limit: MOST_FOUND, floor };
  return searcher
    .search(pairs, options)
    .filter(({ entry }) => entry !== same)
    .map((hit) => ({ ...hit, match: 'similar' }));
}

/** The probability that a name with these features is right: class 1 of two. */
export function nameScore(linear: LinearModel, features: readonly number[]): number {
  const indices = Uint32Array.from(features.keys());
  return softmax(logits(linear, { indices, values: Float32Array.from(features) }))[1];
}

function classify({ labels, linear, temperature }: Classifier, style: Parameters<typeof logits>[1]): Scored {
  const probabilities = softmax(logits(linear, style), temperature);
  let best = 0;
  for (let c = 1; c < labels.length; c++) if (probabilities[c] > probabilities[best]) best = c;
  return { label: labels[best], score: probabilities[best] };
}

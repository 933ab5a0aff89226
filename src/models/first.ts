/**
 * The first model: what can be answered without a network. Names from known functions by hash and by opcode
 * pairs, compiler and level by logistic regression, arguments from registers read before they are written. It is
 * the baseline of everything that comes after it.
 */

import type { FunctionBody } from '../binary/instruction.ts';
import { withoutPadding } from '../tokens/normalize.ts';
import { opcodePairTokens } from '../tokens/opcodes.ts';
import { type Bag, bagOf } from '../tokens/scheme.ts';
import { type ArgumentTable, countArguments } from './arguments/count.ts';
import { argumentFacts } from './arguments/facts.ts';
import type { KnownFunctions } from './known/index.ts';
import { Searcher } from './known/search.ts';
import { type LinearModel, logits, softmax } from './linear/logistic.ts';
import type { SparseVector } from './linear/sparse.ts';
import { columnsOf, styleBags, styleVector } from './linear/style.ts';
import { answerOf, type Inspection, type KnowingModel, likeliest } from './inspection.ts';
import type { FunctionAnswer, ModelCard, ProgramInput, Scored } from './model.ts';
import { type Found, sameCode, scoredNames } from './names.ts';

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

/** Entries looked at for names. */
export const MOST_FOUND = 20;
/** Functions between two words of progress. */
const STRIDE = 64;

export class FirstModel implements KnowingModel {
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
    const { known, floor, names } = this.parts;
    const withheld = { known, floor, threshold: names.threshold };
    return (await this.inspect(program, progress)).map((inspection) => answerOf(inspection, withheld));
  }

  /** One inspection a wanted function, in order. */
  async inspect(
    { functions, wanted }: ProgramInput,
    progress?: (done: number) => void,
  ): Promise<Inspection[]> {
    const { table, fallback } = this.parts.arguments;
    const { summaries, facts } = argumentFacts(functions);
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
        names: scoredNames(this.parts.known, found, length, this.parts.names.linear),
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
    const same = sameCode(known, body, code);
    const pairs = bagOf(opcodePairTokens(kept));
    return [...same, ...nearest(this.searcher, pairs, same.at(0)?.entry ?? -1, names.similarity)];
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

function classify({ labels, linear, temperature }: Classifier, style: SparseVector): Scored {
  return likeliest(labels, softmax(logits(linear, style), temperature));
}

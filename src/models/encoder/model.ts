/** The encoder as a model: one network for all answers, names from the known functions nearest to its vector. */

import { fieldRows } from '../../tokens/fields.ts';
import { withoutPadding } from '../../tokens/normalize.ts';
import { argumentFacts } from '../arguments/facts.ts';
import { ruleCount } from '../arguments/count.ts';
import { answerOf, type Inspection, type KnowingModel, likeliest } from '../inspection.ts';
import type { KnownFunctions } from '../known/index.ts';
import type { Hit } from '../known/search.ts';
import { argMax, type LinearModel, softmax } from '../linear/logistic.ts';
import type { FunctionAnswer, FunctionInput, ModelCard, ProgramInput, Scored } from '../model.ts';
import { type Found, sameCode, scoredNames } from '../names.ts';
import type { EncoderOutput, EncoderSession } from './encode.ts';
import type { NearestVectors } from './nearest.ts';
import { MOST_ARGUMENTS, TYPE_CLASSES, TYPED_ARGUMENTS } from './network.ts';

/** Divides log-odds, so that probabilities are honest. */
export interface Temperatures {
  readonly compiler: number;
  readonly optimization: number;
  readonly arguments: number;
  readonly types: number;
}

/** Everything that training found out. */
export interface EncoderModelParts {
  readonly card: ModelCard;
  /** Below this many instructions (padding left out) neither names nor labels are given. */
  readonly floor: number;
  /** Instructions of a function that the network looks at. */
  readonly longest: number;
  readonly labels: { readonly compiler: readonly string[]; readonly optimization: readonly string[] };
  readonly temperatures: Temperatures;
  readonly known: KnownFunctions;
  readonly names: {
    readonly linear: LinearModel;
    /** Cosine below which an entry is no neighbour. */
    readonly similarity: number;
    /** Names with a smaller probability are not given. */
    readonly threshold: number;
  };
  readonly encoder: EncoderSession;
  /** Vectors of `known`'s entries. */
  readonly nearest: NearestVectors;
}

/** Entries looked at for names. */
export const MOST_FOUND = 20;
/** Only the same code is alike altogether. */
const LARGEST_SIMILARITY = 0.9999;
/** Digits of a probability: sums are rounded otherwise where a function has other neighbours in its batch. */
const DIGITS = 1e4;

export class EncoderModel implements KnowingModel {
  readonly card: ModelCard;
  private readonly parts: EncoderModelParts;

  constructor(parts: EncoderModelParts) {
    this.card = parts.card;
    this.parts = parts;
  }

  get known(): KnownFunctions {
    return this.parts.known;
  }

  get nameThreshold(): number {
    return this.parts.names.threshold;
  }

  async answer(program: ProgramInput, progress?: (done: number) => void): Promise<FunctionAnswer[]> {
    const { known, floor, names } = this.parts;
    const inspections = await this.inspect(program, progress);
    return inspections.map((one) => answerOf(one, { known, floor, threshold: names.threshold }));
  }

  async inspect(
    { functions, wanted }: ProgramInput,
    progress?: (done: number) => void,
  ): Promise<Inspection[]> {
    const { encoder, nearest, longest } = this.parts;
    const { summaries, facts } = argumentFacts(functions);
    const asked = wanted ? functions.filter(({ address }) => wanted.has(address)) : functions;
    const rules = asked.map(({ address }) => {
      const summary = summaries.get(address);
      const fact = facts.get(address);
      return summary && fact ? ruleCount(summary, fact) : null;
    });
    const inputs = asked.map(({ body }, i) => ({
      rows: fieldRows(body, longest),
      rule: Math.min(MOST_ARGUMENTS, rules[i] ?? 0),
    }));
    const outputs = await encoder.encode(inputs, progress);
    const hits = await nearest.search(outputs.map(({ vector }) => vector));
    return asked.map((one, i) => this.inspectOne(one, outputs[i], hits[i], rules[i]));
  }

  private inspectOne(
    { code, body }: FunctionInput,
    output: EncoderOutput,
    hits: readonly Hit[],
    rule: number | null,
  ): Inspection {
    const { known, floor, labels, names, temperatures } = this.parts;
    const { length } = withoutPadding(body.instructions);
    const same = length >= floor ? sameCode(known, body, code) : [];
    const near = length >= floor ? similar(hits, same.at(0)?.entry ?? -1, names.similarity) : [];
    const found = [...same, ...near];
    return {
      length,
      found,
      names: scoredNames(known, found, length, names.linear),
      compiler: best(output.compiler, labels.compiler, temperatures.compiler),
      optimization: best(output.optimization, labels.optimization, temperatures.optimization),
      arguments: rule === null ? null : this.countArguments(output, rule),
      vector: output.vector,
    };
  }

  private countArguments(output: EncoderOutput, rule: number): Inspection['arguments'] {
    const { temperatures } = this.parts;
    const probabilities = softmax(output.arguments, temperatures.arguments);
    const place = argMax(probabilities);
    // The network knows the last class as "so many or more"; the rule has counted them.
    const count = place === MOST_ARGUMENTS ? Math.max(rule, place) : place;
    const types = Array.from({ length: Math.min(count, TYPED_ARGUMENTS) }, (_, i) =>
      best(
        output.types.subarray(i * TYPE_CLASSES.length, (i + 1) * TYPE_CLASSES.length),
        TYPE_CLASSES,
        temperatures.types,
      ),
    );
    return { count, score: rounded(probabilities[place]), rule, types };
  }
}

/** Hits as evidence, without the entry that has the same code. */
export function similar(hits: readonly Hit[], same: number, floor: number): Found[] {
  return hits
    .filter(({ entry, similarity }) => entry !== same && similarity >= floor)
    .map(({ entry, similarity }) => ({
      entry,
      similarity: Math.min(LARGEST_SIMILARITY, rounded(similarity)),
      match: 'similar',
    }));
}

function best(scores: Float32Array, labels: readonly string[], temperature: number): Scored {
  const { label, score } = likeliest(labels, scores, temperature);
  return { label, score: rounded(score) };
}

function rounded(value: number): number {
  return Math.round(value * DIGITS) / DIGITS;
}

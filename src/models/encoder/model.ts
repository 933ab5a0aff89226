/** The encoder as a model: one network for all answers, names from the known functions nearest to its vector. */

import { fieldRows } from '../../tokens/fields.ts';
import { withoutPadding } from '../../tokens/normalize.ts';
import { argumentFacts } from '../arguments/facts.ts';
import { ruleCount } from '../arguments/count.ts';
import { answerOf, type Inspection, type KnowingModel, likeliest, twinsOf } from '../inspection.ts';
import type { KnownFunctions } from '../known/index.ts';
import { type Candidate, type Company, inCompany, REACH } from '../known/company.ts';
import type { KnownVectors } from '../known/join.ts';
import type { Hit } from '../known/search.ts';
import type { KnownTexts } from '../known/texts.ts';
import { argMax, type LinearModel, softmax } from '../linear/logistic.ts';
import { adjusted, classShares } from '../shares.ts';
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

/** What a program's functions have in common. */
export type Style = 'compiler' | 'optimization';

/** Everything that training found out. */
export interface EncoderModelParts {
  readonly card: ModelCard;
  /** SHA-256 of the network: vectors of another cannot be compared. */
  readonly network: string;
  /** Below this many instructions (padding left out) neither names nor labels are given. */
  readonly floor: number;
  /** Instructions of a function that the network looks at. */
  readonly longest: number;
  readonly labels: Readonly<Record<Style, readonly string[]>>;
  /** Share of each label among what was learned from. */
  readonly priors: Readonly<Record<Style, readonly number[]>>;
  readonly temperatures: Temperatures;
  readonly known: KnownFunctions;
  /** How sure names are in the company of others, where that was found out. */
  readonly company?: Company;
  /** What programmers say of some of the known functions. */
  readonly texts: KnownTexts;
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
/** Functions of a program that tell its style: the shares of more are no surer, and `--function` has to wait for all. */
const MOST_WITNESSES = 512;
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

  /** What it knows, for whoever looks functions up otherwise. */
  get knownVectors(): KnownVectors {
    return { known: this.parts.known, vectors: this.parts.nearest.vectors };
  }

  /** How functions are named by themselves. */
  get names(): EncoderModelParts['names'] {
    return this.parts.names;
  }

  /** Instructions, padding left out, below which a function has no name. */
  get floor(): number {
    return this.parts.floor;
  }

  get network(): string {
    return this.parts.network;
  }

  get nameThreshold(): number {
    return (this.parts.company ?? this.parts.names).threshold;
  }

  async answer(program: ProgramInput, progress?: (done: number) => void): Promise<FunctionAnswer[]> {
    const { known, texts, floor } = this.parts;
    const threshold = this.nameThreshold;
    const inspections = await this.inspect(program, progress);
    return inspections.map((one) => answerOf(one, { known, texts, floor, threshold }));
  }

  async inspect(
    { functions, wanted }: ProgramInput,
    progress?: (done: number) => void,
  ): Promise<Inspection[]> {
    const { encoder, nearest, longest, company } = this.parts;
    const { summaries, facts } = argumentFacts(functions);
    const asked = wanted ? functions.filter(({ address }) => wanted.has(address)) : functions;
    const large = functions
      .filter(({ body }) => withoutPadding(body.instructions).length >= this.parts.floor)
      .sort((a, b) => a.address - b.address);
    const witnesses = this.witnesses(large);
    const around = company ? companions(large, new Set(asked)) : [];
    const others = [...witnesses].filter((one) => wanted?.has(one.address) === false);
    const seen = [...new Set([...asked, ...around, ...others])];
    const rules = seen.map(({ address }) => {
      const summary = summaries.get(address);
      const fact = facts.get(address);
      return summary && fact ? ruleCount(summary, fact) : null;
    });
    const inputs = seen.map(({ body }, i) => ({
      rows: fieldRows(body, longest),
      rule: Math.min(MOST_ARGUMENTS, rules[i] ?? 0),
    }));
    const outputs = await encoder.encode(
      inputs,
      progress && ((done) => progress(Math.min(done, asked.length))),
    );
    const testimony = seen.flatMap((one, i) => (witnesses.has(one) ? [outputs[i]] : []));
    const shares = {
      compiler: this.shares(testimony, 'compiler'),
      optimization: this.shares(testimony, 'optimization'),
    };
    const looked = new Set([...asked, ...around]);
    const hits = await nearest.search(outputs.slice(0, looked.size).map(({ vector }) => vector));
    const finds = new Map([...looked].map((one, i) => [one, this.find(one, hits[i])]));
    const names = company && this.companyNames(large, finds, company);
    return asked.map((one, i) => {
      const { found, names: alone } = finds.get(one)!;
      const inspection = this.inspectOne(one, outputs[i], rules[i], shares);
      return { ...inspection, found, names: names?.get(one) ?? alone };
    });
  }

  /** Known functions near one, and what they are called. */
  private find({ code, body }: FunctionInput, hits: readonly Hit[]): Find {
    const { known, floor, names } = this.parts;
    const { length } = withoutPadding(body.instructions);
    if (length < floor) return { found: [], names: [] };
    const same = sameCode(known, body, code);
    const found = [...same, ...similar(hits, same.at(0)?.entry ?? -1, names.similarity)];
    return { found, names: scoredNames(known, found, length, names.linear) };
  }

  /** @param large by address; of those that were not looked up nobody asks */
  private companyNames(
    large: readonly FunctionInput[],
    finds: ReadonlyMap<FunctionInput, Find>,
    { linear }: Company,
  ): ReadonlyMap<FunctionInput, Inspection['names']> {
    const names = inCompany(
      large.map((one) => finds.get(one)?.names ?? []),
      linear,
    );
    return new Map(large.map((one, i) => [one, names[i]]));
  }

  /** The same ones whichever functions are wanted: spread over the program, of those that are large enough. */
  private witnesses(large: readonly FunctionInput[]): ReadonlySet<FunctionInput> {
    const step = Math.max(1, large.length / MOST_WITNESSES);
    return new Set(
      Array.from({ length: Math.min(large.length, MOST_WITNESSES) }, (_, i) => large[Math.floor(i * step)]),
    );
  }

  private shares(outputs: readonly EncoderOutput[], style: Style): Float64Array {
    const { priors, temperatures } = this.parts;
    return classShares(
      outputs.map((output) => softmax(output[style], temperatures[style])),
      priors[style],
    );
  }

  private inspectOne(
    { body }: FunctionInput,
    output: EncoderOutput,
    rule: number | null,
    shares: Readonly<Record<Style, Float64Array>>,
  ): Omit<Inspection, keyof Find> {
    const { labels, temperatures, priors } = this.parts;
    const { length } = withoutPadding(body.instructions);
    const probabilities = (style: Style): Float64Array => softmax(output[style], temperatures[style]);
    const alone = (style: Style): Scored => best(labels[style], probabilities(style));
    const inProgram = (style: Style): Float64Array =>
      adjusted(probabilities(style), priors[style], shares[style]);
    const levels = inProgram('optimization');
    const twins = twinsOf(labels.optimization, levels);
    return {
      length,
      compiler: best(labels.compiler, inProgram('compiler')),
      optimization: best(labels.optimization, levels),
      twins: twins && { ...twins, score: rounded(twins.score) },
      alone: { compiler: alone('compiler'), optimization: alone('optimization') },
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
        TYPE_CLASSES,
        softmax(
          output.types.subarray(i * TYPE_CLASSES.length, (i + 1) * TYPE_CLASSES.length),
          temperatures.types,
        ),
      ),
    );
    return { count, score: rounded(probabilities[place]), rule, types };
  }
}

/** What the known functions say of one: those near it, and names by themselves. */
interface Find {
  readonly found: Found[];
  readonly names: Candidate[];
}

/** Those of `large`, by address, that are the company of one that is asked about, or are asked about. */
function companions(
  large: readonly FunctionInput[],
  asked: ReadonlySet<FunctionInput>,
): readonly FunctionInput[] {
  const places = large.flatMap((one, place) => (asked.has(one) ? place : []));
  let next = 0;
  return large.filter((_, place) => {
    while (next < places.length && places[next] + REACH < place) next++;
    return next < places.length && places[next] - REACH <= place;
  });
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

function best(labels: readonly string[], probabilities: Float64Array): Scored {
  const { label, score } = likeliest(labels, probabilities);
  return { label, score: rounded(score) };
}

function rounded(value: number): number {
  return Math.round(value * DIGITS) / DIGITS;
}

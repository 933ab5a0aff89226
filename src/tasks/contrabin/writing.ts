/**
 * Writing of code (section 4.3; tasks 3 and 4 of table 1): summaries, and source. A function has one text and several
 * builds, of which one is drawn each time.
 */

import { type Pair, type PairSizes, writerBatch } from '../../models/contrabin/writer-batch.ts';
import { writerModel, type WriterNetwork } from '../../models/contrabin/writer.ts';
import type { HostTensors } from '../../nn/runtime.ts';
import { bucketOf } from '../../nn/training/batches.ts';
import type { TrainingSettings } from '../../nn/training/settings.ts';
import type { Trainer } from '../../nn/training/trainer.ts';
import { type Bpe, SPECIAL, SPECIALS } from '../../tokens/bpe/bpe.ts';
import { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import type { NetworkTask } from '../networks/experiment.ts';
import type { WrittenFunction } from './functions.ts';

/**
 * What writers are told apart by on the validation side, in nats, each reference read behind its own code. It tells of
 * all words of a reference, where figures of what is chosen to be said tell of the few that are right.
 */
export const LOSS_PER_TOKEN = 'loss per token';

/** Functions as tokens. */
export interface TextPairs {
  readonly codes: TokenTexts;
  /** What is given with each code. */
  readonly hints: TokenTexts;
  /** Of each function. */
  readonly texts: TokenTexts;
  /** Codes of each function: its builds. */
  readonly builds: readonly (readonly number[])[];
}

export interface WritingVocabularies {
  readonly code: Bpe;
  readonly text: Bpe;
}

/**
 * What is longer is cut, and a text that is cut has no end.
 * @param hintsOf tokens of text that are given with a function's code
 */
export function textPairs(
  functions: Iterable<WrittenFunction>,
  vocabularies: WritingVocabularies,
  { decoder: { longestCode, longestText } }: WriterNetwork,
  hintsOf: (one: WrittenFunction) => readonly number[],
): TextPairs {
  const [codes, hints, texts] = [new TokenTexts(), new TokenTexts(), new TokenTexts()];
  const builds: number[][] = [];
  const numbers = new Map<string, number>();
  for (const one of functions) {
    const { id, assembly, text } = one;
    let number = numbers.get(id);
    if (number === undefined) {
      number = builds.push([]) - 1;
      numbers.set(id, number);
      texts.add(vocabularies.text.encode(text, longestText));
    }
    builds[number].push(codes.length);
    codes.add(vocabularies.code.encode(assembly, longestCode));
    hints.add(hintsOf(one));
  }
  return { codes, hints, texts, builds };
}

export interface WritingSettings {
  readonly network: WriterNetwork;
  readonly training: TrainingSettings;
}

/** Functions that a checkpoint is judged by: some seconds. */
const JUDGED = 1000;

/** An example of the training is a function, each time in some build. */
export function writingTask(training: TextPairs, validation: TextPairs, own: WritingSettings): NetworkTask {
  const { network, training: settings } = own;
  const classes = new SizeClasses(network, settings.batchSize);
  return {
    model: writerModel(network),
    settings: { ...settings, buckets: classes.numbers },
    data: {
      count: training.builds.length,
      lengthOf: (example) => classes.of(training, example),
      batch: (functions, number, random) =>
        batchOf(
          training,
          functions.map((one) => {
            const builds = training.builds[one];
            return { one, build: builds[random.below(builds.length)] };
          }),
          classes.sizes(number),
        ),
    },
    evaluate: async (trainer) => ({
      [LOSS_PER_TOKEN]: await lossPerToken(trainer, validation, own),
    }),
    higherIsBetter: false,
  };
}

/**
 * Lengths that are told apart, as shares of the longest: nine classes, each of which takes about three graphs (26 in two
 * epochs of 8,000 functions), about as many as a trainer keeps.
 */
const SHARES = [1 / 4, 1 / 2, 1];
/** Codes of a batch are filled up by this share of the most that they may have together; graphs differ by it. */
const STEPS = 8;
/** What they are filled up to is a multiple of this: more than a convolution reaches. */
const STEP = 64;

/** Functions of like size come together, so that padding is little and graphs are few. */
class SizeClasses {
  private readonly texts: readonly number[];
  private readonly codes: readonly number[];
  private readonly hints: number;
  private readonly batchSize: number;

  constructor({ decoder: { longestCode, longestText, longestHints } }: WriterNetwork, batchSize: number) {
    const upTo = (most: number): number[] => SHARES.map((share) => Math.ceil(most * share));
    this.texts = upTo(longestText);
    this.codes = upTo(longestCode);
    this.hints = longestHints;
    this.batchSize = batchSize;
  }

  /** From 1 on. */
  get numbers(): number[] {
    return Array.from({ length: this.texts.length * this.codes.length }, (_, i) => i + 1);
  }

  /** The class of a function, by its text and the longest of its builds. */
  of({ codes, texts, builds }: TextPairs, one: number): number {
    return this.ofLengths(
      Math.max(...builds[one].map((build) => codes.at(build).length)),
      texts.at(one).length,
    );
  }

  /** @param code tokens of a code @param text of a text, its end left out */
  ofLengths(code: number, text: number): number {
    const codes = this.codes.indexOf(bucketOf(code, this.codes));
    const texts = this.texts.indexOf(bucketOf(text + 1, this.texts));
    return 1 + texts * this.codes.length + codes;
  }

  /** @param number of the class; without one, that of the longest */
  sizes(number: number | null): Required<PairSizes> {
    const place = (number ?? this.texts.length * this.codes.length) - 1;
    const longest = this.codes[place % this.codes.length];
    const length = this.texts[Math.floor(place / this.codes.length)];
    const step = Math.ceil((this.batchSize * longest) / STEPS / STEP) * STEP;
    return { length, longest, hints: this.hints, step };
  }
}

/** @param chosen functions, each with one of its builds */
function batchOf(
  { codes, hints, texts }: TextPairs,
  chosen: readonly { readonly one: number; readonly build: number }[],
  sizes: PairSizes,
): HostTensors {
  // A first batch, by which parameters become known, is of some function in whatever class: it may have to be cut.
  const pairs = chosen.map(({ one, build }) => ({
    code: codes.at(build).subarray(0, sizes.longest),
    hints: hints.at(build),
    text: texts.at(one),
  }));
  return writerBatch(pairs, sizes);
}

/** Of functions from beginning to end of the data, each in its first build. */
async function lossPerToken(trainer: Trainer, data: TextPairs, settings: WritingSettings): Promise<number> {
  const { codes, hints, texts, builds } = data;
  const judged = Math.min(JUDGED, builds.length);
  const pairs = Array.from({ length: judged }, (_, i) => {
    const one = Math.floor((i * builds.length) / judged);
    const [build] = builds[one];
    return { code: codes.at(build), hints: hints.at(build), text: texts.at(one) };
  });
  const told = await likelihoods(trainer, pairs, settings);
  const tokens = pairs.map(({ text }) => tokensAsked(text, settings.network));
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  return -total(told.map((value, i) => value * tokens[i])) / total(tokens);
}

/** Of a text that is cut the end is not asked for. */
function tokensAsked(text: ArrayLike<number>, { decoder: { longestText } }: WriterNetwork): number {
  return Math.min(text.length + 1, longestText);
}

/** @returns the logarithm of the probability of each text, in the mean over its tokens and its end */
export async function likelihoods(
  trainer: Trainer,
  pairs: readonly Pair[],
  { network, training: { batchSize } }: WritingSettings,
): Promise<number[]> {
  const classes = new SizeClasses(network, batchSize);
  const { longestText } = network.decoder;
  const ofClass = new Map<number, number[]>();
  pairs.forEach(({ code, text }, i) => {
    const number = classes.ofLengths(code.length, Math.min(text.length, longestText - 1));
    ofClass.set(number, [...(ofClass.get(number) ?? []), i]);
  });
  const told = pairs.map(() => 0);
  for (const [number, own] of ofClass) {
    const sizes = classes.sizes(number);
    for (let from = 0; from < own.length; from += batchSize) {
      const some = own.slice(from, from + batchSize);
      // Batches are of one shape: the first ones fill up.
      const chosen = Array.from({ length: batchSize }, (_, i) => pairs[some[i % some.length]]);
      const { told: logarithms } = await trainer.evaluate(
        writerBatch(chosen, { ...sizes, step: batchSize * sizes.longest }),
      );
      some.forEach((pair, i) => {
        told[pair] = Number(logarithms.data[i]) / tokensAsked(pairs[pair].text, network);
      });
    }
  }
  return told;
}

/** What a loss per token is compared with: that of who knows of the training how frequent each token is. */
export function frequencyLoss(training: TextPairs, judged: TextPairs, vocabulary: number): number {
  // Each counted once more, so that nothing is impossible; of the special ones texts have their end alone.
  const counts = Float64Array.from({ length: vocabulary }, (_, token) =>
    Number(token >= SPECIALS || token === SPECIAL.end),
  );
  const each = ({ texts, builds }: TextPairs, take: (token: number) => void): void => {
    for (let one = 0; one < builds.length; one++) {
      texts.at(one).forEach(take);
      take(SPECIAL.end);
    }
  };
  each(training, (token) => counts[token]++);
  const all = counts.reduce((sum, count) => sum + count, 0);
  let [total, tokens] = [0, 0];
  each(judged, (token) => {
    total -= Math.log(counts[token] / all);
    tokens++;
  });
  return total / tokens;
}

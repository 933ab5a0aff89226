/**
 * Writing of code (section 4.3; tasks 3 and 4 of table 1): summaries, and source. A function has one text and several
 * builds, of which one is drawn each time.
 */

import { type PairSizes, writerBatch, writerSource } from '../../models/contrabin/writer-batch.ts';
import { writerModel, type WriterNetwork } from '../../models/contrabin/writer.ts';
import type { Generator } from '../../nn/generation/generator.ts';
import type { WriteOptions, Written } from '../../nn/generation/options.ts';
import type { HostTensors } from '../../nn/runtime.ts';
import { bucketOf } from '../../nn/training/batches.ts';
import type { TrainingSettings } from '../../nn/training/settings.ts';
import type { Trainer } from '../../nn/training/trainer.ts';
import { type Bpe, SPECIAL, SPECIALS } from '../../tokens/bpe/bpe.ts';
import { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import type { NetworkTask } from '../networks/experiment.ts';
import type { WrittenFunction } from './functions.ts';

/** Functions as tokens. */
export interface TextPairs {
  readonly codes: TokenTexts;
  /** Of each function. */
  readonly texts: TokenTexts;
  /** Codes of each function: its builds. */
  readonly builds: readonly (readonly number[])[];
}

export interface WritingVocabularies {
  readonly code: Bpe;
  readonly text: Bpe;
}

/** What is longer is cut, and a text that is cut has no end. */
export async function textPairs(
  functions: Iterable<WrittenFunction> | AsyncIterable<WrittenFunction>,
  vocabularies: WritingVocabularies,
  { decoder: { longestCode, longestText } }: WriterNetwork,
): Promise<TextPairs> {
  const [codes, texts] = [new TokenTexts(), new TokenTexts()];
  const builds: number[][] = [];
  const numbers = new Map<string, number>();
  for await (const { id, assembly, text } of functions) {
    let number = numbers.get(id);
    if (number === undefined) {
      number = builds.push([]) - 1;
      numbers.set(id, number);
      texts.add(vocabularies.text.encode(text, longestText));
    }
    builds[number].push(codes.length);
    codes.add(vocabularies.code.encode(assembly, longestCode));
  }
  return { codes, texts, builds };
}

export interface WritingSettings {
  readonly network: WriterNetwork;
  readonly training: TrainingSettings;
}

/** Functions that a checkpoint is judged by: some seconds. */
const JUDGED = 1000;

/** An example of the training is a function, each time in some build. */
export function writingTask(
  training: TextPairs,
  validation: TextPairs,
  { network, training: settings }: WritingSettings,
): NetworkTask {
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
      'loss per token': await lossPerToken(trainer, validation, classes, settings.batchSize),
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
  private readonly batchSize: number;

  constructor({ decoder: { longestCode, longestText } }: WriterNetwork, batchSize: number) {
    const upTo = (most: number): number[] => SHARES.map((share) => Math.ceil(most * share));
    this.texts = upTo(longestText);
    this.codes = upTo(longestCode);
    this.batchSize = batchSize;
  }

  /** From 1 on. */
  get numbers(): number[] {
    return Array.from({ length: this.texts.length * this.codes.length }, (_, i) => i + 1);
  }

  /** The class of a function, by its text and the longest of its builds. */
  of({ codes, texts, builds }: TextPairs, one: number): number {
    const longest = Math.max(...builds[one].map((build) => codes.at(build).length));
    const code = this.codes.indexOf(bucketOf(longest, this.codes));
    const text = this.texts.indexOf(bucketOf(texts.at(one).length + 1, this.texts));
    return 1 + text * this.codes.length + code;
  }

  /** @param number of the class; without one, that of the longest */
  sizes(number: number | null): Required<PairSizes> {
    const place = (number ?? this.texts.length * this.codes.length) - 1;
    const longest = this.codes[place % this.codes.length];
    const length = this.texts[Math.floor(place / this.codes.length)];
    const step = Math.ceil((this.batchSize * longest) / STEPS / STEP) * STEP;
    return { length, longest, step };
  }
}

/** @param chosen functions, each with one of its builds */
function batchOf(
  { codes, texts }: TextPairs,
  chosen: readonly { readonly one: number; readonly build: number }[],
  sizes: PairSizes,
): HostTensors {
  // A first batch, by which parameters become known, is of some function in whatever class: it may have to be cut.
  const pairs = chosen.map(({ one, build }) => ({
    code: codes.at(build).subarray(0, sizes.longest),
    text: texts.at(one),
  }));
  return writerBatch(pairs, sizes);
}

/** Of functions from beginning to end of the data, each in its first build. */
async function lossPerToken(
  trainer: Trainer,
  pairs: TextPairs,
  classes: SizeClasses,
  batchSize: number,
): Promise<number> {
  const ofClass = new Map<number, number[]>();
  const judged = Math.min(JUDGED, pairs.builds.length);
  for (let i = 0; i < judged; i++) {
    const one = Math.floor((i * pairs.builds.length) / judged);
    const number = classes.of(pairs, one);
    const same = ofClass.get(number) ?? [];
    ofClass.set(number, same);
    same.push(one);
  }
  let [total, tokens] = [0, 0];
  for (const [number, functions] of ofClass) {
    const sizes = classes.sizes(number);
    for (let from = 0; from < functions.length; from += batchSize) {
      const own = functions.slice(from, from + batchSize);
      const chosen = Array.from({ length: batchSize }, (_, i) => own[i % own.length]);
      const batch = batchOf(
        pairs,
        chosen.map((one) => ({ one, build: pairs.builds[one][0] })),
        { ...sizes, step: batchSize * sizes.longest },
      );
      // Whoever only fills up is asked for nothing.
      const next = batch['next'].data as Int32Array;
      next.fill(SPECIAL.padding, own.length * sizes.length);
      const asked = next.reduce((count, token) => count + Number(token !== SPECIAL.padding), 0);
      const { loss } = await trainer.evaluate(batch);
      total += Number(loss.data[0]) * asked;
      tokens += asked;
    }
  }
  return total / tokens;
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

export interface WritingOptions extends WriteOptions {
  /** Codes that are written of at once. */
  readonly batchSize: number;
  readonly onProgress?: (done: number, all: number) => void;
}

/** The paper's beams. */
const BEAMS = 5;

/** @returns texts for each code, the best first: as many as the method returns */
export async function writeTexts(
  generator: Generator,
  codes: readonly ArrayLike<number>[],
  { batchSize, onProgress, ...options }: WritingOptions,
): Promise<(readonly Written[])[]> {
  // Codes of like length together: they are padded to the longest.
  const order = Array.from(codes.keys()).sort((a, b) => codes[a].length - codes[b].length);
  const texts: (readonly Written[])[] = codes.map(() => []);
  for (let from = 0; from < order.length; from += batchSize) {
    const own = order.slice(from, from + batchSize);
    const written = await generator.write(writerSource(own.map((code) => codes[code])), {
      method: { kind: 'beams', beams: BEAMS },
      ...options,
    });
    written.forEach((found, i) => (texts[own[i]] = found));
    onProgress?.(from + own.length, order.length);
  }
  return texts;
}

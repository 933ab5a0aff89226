/**
 * Does Embedding Distance Correlation predict? The same two explainers learn from a set as it is and with shares of its
 * texts exchanged, and say of functions that they have not seen what these do; how near that comes to what people wrote
 * stands against the correlation of what was learned from.
 */

import { edc } from '../../metrics/edc/edc.ts';
import { spoilGroups } from '../../metrics/edc/groups.ts';
import { normalizeRows, type Side } from '../../metrics/edc/sums.ts';
import type { Runtime } from '../../nn/runtime.ts';
import { Random } from '../../random.ts';
import { type Metric, METRICS, scoresOf } from '../chat/score.ts';
import { embed, type EmbedOptions, type FieldChoice } from '../edc/embed.ts';
import { TEST_SPLIT } from '../edc/fields.ts';
import type { Item } from '../edc/items.ts';
import { identifierParts } from '../../metrics/text/words.ts';
import { keysIn } from '../edc/measure.ts';
import { type ItemKeys, repeatsOf } from '../edc/repeats.ts';
import { itemsOfSet, type PairSet } from '../edc/sets.ts';
import { termsOf, TextWriter, type WriterSettings } from './writer.ts';

/** What explains, and what it has to beat. */
export const EXPLAINERS = ['nearest input', 'sequence model', 'most frequent text'] as const;
export type Explainer = (typeof EXPLAINERS)[number];

/** One training set, judged and learned from. */
export interface Cell {
  readonly set: string;
  /** Share of the training texts that were exchanged for others. */
  readonly share: number;
  readonly seed: number;
  readonly edc: number;
  readonly interval: readonly [low: number, high: number];
  /** The middle of what the same texts give at other inputs: so much of `edc` is repetition. */
  readonly shuffled: number;
  /** 0 to 1: means over the texts that were held out, which are as they were. */
  readonly scores: Readonly<Record<Explainer, Readonly<Record<Metric, number>>>>;
  /** Parameters of the sequence model. */
  readonly parameters: number;
  readonly seconds: number;
}

export interface PredictOptions extends EmbedOptions {
  readonly base: string;
  readonly limit: number;
  readonly heldOut: number;
  readonly resamples: number;
  readonly steps: number;
  readonly writer: WriterSettings;
  readonly runtime: Runtime;
}

/** A set, ready to be spoiled: the same for all its cells. */
export interface PreparedSet {
  readonly set: string;
  readonly input: FieldChoice;
  readonly output: FieldChoice;
  readonly training: readonly Item[];
  readonly heldOut: readonly Item[];
  readonly keys: ItemKeys;
  /** Of training items, by the set's embedders, and inputs of what is held out in the same space. */
  readonly x: Side;
  readonly y: Side;
  readonly asked: Side;
}

/** Share of what was written once that is held out where a set names no split. */
const HELD_OUT = 0.2;
/** Pairs need three, and a mean of fewer than so many held out says nothing. */
const LEAST = { training: 3, heldOut: 10 } as const;
/** Items are drawn from so many times as many as are wanted: of some only builds of the same functions come. */
const SPARE = 3;

/**
 * Reads a set and embeds it by the first of its pairs of embedders; or says why there is nothing to learn from it.
 * @throws BinscribeError as reading and embedding do
 */
export async function prepareSet(
  set: PairSet,
  options: PredictOptions,
): Promise<PreparedSet | { readonly reason: string }> {
  const { base, limit, heldOut, seed } = options;
  const [{ input, output }] = set.embedders;
  const sides = {
    input: { field: set.input, embedder: input.embedder, model: input.model ?? null },
    output: { field: set.output, embedder: output.embedder, model: output.model ?? null },
  };
  const { items } = await itemsOfSet(set, base, SPARE * (limit + heldOut), seed);
  const keys = keysIn(items, sides);
  const parts = divide(items, keys, { limit, heldOut, seed });
  const [learned, asked] = [parts.training.length, parts.heldOut.length];
  if (learned < LEAST.training || asked < LEAST.heldOut) {
    return {
      reason: `${learned} items to learn from and ${asked} held out: ${LEAST.training} and ${LEAST.heldOut} are needed`,
    };
  }
  const chosen = [...parts.training, ...parts.heldOut].map((i) => items[i]);
  // One space for both: what is held out lends it its inputs, and no text.
  const all = await embed(
    sides.input,
    chosen.map((item) => item.input),
    options,
  );
  const training = chosen.slice(0, parts.training.length);
  const y = await embed(
    sides.output,
    training.map((item) => item.output),
    options,
  );
  const border = training.length * all.size;
  const vectors = normalizeRows(all.vectors, all.size);
  return {
    set: set.name,
    ...sides,
    training,
    heldOut: chosen.slice(training.length),
    keys: {
      inputs: parts.training.map((i) => keys.inputs[i]),
      outputs: parts.training.map((i) => keys.outputs[i]),
    },
    x: { vectors: vectors.subarray(0, border), size: all.size },
    y,
    asked: { vectors: vectors.subarray(border), size: all.size },
  };
}

interface Parts {
  readonly training: readonly number[];
  readonly heldOut: readonly number[];
}

/** By the set's own split, else by what was written once; of what is held out one build, of code not trained on. */
function divide(
  items: readonly Item[],
  keys: ItemKeys,
  { limit, heldOut, seed }: Pick<PredictOptions, 'limit' | 'heldOut' | 'seed'>,
): Parts {
  const { blocks } = repeatsOf(items, keys);
  const random = new Random(seed);
  const isSplit = items.some(({ split }) => split === TEST_SPLIT);
  const order = random.shuffle(Array.from(blocks, (_, block) => block)).map((block) => blocks[block]);
  const isTest = order.map((members) =>
    isSplit ? items[members[0]].split === TEST_SPLIT : random.uniform() < HELD_OUT,
  );
  const training = order
    .filter((_, i) => !isTest[i])
    .flat()
    .slice(0, limit);
  const known = new Set(training.map((i) => keys.inputs[i]));
  const asked = order
    .filter((_, i) => isTest[i])
    .map(([first]) => first)
    .filter((i) => !known.has(keys.inputs[i]));
  return { training, heldOut: asked.slice(0, heldOut) };
}

/** Texts of the same block are exchanged for those of one other. */
export async function measureCell(
  prepared: PreparedSet,
  share: number,
  seed: number,
  { resamples, steps, writer: settings, runtime, progress }: PredictOptions,
): Promise<Cell> {
  const started = performance.now();
  const { set, training, heldOut, keys, x, y } = prepared;
  const { blocks } = repeatsOf(training, keys);
  const order = spoilGroups(blocks, training.length, share, new Random(seed));
  const texts = Array.from(order, (from) => inWords(training[from].output));
  const spoiled = repeatsOf(training, {
    inputs: keys.inputs,
    outputs: Array.from(order, (i) => keys.outputs[i]),
  });
  const found = edc(x, rows(y, order), {
    ...spoiled,
    seed,
    resamples,
    spoiled: [],
    sampledPairs: 1,
    progress: (done, total) => progress('EDC', done, total),
  });
  const references = heldOut.map(({ output }) => inWords(output));
  const inputs = termsOf(
    prepared.input,
    training.map(({ input }) => input),
  );
  const writer = await TextWriter.train(inputs, texts, {
    runtime,
    seed,
    steps,
    settings,
    progress: (step) => progress('training', step, steps),
  });
  const asked = termsOf(
    prepared.input,
    heldOut.map(({ input }) => input),
  );
  const written = await writer.write(asked);
  await writer.close();
  const usual = mostFrequent(texts);
  const answers: Record<Explainer, readonly string[]> = {
    'nearest input': nearest(prepared).map((i) => texts[i]),
    'sequence model': written,
    'most frequent text': references.map(() => usual),
  };
  return {
    set,
    share,
    seed,
    edc: found.pearson,
    interval: [found.interval.low, found.interval.high],
    shuffled: (found.null.low + found.null.high) / 2,
    scores: byName(EXPLAINERS, (explainer) => meansOf(references, answers[explainer])),
    parameters: writer.parameters,
    seconds: (performance.now() - started) / 1000,
  };
}

function rows({ vectors, size }: Side, order: ArrayLike<number>): Side {
  const chosen = new Float32Array(order.length * size);
  for (let i = 0; i < order.length; i++) {
    chosen.set(vectors.subarray(order[i] * size, (order[i] + 1) * size), i * size);
  }
  return { vectors: chosen, size };
}

/** For each input that is asked about the training item whose input is nearest, the first of several. */
function nearest({ x, asked }: PreparedSet): number[] {
  const { size } = x;
  return Array.from({ length: asked.vectors.length / size }, (_, i) => {
    const own = asked.vectors.subarray(i * size, (i + 1) * size);
    let [best, most] = [0, -Infinity];
    for (let j = 0, at = 0; at < x.vectors.length; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++, at++) sum += own[k] * x.vectors[at];
      if (sum > most) [best, most] = [j, sum];
    }
    return best;
  });
}

/** A text as words: names are one word each, of which hardly any comes twice, and are taken apart. */
function inWords(output: unknown): string {
  const text = String(output).trim();
  return /\s/.test(text) ? text : identifierParts(text).join(' ');
}

function mostFrequent(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

function meansOf(references: readonly string[], candidates: readonly string[]): Record<Metric, number> {
  const scores = scoresOf(references, candidates);
  return byName(METRICS, (metric) => scores[metric].reduce((sum, one) => sum + one, 0) / references.length);
}

function byName<K extends string, T>(names: readonly K[], of: (name: K) => T): Record<K, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<K, T>;
}

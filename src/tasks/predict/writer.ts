/**
 * A small sequence model that learns to say of an input what its text says: an encoder and a decoder as T5 has them,
 * from nothing, in a fixed number of steps, so that only the data differ from one training to the next.
 */

import { withoutPadding } from '../../tokens/normalize.ts';
import { disassembleRange } from '../../binary/x86/disassemble.ts';
import { plainWords, wordsAndMarks } from '../../metrics/text/words.ts';
import { Generator } from '../../nn/generation/generator.ts';
import { t5Decoder, t5Encoder, t5Logits, type T5Config } from '../../nn/import/t5.ts';
import { t5Writer } from '../../nn/import/t5-writer.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { adamW } from '../../nn/optimizers/adam.ts';
import { linearDecay, warmUp } from '../../nn/optimizers/schedules.ts';
import type { HostTensor, HostTensors, Runtime } from '../../nn/runtime.ts';
import { Trainer } from '../../nn/training/trainer.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import { Random } from '../../random.ts';
import { opcodeTokens } from '../../tokens/opcodes.ts';
import type { FieldChoice } from '../edc/embed.ts';
import { codeOf } from '../edc/values.ts';

/** A training of the writer, as a manifest tells it. */
export interface WriterSettings {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly inner: number;
  /** Tokens of an input and of an output that are looked at, at most. */
  readonly longestInput: number;
  readonly longestOutput: number;
  /** The most frequent terms and words that have a number of their own. */
  readonly inputTerms: number;
  readonly outputWords: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

/** Half a million parameters: enough to learn phrases of a few thousand texts by heart, which is what is asked. */
export const WRITER: WriterSettings = {
  width: 96,
  layers: 2,
  heads: 4,
  inner: 192,
  longestInput: 64,
  longestOutput: 20,
  inputTerms: 400,
  outputWords: 2000,
  batchSize: 32,
  learningRate: 2e-3,
};

/** Share of the steps over which the rate grows. */
const WARM_UP = 0.1;

/** Numbers before those of terms: padding, which is also what a text begins with, its end, and all rare terms. */
const [PADDING, END, RARE] = [0, 1, 2];
const FIRST_TERM = 3;

/** What the network reads of an input: opcodes of code, words of text. @throws BinscribeError `corrupt` for neither */
export function termsOf({ embedder, field }: FieldChoice, values: readonly unknown[]): (string | number)[][] {
  const isCode = embedder === 'opcodes' || embedder === 'encoder';
  return values.map((value, i) =>
    isCode
      ? opcodeTokens(withoutPadding(disassembleRange(codeOf(value, field, i), 0).instructions))
      : plainWords(typeof value === 'string' ? value : JSON.stringify(value)),
  );
}

export interface WriterTraining {
  readonly runtime: Runtime;
  readonly seed: number;
  readonly steps: number;
  readonly settings: WriterSettings;
  readonly progress: (step: number, steps: number) => void;
}

export class TextWriter {
  readonly parameters: number;
  private readonly generator: Generator;
  private readonly tokens: Tokens;
  private readonly settings: WriterSettings;

  private constructor(generator: Generator, parameters: number, tokens: Tokens, settings: WriterSettings) {
    this.generator = generator;
    this.parameters = parameters;
    this.tokens = tokens;
    this.settings = settings;
  }

  /** @param texts of the inputs, in their order */
  static async train(
    inputs: readonly (readonly (string | number)[])[],
    texts: readonly string[],
    { runtime, seed, steps, settings, progress }: WriterTraining,
  ): Promise<TextWriter> {
    const words = texts.map(wordsAndMarks);
    const tokens = new Tokens(inputs, words, settings);
    const config = configOf(tokens.size, settings);
    const random = new Random(seed);
    const order = Array.from(inputs, (_, i) => i);
    let at = order.length;
    const nextBatch = (): HostTensors => {
      const chosen = Array.from({ length: settings.batchSize }, () => {
        if (at === order.length) {
          random.shuffle(order);
          at = 0;
        }
        return order[at++];
      });
      return tokens.batch(
        chosen.map((i) => inputs[i]),
        chosen.map((i) => words[i]),
      );
    };
    const first = nextBatch();
    const optimizer = adamW({ learningRate: settings.learningRate });
    const trainer = await Trainer.create(
      { runtime, model: modelOf(config), optimizer, seed, clipNorm: 1 },
      first,
    );
    try {
      const warmth = Math.ceil(WARM_UP * steps);
      const schedule = warmUp(warmth, linearDecay(steps - warmth));
      for (let step = 1; step <= steps; step++) {
        await trainer.step([step === 1 ? first : nextBatch()], schedule(step));
        progress(step, steps);
      }
      const learned = new Map([...trainer.parameters()].map(([name, { data }]) => [name, data]));
      const count = [...learned.values()].reduce((sum, { length }) => sum + length, 0);
      const generator = await Generator.open(runtime, t5Writer(config), learned);
      return new TextWriter(generator, count, tokens, settings);
    } finally {
      await trainer.close();
    }
  }

  async write(inputs: readonly (readonly (string | number)[])[]): Promise<string[]> {
    const { batchSize, longestOutput } = this.settings;
    const texts: string[] = [];
    for (let from = 0; from < inputs.length; from += batchSize) {
      const source = this.tokens.source(inputs.slice(from, from + batchSize));
      // Small networks go round in circles.
      const written = await this.generator.write(source, { maximum: longestOutput, noRepeat: 3 });
      for (const [{ tokens }] of written) texts.push(this.tokens.text(tokens));
    }
    return texts;
  }

  close(): Promise<void> {
    return this.generator.close();
  }
}

function configOf(
  vocabulary: number,
  { width, heads, inner, layers, longestInput }: WriterSettings,
): T5Config {
  return {
    model_type: 't5',
    vocab_size: vocabulary,
    d_model: width,
    d_kv: width / heads,
    d_ff: inner,
    num_layers: layers,
    num_heads: heads,
    relative_attention_num_buckets: 16,
    relative_attention_max_distance: longestInput,
    feed_forward_proj: { gated: false, activation: 'relu' },
    layer_norm_epsilon: 1e-6,
    dropout_rate: 0.1,
    pad_token_id: PADDING,
    eos_token_id: END,
    decoder_start_token_id: PADDING,
    tie_word_embeddings: true,
    untied: false,
  };
}

function modelOf(config: T5Config): Model {
  return (scope, { ids, mask, previous, next }) => {
    const memory = t5Encoder(scope, ids, mask, config);
    const hidden = t5Decoder(scope, { ids: previous, memory, memoryMask: mask }, config);
    return { loss: crossEntropy(t5Logits(scope, hidden, config), next, { ignoreIndex: PADDING }) };
  };
}

/** One table for what is read and what is written. */
class Tokens {
  readonly size: number;
  /** What batches are padded to. */
  private readonly longestInput: number;
  private readonly longestOutput: number;
  private readonly inputs: ReadonlyMap<string | number, number>;
  private readonly outputs: ReadonlyMap<string | number, number>;
  private readonly words: readonly string[];

  constructor(
    inputs: readonly (readonly (string | number)[])[],
    outputs: readonly (readonly string[])[],
    settings: WriterSettings,
  ) {
    const longest = (items: readonly (readonly unknown[])[]): number =>
      items.reduce((most, { length }) => Math.max(most, length), 1);
    this.longestInput = Math.min(settings.longestInput, longest(inputs));
    this.longestOutput = Math.min(settings.longestOutput, longest(outputs) + 1);
    const [terms, words] = [
      mostFrequent(inputs, settings.inputTerms),
      mostFrequent(outputs, settings.outputWords),
    ];
    this.inputs = new Map(terms.map((term, i) => [term, FIRST_TERM + i]));
    this.outputs = new Map(words.map((word, i) => [word, FIRST_TERM + terms.length + i]));
    this.words = words.map(String);
    this.size = FIRST_TERM + terms.length + words.length;
  }

  source(inputs: readonly (readonly (string | number)[])[]): { ids: HostTensor; mask: HostTensor } {
    const { longestInput } = this;
    // What has no term at all is read as one rare one.
    const rows = inputs.map((terms) =>
      terms.length === 0 ? [RARE] : terms.slice(0, longestInput).map((term) => this.inputs.get(term) ?? RARE),
    );
    return {
      ids: table(rows, longestInput),
      mask: table(
        rows.map((row) => row.map(() => 1)),
        longestInput,
      ),
    };
  }

  batch(
    inputs: readonly (readonly (string | number)[])[],
    outputs: readonly (readonly string[])[],
  ): HostTensors {
    const { longestOutput } = this;
    const rows = outputs.map((words) => [
      ...words.slice(0, longestOutput - 1).map((word) => this.outputs.get(word) ?? RARE),
      END,
    ]);
    return {
      ...this.source(inputs),
      previous: table(
        rows.map((row) => [PADDING, ...row.slice(0, -1)]),
        longestOutput,
      ),
      next: table(rows, longestOutput),
    };
  }

  /** Rare words are left out: nobody knows which they are. */
  text(tokens: readonly number[]): string {
    const first = this.size - this.words.length;
    return tokens
      .filter((token) => token >= first)
      .map((token) => this.words[token - first])
      .join(' ');
  }
}

/** Of equally frequent terms those that come first. */
function mostFrequent<T extends string | number>(items: readonly (readonly T[])[], most: number): T[] {
  const counts = new Map<T, number>();
  for (const terms of items) for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([term]) => term);
}

/** int64 [rows, length], padding last */
function table(rows: readonly (readonly number[])[], length: number): HostTensor {
  const data = new BigInt64Array(rows.length * length);
  rows.forEach((row, i) => row.forEach((value, k) => (data[i * length + k] = BigInt(value))));
  return { dtype: 'int64', shape: [rows.length, length], data };
}

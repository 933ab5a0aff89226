/** From a field of all items to vectors: the ways of embedding that `binscribe edc` knows, by name. */

import { disassembleRange } from '../../binary/x86/disassemble.ts';
import { BinscribeError } from '../../error.ts';
import { latentSemanticVectors } from '../../models/embedders/lsa.ts';
import type { Model } from '../../models/model.ts';
import type { Side } from '../../metrics/edc/sums.ts';
import { plainWords } from '../../metrics/text/words.ts';
import type { SentenceEncoder } from '../../nn/import/sentence-encoder.ts';
import { withoutPadding } from '../../tokens/normalize.ts';
import { opcodePairTokens, opcodeTokens } from '../../tokens/opcodes.ts';
import { codeOf, wrongValue } from './values.ts';

/**
 * `words`: tf-idf of words and SVD. `opcodes`: the same of opcodes and pairs. `encoder`: a function encoder.
 * `sentences`: a folder of sentence-transformers. `vectors`: what the field holds.
 */
export const EMBEDDERS = ['words', 'opcodes', 'encoder', 'sentences', 'vectors'] as const;
export type EmbedderName = (typeof EMBEDDERS)[number];

/** How one side of the pairs becomes vectors. */
export interface FieldChoice {
  readonly field: string;
  readonly embedder: EmbedderName;
  /** Folder of the model of `encoder` and `sentences`. */
  readonly model: string | null;
}

export interface EmbedOptions {
  readonly seed: number;
  readonly openModel: (folder: string | undefined) => Promise<Model>;
  readonly openSentences: (folder: string) => Promise<SentenceEncoder>;
  /** @param step what is done, for people */
  readonly progress: (step: string, done: number, total: number) => void;
}

export interface Embedded extends Side {
  /** Of each item: words, instructions, or numbers that are not zero. */
  readonly lengths: Float64Array;
}

/** What its lengths count; `null` where nobody would slice by them. */
export const LENGTH_UNITS: Readonly<Record<EmbedderName, string | null>> = {
  words: 'words',
  sentences: 'words',
  opcodes: 'instructions',
  encoder: 'instructions',
  vectors: null,
};

/** @throws BinscribeError: `corrupt` where a value is not what the embedder takes, `usage` without its model */
export async function embed(
  { embedder, field, model }: FieldChoice,
  values: readonly unknown[],
  options: EmbedOptions,
): Promise<Embedded> {
  const { seed, openModel, progress } = options;
  const texts = (): string[] => values.map((value, i) => textOf(value, field, i));
  const codes = (): Uint8Array[] => values.map((value, i) => codeOf(value, field, i));
  switch (embedder) {
    case 'words': {
      const words = texts().map(plainWords);
      return { ...latentSemanticVectors(words, { seed }), lengths: lengthsOf(words) };
    }
    case 'opcodes': {
      const bodies = codes().map((code) => withoutPadding(disassembleRange(code, BASE).instructions));
      const tokens = bodies.map((body) => [...opcodeTokens(body), ...opcodePairTokens(body)]);
      return { ...latentSemanticVectors(tokens, { seed }), lengths: lengthsOf(bodies) };
    }
    case 'encoder':
      return encoderVectors(codes(), await openModel(model ?? undefined), (done) =>
        progress(`embedding ${field}`, done, values.length),
      );
    case 'sentences':
      return sentenceVectors(texts(), field, model, options);
    default:
      return givenVectors(values, field);
  }
}

/** What a field most likely is, by its first value. */
export function embedderFor(value: unknown): EmbedderName {
  if (value instanceof Uint8Array) return 'opcodes';
  return Array.isArray(value) && value.every((one) => typeof one === 'number') ? 'vectors' : 'words';
}

function lengthsOf(items: readonly (readonly unknown[])[]): Float64Array {
  return Float64Array.from(items, ({ length }) => length);
}

function textOf(value: unknown, field: string, item: number): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw wrongValue(field, item, 'text', value);
}

/** Where code without an address is thought to lie: aligned as compilers like it, and not 0. */
const BASE = 0x1000;

async function encoderVectors(
  codes: readonly Uint8Array[],
  model: Model,
  progress: (done: number) => void,
): Promise<Embedded> {
  const functions = codes.map((code, i) => {
    // Far apart, so that none is taken for another's target.
    const address = BASE + i * 2 ** 24;
    return { address, size: code.length, code, body: disassembleRange(code, address) };
  });
  const answers = await model.answer({ functions, imports: new Map() }, progress);
  const size = answers[0].vector?.length;
  if (size === undefined) {
    throw new BinscribeError('usage', `model ${model.card.id} gives no vectors`, {
      hint: 'Name an encoder with --input-model (or --output-model), or another embedder: opcodes.',
    });
  }
  const vectors = new Float32Array(size * codes.length);
  answers.forEach(({ vector }, i) => vectors.set(vector!, i * size));
  return { vectors, size, lengths: Float64Array.from(functions, ({ body }) => body.instructions.length) };
}

async function sentenceVectors(
  texts: readonly string[],
  field: string,
  model: string | null,
  { openSentences, progress }: EmbedOptions,
): Promise<Embedded> {
  if (model === null) {
    throw new BinscribeError('usage', `${field}: the embedder sentences needs a folder`, {
      hint: 'Name one as sentence-transformers saves it, with --input-model or --output-model.',
    });
  }
  const encoder = await openSentences(model);
  const made = await encoder.encode(texts, (done, total) => progress(`embedding ${field}`, done, total));
  await encoder.close();
  return { ...made, lengths: lengthsOf(texts.map(plainWords)) };
}

/** Products of both sides' numbers are kept: of two such half a gigabyte. No embedder in use makes longer ones. */
const LONGEST_VECTOR = 4096;

function givenVectors(values: readonly unknown[], field: string): Embedded {
  const isVector = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length > 0 && value.every((one) => Number.isFinite(one));
  const first = values[0];
  if (!isVector(first)) throw wrongValue(field, 0, 'a list of numbers', first);
  const size = first.length;
  if (size > LONGEST_VECTOR) {
    throw new BinscribeError(
      'unsupported',
      `${field}: vectors of ${size} numbers; at most ${LONGEST_VECTOR} expected`,
    );
  }
  const vectors = new Float32Array(size * values.length);
  values.forEach((value, i) => {
    if (!isVector(value) || value.length !== size) {
      throw wrongValue(field, i, `a list of ${size} numbers`, value);
    }
    vectors.set(value, i * size);
  });
  const lengths = Float64Array.from(values, (value) => (value as number[]).filter((one) => one !== 0).length);
  return { vectors, size, lengths };
}

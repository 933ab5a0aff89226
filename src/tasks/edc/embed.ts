/** From a field of all items to vectors: the ways of embedding that `binscribe edc` knows, by name. */

import { disassembleRange } from '../../binary/x86/disassemble.ts';
import { BinscribeError } from '../../error.ts';
import { latentSemanticVectors } from '../../models/embedders/lsa.ts';
import type { Model } from '../../models/model.ts';
import type { Side } from '../../metrics/edc/sums.ts';
import { plainWords } from '../../metrics/text/words.ts';
import { withoutPadding } from '../../tokens/normalize.ts';
import { opcodePairTokens, opcodeTokens } from '../../tokens/opcodes.ts';

/** `words`: tf-idf of words and SVD. `opcodes`: the same of opcodes and pairs. `encoder`: a function encoder. */
export const EMBEDDERS = ['words', 'opcodes', 'encoder', 'vectors'] as const;
export type EmbedderName = (typeof EMBEDDERS)[number];

export interface EmbedOptions {
  readonly seed: number;
  /** Gives the model of `encoder`. */
  readonly openModel: () => Promise<Model>;
}

export interface Embedded extends Side {
  /** Of each item: words, instructions, or numbers that are not zero. */
  readonly lengths: Float64Array;
}

/** @param field for messages */
export async function embed(
  name: EmbedderName,
  field: string,
  values: readonly unknown[],
  { seed, openModel }: EmbedOptions,
): Promise<Embedded> {
  switch (name) {
    case 'words': {
      const words = values.map((value, i) => plainWords(textOf(value, field, i)));
      return { ...latentSemanticVectors(words, { seed }), lengths: lengthsOf(words) };
    }
    case 'opcodes': {
      const bodies = values.map((value, i) => withoutPadding(bodyOf(codeOf(value, field, i)).instructions));
      const tokens = bodies.map((body) => [...opcodeTokens(body), ...opcodePairTokens(body)]);
      return { ...latentSemanticVectors(tokens, { seed }), lengths: lengthsOf(bodies) };
    }
    case 'encoder':
      return encoderVectors(
        values.map((value, i) => codeOf(value, field, i)),
        await openModel(),
      );
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
  throw wrong(field, item, 'text', value);
}

/** Bytes, or as text in hexadecimal digits. */
function codeOf(value: unknown, field: string, item: number): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string' || !/^([0-9a-f]{2}\s*)+$/i.test(value)) {
    throw wrong(field, item, 'machine code in hexadecimal digits', value);
  }
  return Uint8Array.from(value.match(/[0-9a-f]{2}/gi)!, (byte) => parseInt(byte, 16));
}

function bodyOf(code: Uint8Array): ReturnType<typeof disassembleRange> {
  return disassembleRange(code, BASE);
}

/** Where code without an address is thought to lie: aligned as compilers like it, and not 0. */
const BASE = 0x1000;

async function encoderVectors(codes: readonly Uint8Array[], model: Model): Promise<Embedded> {
  const functions = codes.map((code, i) => {
    // Far apart, so that none is taken for another's target.
    const address = BASE + i * 2 ** 24;
    return { address, size: code.length, code, body: disassembleRange(code, address) };
  });
  const answers = await model.answer({ functions, imports: new Map() });
  const size = answers[0].vector?.length;
  if (size === undefined) {
    throw new BinscribeError('usage', `model ${model.card.id} gives no vectors`, {
      hint: 'Name an encoder with --model, or another embedder: opcodes.',
    });
  }
  const vectors = new Float32Array(size * codes.length);
  answers.forEach(({ vector }, i) => vectors.set(vector!, i * size));
  return { vectors, size, lengths: Float64Array.from(functions, ({ body }) => body.instructions.length) };
}

function givenVectors(values: readonly unknown[], field: string): Embedded {
  const isVector = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length > 0 && value.every((one) => Number.isFinite(one));
  const first = values[0];
  if (!isVector(first)) throw wrong(field, 0, 'a list of numbers', first);
  const size = first.length;
  const vectors = new Float32Array(size * values.length);
  values.forEach((value, i) => {
    if (!isVector(value) || value.length !== size) throw wrong(field, i, `a list of ${size} numbers`, value);
    vectors.set(value, i * size);
  });
  const lengths = Float64Array.from(values, (value) => (value as number[]).filter((one) => one !== 0).length);
  return { vectors, size, lengths };
}

function wrong(field: string, item: number, expected: string, got: unknown): BinscribeError {
  const shown = (JSON.stringify(got) ?? String(got)).slice(0, 60);
  return new BinscribeError('corrupt', `item ${item + 1}: ${field}: ${expected} expected, got ${shown}`);
}

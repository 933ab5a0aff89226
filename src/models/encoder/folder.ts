/**
 * The folder of an encoder: `model.json`, `encoder.onnx`, `index.bin` (known functions without their opcode pairs)
 * and `vectors.bin` (a vector of bytes for each of them: directions are kept to a third of a per cent).
 */

import { z } from 'zod';
import { corrupt } from '../../error.ts';
import type { Runtime } from '../../nn/runtime.ts';
import {
  type AnyDocument,
  DOCUMENT,
  ENCODER_KIND,
  envelope,
  modelId,
  type ModelOrigin,
  parseAs,
  probability,
  readParts,
  type ReadPart,
  writeDocument,
} from '../document.ts';
import { decodeKnown, encodeKnown } from '../known/format.ts';
import { describeNameModel, readNameModel } from '../names.ts';
import { EncoderSession } from './encode.ts';
import { EncoderModel, type EncoderModelParts, MOST_FOUND } from './model.ts';
import { NearestVectors } from './nearest.ts';

const temperature = z.number().positive();
const encoderShape = z.strictObject({
  ...envelope,
  kind: z.literal(ENCODER_KIND),
  floor: z.int().min(1),
  longest: z.int().min(8).max(1024),
  /** Rows that the network's convolutions reach over. */
  reach: z.int().min(0).max(16),
  /** Numbers of a vector. */
  size: z.int().positive(),
  labels: z.strictObject({ compiler: z.array(z.string()), optimization: z.array(z.string()) }),
  /** Share of each label among what was learned from. */
  priors: z.strictObject({ compiler: z.array(probability), optimization: z.array(probability) }),
  temperatures: z.strictObject({
    compiler: temperature,
    optimization: temperature,
    arguments: temperature,
    types: temperature,
  }),
  names: z.strictObject({
    similarity: probability,
    threshold: probability,
    /** Weight of each feature, then the bias. */
    weights: z.record(z.string(), z.number()),
  }),
});

const NETWORK = 'encoder.onnx';
const INDEX = 'index.bin';
const VECTORS = 'vectors.bin';

/** What a folder is written of: the network and the vectors as files hold them. */
export interface EncoderFiles extends Omit<EncoderModelParts, 'card' | 'encoder' | 'nearest'> {
  readonly network: Uint8Array;
  /** Rows that its convolutions reach over. */
  readonly reach: number;
  /** Of `known`'s entries: [entries, size], flat. */
  readonly vectors: Float32Array;
}

/** Name → contents of a model's files. The same parts give the same bytes. */
export function writeEncoder(
  parts: EncoderFiles,
  description: string,
  origin: ModelOrigin,
): Map<string, Uint8Array> {
  const { floor, longest, reach, labels, priors, temperatures, known, names, network, vectors } = parts;
  const size = vectors.length / known.entries;
  const fields = {
    kind: ENCODER_KIND,
    ...origin,
    description,
    floor,
    longest,
    reach,
    size,
    labels,
    priors,
    temperatures,
    names: {
      similarity: names.similarity,
      threshold: names.threshold,
      weights: describeNameModel(names.linear),
    },
  };
  const files = new Map([
    [NETWORK, network],
    [INDEX, encodeKnown(known)],
    [VECTORS, packVectors(vectors, size)],
  ]);
  return writeDocument(fields, files);
}

/** @throws BinscribeError of kind `corrupt` where a file is not what the model was written with */
export async function loadEncoder(
  checked: AnyDocument,
  read: ReadPart,
  where: string,
  runtime: Runtime,
): Promise<EncoderModel> {
  const document = parseAs(encoderShape, checked, `${where}/${DOCUMENT}`);
  const files = await readParts(read, checked, [NETWORK, INDEX, VECTORS], where);
  const known = decodeKnown(files[INDEX], `${where}/${INDEX}`);
  const { size, floor, longest, reach, labels, priors, temperatures, names } = document;
  if (files[VECTORS].length !== known.entries * size) {
    throw corrupt(
      `${where}/${VECTORS}: ${known.entries} vectors of ${size} bytes expected, got ${files[VECTORS].length} bytes`,
    );
  }
  const vectors = unpackVectors(files[VECTORS], size);
  return new EncoderModel({
    card: { id: modelId(checked), description: document.description },
    floor,
    longest,
    labels,
    priors,
    temperatures,
    known,
    names: {
      similarity: names.similarity,
      threshold: names.threshold,
      linear: readNameModel(names.weights, `${where}/${DOCUMENT}`),
    },
    encoder: await EncoderSession.open(runtime, files[NETWORK], reach),
    nearest: await NearestVectors.open(runtime, vectors, size, MOST_FOUND),
  });
}

/** Signed bytes: each vector's largest number becomes 127. */
function packVectors(vectors: Float32Array, size: number): Uint8Array {
  const packed = new Int8Array(vectors.length);
  for (let from = 0; from < vectors.length; from += size) {
    let largest = 0;
    for (let i = 0; i < size; i++) largest = Math.max(largest, Math.abs(vectors[from + i]));
    for (let i = 0; i < size; i++) packed[from + i] = Math.round((vectors[from + i] / (largest || 1)) * 127);
  }
  return new Uint8Array(packed.buffer);
}

/** Directions as vectors of length 1; what has none stays zero. */
export function unpackVectors(bytes: Uint8Array, size: number): Float32Array {
  const vectors = Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  for (let from = 0; from < vectors.length; from += size) {
    let squares = 0;
    for (let i = 0; i < size; i++) squares += vectors[from + i] ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let i = 0; i < size; i++) vectors[from + i] /= length;
  }
  return vectors;
}

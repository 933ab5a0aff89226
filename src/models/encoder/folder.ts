/**
 * The folder of an encoder: `model.json`, `encoder.onnx`, `index.bin` (known functions without their opcode pairs)
 * and `vectors.bin` (a vector of bytes for each of them).
 */

import { z } from 'zod';
import { BinscribeError } from '../../error.ts';
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
import type { KnownPart } from '../known/folder.ts';
import { decodeKnown, encodeKnown } from '../known/format.ts';
import { joinKnown, type KnownVectors } from '../known/join.ts';
import { packVectors, unpackVectors } from '../known/packed.ts';
import { KnownTexts } from '../known/texts.ts';
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
export interface EncoderFiles extends Omit<
  EncoderModelParts,
  'card' | 'network' | 'company' | 'texts' | 'encoder' | 'nearest'
> {
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

/**
 * @param more what is known beside the folder's own functions
 * @throws BinscribeError of kind `corrupt` where a file is not what the model was written with, `usage` where what is known
 *   beside it has vectors of another network
 */
export async function loadEncoder(
  checked: AnyDocument,
  read: ReadPart,
  where: string,
  runtime: Runtime,
  more: readonly KnownPart[] = [],
): Promise<EncoderModel> {
  const document = parseAs(encoderShape, checked, `${where}/${DOCUMENT}`);
  const files = await readParts(read, checked, [NETWORK, INDEX, VECTORS], where);
  const { size, floor, longest, reach, labels, priors, temperatures, names } = document;
  const own = decodeKnown(files[INDEX], `${where}/${INDEX}`);
  const network = checked.files[NETWORK];
  for (const part of more) {
    if (part.network === network && part.vectors.length === part.known.entries * size) continue;
    throw new BinscribeError(
      'usage',
      `${part.id}: known functions for the network ${part.network.slice(0, 12)}, and ${where} has ${network.slice(0, 12)}`,
      {
        hint: '`binscribe known` makes them for the encoder of its --model, `binscribe train` for that of its recipe.',
      },
    );
  }
  const { known, vectors } = more.reduce<KnownVectors>((joined, part) => joinKnown(joined, part, size), {
    known: own,
    vectors: unpackVectors(files[VECTORS], { entries: own.entries, size }, `${where}/${VECTORS}`),
  });
  // Each was found out with what the encoder knows; what the first says of names, the shipped one's, is of most of them.
  const company = more.find((part) => part.company)?.company;
  return new EncoderModel({
    card: {
      id: [modelId(checked), ...more.map(({ id }) => id)].join(' + '),
      description: document.description,
    },
    network,
    floor,
    longest,
    labels,
    priors,
    temperatures,
    known,
    ...(company && { company }),
    texts: new KnownTexts(more.flatMap(({ quotations }) => quotations)),
    names: {
      similarity: names.similarity,
      threshold: names.threshold,
      linear: readNameModel(names.weights, `${where}/${DOCUMENT}`),
    },
    encoder: await EncoderSession.open(runtime, files[NETWORK], reach),
    nearest: await NearestVectors.open(runtime, vectors, size, MOST_FOUND),
  });
}

/**
 * A model folder: `model.json` (what a person may read: origin, thresholds, hashes), `weights.bin` and
 * `index.bin`. Reading is through a function from name to bytes, so that the same code loads from a disk, from a
 * web server or from memory.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { corrupt, describeError, describeIssue } from '../error.ts';
import { type Classifier, FirstModel, type FirstModelParts } from './first.ts';
import { decodeKnown, encodeKnown } from './known/format.ts';
import { decodeWeights, encodeWeights } from './linear/file.ts';
import type { LinearModel } from './linear/logistic.ts';
import { NAME_FEATURES } from './names.ts';

/** Raised when a reader of the old form would misread the new one. */
export const MODEL_SCHEMA = 1;

const probability = z.number().min(0).max(1);
const classifierShape = z.strictObject({
  labels: z.array(z.string()).min(2),
  temperature: z.number().positive(),
});

const modelShape = z.strictObject({
  schema: z.literal(MODEL_SCHEMA),
  /** Which of the models this is. */
  kind: z.literal('first'),
  name: z.string(),
  version: z.string(),
  description: z.string(),
  /** The data set it learned from, and how: free text and numbers for the reader. */
  training: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
  floor: z.int().min(1),
  names: z.strictObject({
    similarity: probability,
    threshold: probability,
    /** Weight of each feature, then the bias. */
    weights: z.record(z.string(), z.number()),
  }),
  compiler: classifierShape,
  optimization: classifierShape,
  arguments: z.strictObject({
    fallback: probability,
    table: z.record(z.string(), z.strictObject({ count: z.int().min(0).max(64), score: probability })),
  }),
  /** SHA-256 of the files beside this one. */
  files: z.record(z.string(), z.string()),
  /** SHA-256 of this document as it is without this field. */
  check: z.string(),
});

export type ModelDocument = z.infer<typeof modelShape>;

/** What `writeModel` is told beside the parts. */
export type ModelOrigin = Pick<ModelDocument, 'name' | 'version' | 'training'>;

const BIAS = 'bias';
const DOCUMENT = 'model.json';
const WEIGHTS = 'weights.bin';
const INDEX = 'index.bin';

/** Name → contents of a model's files. The same parts give the same bytes. */
export function writeModel(
  parts: Omit<FirstModelParts, 'card'>,
  description: string,
  origin: ModelOrigin,
): Map<string, Uint8Array> {
  const index = encodeKnown(parts.known);
  const weights = encodeWeights(parts.vocabulary, [parts.compiler.linear, parts.optimization.linear]);
  const { linear } = parts.names;
  // Class 1 against class 0 is all that two classes need.
  const nameWeights = [...NAME_FEATURES, BIAS].map((feature, i) => [
    feature,
    linear.weights[i * 2 + 1] - linear.weights[i * 2],
  ]);
  const document: Omit<ModelDocument, 'check'> = {
    schema: MODEL_SCHEMA,
    kind: 'first',
    ...origin,
    description,
    floor: parts.floor,
    names: {
      similarity: parts.names.similarity,
      threshold: parts.names.threshold,
      weights: Object.fromEntries(nameWeights) as Record<string, number>,
    },
    compiler: describeClassifier(parts.compiler),
    optimization: describeClassifier(parts.optimization),
    arguments: parts.arguments,
    files: { [INDEX]: hashOf(index), [WEIGHTS]: hashOf(weights) },
  };
  return new Map([
    [DOCUMENT, documentBytes({ ...document, check: checkOf(document) })],
    [WEIGHTS, weights],
    [INDEX, index],
  ]);
}

/**
 * @param read Contents of a file of the folder by name; it may throw errors of kind `missing`.
 * @param where The folder, for messages.
 * @throws BinscribeError of kind `corrupt` where a file is not what the model was written with.
 */
export async function loadModel(
  read: (name: string) => Promise<Uint8Array> | Uint8Array,
  where: string,
): Promise<FirstModel> {
  const document = parseDocument(await read(DOCUMENT), `${where}/${DOCUMENT}`);
  const [index, weights] = await Promise.all(
    [INDEX, WEIGHTS].map(async (name) => {
      const data = await read(name);
      if (document.files[name] !== hashOf(data)) {
        const told = document.files[name] ?? 'none';
        throw corrupt(`${where}/${name}: SHA-256 ${told} expected by ${DOCUMENT}, got ${hashOf(data)}`);
      }
      return data;
    }),
  );
  const { vocabulary, models } = decodeWeights(weights, `${where}/${WEIGHTS}`, [
    document.compiler.labels.length,
    document.optimization.labels.length,
  ]);
  return new FirstModel({
    card: {
      id: `${document.name} ${document.version} ${document.check.slice(0, 12)}`,
      description: document.description,
    },
    floor: document.floor,
    known: decodeKnown(index, `${where}/${INDEX}`),
    names: {
      similarity: document.names.similarity,
      threshold: document.names.threshold,
      linear: nameModel(document.names.weights, `${where}/${DOCUMENT}`),
    },
    vocabulary,
    compiler: { ...document.compiler, linear: models[0] },
    optimization: { ...document.optimization, linear: models[1] },
    arguments: document.arguments,
  });
}

function parseDocument(bytes: Uint8Array, where: string): ModelDocument {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw corrupt(`${where}: ${describeError(error)}`);
  }
  const parsed = modelShape.safeParse(document);
  if (!parsed.success) throw corrupt(`${where}: ${describeIssue(parsed.error.issues)}`);
  // As it was read: checking it for its shape may have changed the order of its fields.
  const { check, ...rest } = document as ModelDocument;
  if (check !== checkOf(rest)) throw corrupt(`${where}: check ${checkOf(rest)} expected, got ${check}`);
  return parsed.data;
}

function checkOf(document: Omit<ModelDocument, 'check'>): string {
  return hashOf(documentBytes(document));
}

function documentBytes(document: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(document, null, 1)}\n`);
}

function describeClassifier({ labels, temperature }: Classifier): z.infer<typeof classifierShape> {
  return { labels, temperature };
}

function nameModel(weights: Record<string, number>, where: string): LinearModel {
  const flat = new Float64Array((NAME_FEATURES.length + 1) * 2);
  [...NAME_FEATURES, BIAS].forEach((feature, i) => {
    if (!Object.hasOwn(weights, feature)) throw corrupt(`${where}: names.weights: no weight of ${feature}`);
    flat[i * 2 + 1] = weights[feature];
  });
  return { classes: 2, columns: NAME_FEATURES.length, weights: flat };
}

function hashOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

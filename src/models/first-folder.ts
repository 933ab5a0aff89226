/** The folder of the first model: `model.json`, `weights.bin` and `index.bin`. */

import { z } from 'zod';
import {
  type AnyDocument,
  DOCUMENT,
  envelope,
  FIRST_KIND,
  modelId,
  type ModelOrigin,
  parseAs,
  probability,
  readParts,
  type ReadPart,
  writeDocument,
} from './document.ts';
import { type Classifier, FirstModel, type FirstModelParts } from './first.ts';
import { decodeKnown, encodeKnown } from './known/format.ts';
import { decodeWeights, encodeWeights } from './linear/file.ts';
import { describeNameModel, readNameModel } from './names.ts';

const classifierShape = z.strictObject({
  labels: z.array(z.string()).min(2),
  temperature: z.number().positive(),
});

const firstShape = z.strictObject({
  ...envelope,
  kind: z.literal(FIRST_KIND),
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
});

const WEIGHTS = 'weights.bin';
const INDEX = 'index.bin';

/** Name → contents of a model's files. The same parts give the same bytes. */
export function writeFirst(
  parts: Omit<FirstModelParts, 'card'>,
  description: string,
  origin: ModelOrigin,
): Map<string, Uint8Array> {
  const fields = {
    kind: FIRST_KIND,
    ...origin,
    description,
    floor: parts.floor,
    names: {
      similarity: parts.names.similarity,
      threshold: parts.names.threshold,
      weights: describeNameModel(parts.names.linear),
    },
    compiler: describeClassifier(parts.compiler),
    optimization: describeClassifier(parts.optimization),
    arguments: parts.arguments,
  };
  const linear = [parts.compiler.linear, parts.optimization.linear];
  const files = new Map([
    [INDEX, encodeKnown(parts.known)],
    [WEIGHTS, encodeWeights(parts.vocabulary, linear)],
  ]);
  return writeDocument(fields, files);
}

/** @throws BinscribeError of kind `corrupt` where a file is not what the model was written with */
export async function loadFirst(checked: AnyDocument, read: ReadPart, where: string): Promise<FirstModel> {
  const document = parseAs(firstShape, checked, `${where}/${DOCUMENT}`);
  const files = await readParts(read, checked, [INDEX, WEIGHTS], where);
  const { vocabulary, models } = decodeWeights(files[WEIGHTS], `${where}/${WEIGHTS}`, [
    document.compiler.labels.length,
    document.optimization.labels.length,
  ]);
  return new FirstModel({
    card: { id: modelId(checked), description: document.description },
    floor: document.floor,
    known: decodeKnown(files[INDEX], `${where}/${INDEX}`),
    names: {
      similarity: document.names.similarity,
      threshold: document.names.threshold,
      linear: readNameModel(document.names.weights, `${where}/${DOCUMENT}`),
    },
    vocabulary,
    compiler: { ...document.compiler, linear: models[0] },
    optimization: { ...document.optimization, linear: models[1] },
    arguments: document.arguments,
  });
}

function describeClassifier({ labels, temperature }: Classifier): z.infer<typeof classifierShape> {
  return { labels, temperature };
}

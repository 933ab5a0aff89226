/** Cases of losses, with their options. */

import { binaryCrossEntropy } from '../../../src/nn/losses/binary-cross-entropy.ts';
import { infoNCE, supervisedContrastive } from '../../../src/nn/losses/contrastive.ts';
import { cosineEmbedding, cosineSquaredError } from '../../../src/nn/losses/cosine.ts';
import { crossEntropy } from '../../../src/nn/losses/cross-entropy.ts';
import { softClip } from '../../../src/nn/losses/soft-clip.ts';
import { meanSquaredError } from '../../../src/nn/losses/squared-error.ts';
import { tripletMargin } from '../../../src/nn/losses/triplet.ts';
import { cosineSimilarity, dot, euclideanDistance, l2Normalize } from '../../../src/nn/ops/vectors.ts';
import { given, normal, uniform, whole, type Case } from '../support/check.ts';

const logits = uniform([5, 4], -3, 3);
const targets = whole([5], 4);
const holes = given([5], [2, -100, 0, 3, -100], 'int64');
const classWeights = [0.5, 1, 2, 0.1];

const pair = { a: normal([5, 4]), b: normal([5, 4]) };
const signs = given([5], [1, -1, 1, -1, -1]);
/** Classes of 3, 2 and 1: the last has no other. */
const labels = given([6], [4, 1, 4, 4, 9, 1], 'int64');

export const losses: Readonly<Record<string, readonly Case[]>> = {
  crossEntropy: [
    {
      name: 'crossEntropy',
      inputs: { logits, targets },
      build: (t) => crossEntropy(t['logits'], t['targets']),
    },
    {
      name: 'crossEntropy with everything',
      inputs: { logits, holes },
      build: (t) =>
        crossEntropy(t['logits'], t['holes'], { classWeights, labelSmoothing: 0.1, ignoreIndex: -100 }),
    },
    {
      name: 'crossEntropy of sequences in int32, with padding',
      inputs: { logits: normal([2, 3, 4]), ids: given([2, 3], [1, 2, 0, 3, 0, 0], 'int32') },
      build: (t) => crossEntropy(t['logits'], t['ids'], { ignoreIndex: 0, labelSmoothing: 0.2 }),
    },
    {
      name: 'crossEntropy where all is ignored',
      inputs: { logits, ids: given([5], [-1, -1, -1, -1, -1], 'int64') },
      build: (t) => crossEntropy(t['logits'], t['ids'], { ignoreIndex: -1, classWeights }),
    },
  ],
  binaryCrossEntropy: [
    {
      name: 'binaryCrossEntropy',
      inputs: { x: uniform([3, 4], -9, 9), y: uniform([3, 4], 0, 1) },
      build: (t) => binaryCrossEntropy(t['x'], t['y']),
    },
    {
      name: 'binaryCrossEntropy with weights',
      inputs: {
        x: normal([3, 4]),
        y: given([3, 4], [1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1]),
        w: uniform([4], 0, 2),
      },
      build: (t) => binaryCrossEntropy(t['x'], t['y'], { weights: t['w'], positiveWeight: [1, 2, 3, 0.5] }),
    },
  ],
  cosine: [
    {
      name: 'cosineEmbedding',
      inputs: { ...pair, signs },
      none: ['signs'],
      build: (t) => [
        cosineEmbedding(t['a'], t['b'], t['signs']),
        cosineEmbedding(t['a'], t['b'], t['signs'], -0.7),
      ],
    },
    {
      name: 'cosineSquaredError',
      inputs: { ...pair, signs },
      build: (t) => cosineSquaredError(t['a'], t['b'], t['signs']),
    },
  ],
  tripletMargin: [0.2, 1, 10].map((margin) => ({
    name: `tripletMargin of ${margin}`,
    inputs: { ...pair, c: normal([5, 4]) },
    build: (t) => tripletMargin(t['a'], t['b'], t['c'], margin),
  })),
  infoNCE: [
    { name: 'infoNCE', inputs: pair, build: (t) => infoNCE(t['a'], t['b']) },
    {
      name: 'infoNCE one way, with further keys',
      inputs: { a: normal([3, 4]), b: normal([7, 4]) },
      build: (t) => infoNCE(t['a'], t['b'], { symmetric: false, normalize: false, temperature: 0.5 }),
    },
    {
      name: 'infoNCE with a learned temperature',
      inputs: { ...pair, temperature: uniform([], 0.2, 0.4) },
      build: (t) => infoNCE(t['a'], t['b'], { temperature: t['temperature'] }),
    },
  ],
  supervisedContrastive: [
    {
      name: 'supervisedContrastive',
      inputs: { z: normal([6, 4]), labels },
      build: (t) => supervisedContrastive(t['z'], t['labels'], { temperature: 0.2 }),
    },
    {
      name: 'supervisedContrastive without another of any class',
      inputs: { z: normal([3, 4]), labels: given([3], [2, 1, 0], 'int64') },
      build: (t) => supervisedContrastive(t['z'], t['labels'], { normalize: false, temperature: 1 }),
    },
  ],
  softClip: [1, 0.5].map((temperature) => ({
    name: `softClip of ${temperature}`,
    inputs: pair,
    build: (t) => softClip(t['a'], t['b'], temperature),
  })),
  meanSquaredError: [
    { name: 'meanSquaredError', inputs: pair, build: (t) => meanSquaredError(t['a'], t['b']) },
  ],
  vectors: [
    {
      name: 'l2Normalize, dot, cosineSimilarity, euclideanDistance',
      inputs: pair,
      build: (t) => [
        l2Normalize(t['a']),
        dot(t['a'], t['b']),
        cosineSimilarity(t['a'], t['b']),
        euclideanDistance(t['a'], t['b']),
      ],
    },
  ],
} satisfies Readonly<Record<string, readonly Case[]>>;

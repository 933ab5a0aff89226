/** What scopes give out, and how layers say what is wrong. */

import { describe, expect, it } from 'vitest';
import { gradientTerms } from '../../src/nn/autodiff.ts';
import { onesInit } from '../../src/nn/initialize.ts';
import { multiHeadAttention } from '../../src/nn/layers/attention.ts';
import { linear } from '../../src/nn/layers/linear.ts';
import { causalBias } from '../../src/nn/layers/masks.ts';
import { learnedPositions } from '../../src/nn/layers/positions.ts';
import { transformerEncoder } from '../../src/nn/layers/transformer.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { infoNCE } from '../../src/nn/losses/contrastive.ts';
import { meanSquaredError } from '../../src/nn/losses/squared-error.ts';
import { attentionOperation } from '../../src/nn/ops/attention.ts';
import { sum } from '../../src/nn/ops/broadcast.ts';
import { add, mul } from '../../src/nn/ops/elementwise.ts';
import { input } from '../../src/nn/ops/source.ts';
import { Scope } from '../../src/nn/scope.ts';
import { applyAll, type Tensor } from '../../src/nn/tensor.ts';

const options = { layers: 1, heads: 2, inner: 8 };

describe('a scope', () => {
  it('names parameters by where they are used', () => {
    const scope = new Scope(false);
    transformerEncoder(scope.at('encoder'), input('x', [1, 2, 4]), options);
    expect([...scope.declarations.parameters.keys()]).toEqual([
      'encoder.0.attention.query.weight',
      'encoder.0.attention.query.bias',
      'encoder.0.attention.key.weight',
      'encoder.0.attention.key.bias',
      'encoder.0.attention.value.weight',
      'encoder.0.attention.value.bias',
      'encoder.0.attention.output.weight',
      'encoder.0.attention.output.bias',
      'encoder.0.attention.norm.scale',
      'encoder.0.attention.norm.bias',
      'encoder.0.feedForward.inner.weight',
      'encoder.0.feedForward.inner.bias',
      'encoder.0.feedForward.output.weight',
      'encoder.0.feedForward.output.bias',
      'encoder.0.feedForward.norm.scale',
      'encoder.0.feedForward.norm.bias',
    ]);
  });

  it('shares a parameter that is asked for twice', () => {
    const scope = new Scope(false);
    expect(scope.parameter('w', [2], onesInit)).toBe(scope.parameter('w', [2], onesInit));
  });

  it('gives each dropout a mask of its own, and none where dropout does not act', () => {
    const x = input('x', [2, 3]);
    const training = new Scope(true);
    const masks = [training.dropoutMask([2], 0.5), training.at('part').dropoutMask([2], 0.5)];
    expect(masks.map((mask) => (mask as Tensor).node.attributes)).toMatchObject([
      { name: 'mask.0' },
      { name: 'mask.1' },
    ]);
    expect(training.dropout(x, 0)).toBe(x);
    expect(new Scope(false).dropout(x, 0.5)).toBe(x);
  });
});

describe('errors', () => {
  const scope = new Scope(false);
  const x = input('x', [1, 2, 4]);

  it.each<[string, () => unknown, string]>([
    [
      'a layer used for another width',
      () => {
        transformerEncoder(scope.at('encoder'), x, options);
        transformerEncoder(scope.at('encoder'), input('y', [1, 2, 6]), options);
      },
      'encoder.0.attention.query (linear): encoder.0.attention.query.weight is [4, 4] already, asked for as [6, 6]',
    ],
    [
      'heads that do not divide the width',
      () => multiHeadAttention(scope.at('decoder.1.cross'), x, { heads: 3 }),
      'decoder.1.cross (multiHeadAttention): width 4 does not divide into 3 heads',
    ],
    [
      'a bias that does not fit',
      () => multiHeadAttention(scope.at('self'), x, { heads: 2, bias: causalBias(3) }),
      'self (multiHeadAttention): [1, 1, 3, 3] and [1, 2, 2, 2] do not fit: axis -2 is 3 in one, 2 in the other',
    ],
    [
      'a width that is not known',
      () => linear(scope.at('head'), input('z', [2, 'width']), 3),
      'head (linear): the last size of float32[2, width] must be known',
    ],
    [
      'more positions than there are',
      () => learnedPositions(scope.at('positions'), input('z', [1, 9, 4]), { maximum: 8 }),
      'positions (learnedPositions): 9 positions, of at most 8',
    ],
    [
      'a model without a name',
      () => linear(scope, input('z', ['batch', 3], 'int64'), 2),
      'model (linear): affine: float32 expected, got int64[batch, 3]',
    ],
    [
      'truth values that are multiplied',
      () => mul(input('a', [2], 'bool'), input('b', [2], 'bool')),
      'mul: numbers expected, got bool[2]',
    ],
    [
      'operands of two types',
      () => add(input('a', [2]), input('b', [2], 'int64')),
      'add: operands of one type expected, got float32[2] and int64[2]',
    ],
    [
      'targets of another shape',
      () => crossEntropy(x, input('ids', [2], 'int64')),
      'loss (crossEntropy): targets: [1, 2] expected, got int64[2]',
    ],
    [
      'weights of other classes',
      () => crossEntropy(x, input('ids', [1, 2], 'int64'), { classWeights: [1, 2] }),
      'loss (crossEntropy): 4 class weights expected, got 2',
    ],
    [
      'targets that would be broadcast',
      () => meanSquaredError(input('p', [3, 1]), input('t', [3])),
      'loss (meanSquaredError): target: [3, 1] expected, got float32[3]',
    ],
    [
      'keys that are too few',
      () => infoNCE(input('q', [3, 2]), input('k', [4, 2])),
      'loss (infoNCE): as many keys as queries float32[3, 2] expected, got float32[4, 2]',
    ],
    [
      'shapes that do not broadcast',
      () => add(input('a', [2, 3]), input('b', [2])),
      '[2, 3] and [2] do not fit: axis -1 is 3 in one, 2 in the other',
    ],
    [
      'a loss of several numbers',
      () => gradientTerms(x, [x]),
      'loss: one number (float32[]) expected, got float32[1, 2, 4]',
    ],
    [
      'a loss of what attention keeps for itself',
      () => {
        const q = input('q', [1, 1, 2, 2]);
        const attributes = { scale: 1, biased: false, masked: false };
        const kept = applyAll(attentionOperation, [q, q, q], attributes)[1];
        gradientTerms(sum(mul(kept, 2)), [q]);
      },
      'attention: only its result has a gradient, not what it keeps for its own',
    ],
  ])('%s', (_, body, message) => {
    expect(body).toThrow(message);
  });
});

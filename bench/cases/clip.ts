/** Two encoders, 3 x 256, of 256 and 64 positions, batch 16, with projection heads and CLIP's soft targets. */

import { projectionHead } from '../../src/nn/layers/heads.ts';
import { maskedMean } from '../../src/nn/layers/pooling.ts';
import { softClip } from '../../src/nn/losses/soft-clip.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import { batches, ids, mask, type TrainingCase } from './case.ts';
import { encode } from './transformer.ts';

const SIZES = {
  layers: 3,
  width: 256,
  heads: 8,
  inner: 1024,
  vocabulary: 8000,
  batch: 16,
  code: 256,
  text: 64,
};

export const clipTrain: TrainingCase = {
  name: 'clip-train',
  optimizer: adamW({ learningRate: 1e-4 }),
  sizes: SIZES,
  batches: batches('clip', (random) => ({
    code: ids(random, [SIZES.batch, SIZES.code], SIZES.vocabulary),
    codeMask: mask(random, SIZES.batch, SIZES.code),
    text: ids(random, [SIZES.batch, SIZES.text], SIZES.vocabulary),
    textMask: mask(random, SIZES.batch, SIZES.text),
  })),
  model(scope, { code, codeMask, text, textMask }) {
    const sides = [
      [scope.at('code'), code, codeMask],
      [scope.at('text'), text, textMask],
    ] as const;
    const [images, texts] = sides.map(([part, tokens, present]) => {
      const pooled = maskedMean(encode(part, tokens, present, SIZES), present);
      return projectionHead(part.at('head'), pooled, SIZES.width, { dropout: 0 });
    });
    return { loss: softClip(images, texts) };
  },
};

/** T5 and CodeT5 writing token by token. */

import type { EncoderDecoder } from '../generation/writer.ts';
import { decoderMemory, decoderStep } from '../layers/cached.ts';
import { paddingBias } from '../layers/masks.ts';
import { nextRelativeBias } from '../layers/relative.ts';
import {
  t5DecoderBlocks,
  t5Embedding,
  t5Encoder,
  t5Logits,
  t5Positions,
  t5Start,
  type T5Config,
} from './t5.ts';

export function t5Writer(config: T5Config): EncoderDecoder {
  const options = t5DecoderBlocks(config);
  return {
    kind: 'encoder-decoder',
    vocabulary: config.vocab_size,
    layers: options.layers,
    heads: config.num_heads,
    headSize: config.d_kv,
    start: t5Start(config),
    end: config.eos_token_id,
    read(scope, ids, mask) {
      return decoderMemory(
        scope.at('decoder'),
        t5Encoder(scope, ids, mask, config),
        paddingBias(mask),
        options,
      );
    },
    step(scope, { tokens, context }) {
      const decoder = scope.at('decoder');
      const x = t5Embedding(scope, tokens, config);
      const bias = nextRelativeBias(decoder.at('positions'), context.slots, t5Positions(config, false));
      const { output, fresh } = decoderStep(decoder, x, options, { ...context, bias });
      return { logits: t5Logits(scope, output, config), fresh };
    },
  };
}

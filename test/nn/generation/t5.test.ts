import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Generator } from '../../../src/nn/generation/generator.ts';
import type { WriteOptions } from '../../../src/nn/generation/options.ts';
import { loadT5, type LoadedT5 } from '../../../src/nn/import/huggingface.ts';
import { t5Start } from '../../../src/nn/import/t5.ts';
import { t5Writer } from '../../../src/nn/import/t5-writer.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';
import { checkpoint, expectedJson, expectedTensors } from '../import/support.ts';

interface Generated {
  name: string;
  options: {
    max_length: number;
    min_length?: number;
    no_repeat_ngram_size?: number;
    num_beams?: number;
    num_return_sequences?: number;
    length_penalty?: number;
    early_stopping?: boolean;
  };
  sequences: number[][];
  scores: number[] | null;
}

/** transformers counts the start token, we do not. */
function asOurs(options: Generated['options']): WriteOptions {
  const beams = options.num_beams ?? 1;
  return {
    maximum: options.max_length - 1,
    minimum: options.min_length ?? 0,
    ...(options.no_repeat_ngram_size ? { noRepeat: options.no_repeat_ngram_size } : {}),
    method:
      beams === 1
        ? { kind: 'greedy' }
        : {
            kind: 'beams',
            beams,
            lengthPenalty: options.length_penalty ?? 1,
            earlyStopping: options.early_stopping ?? false,
            returned: options.num_return_sequences ?? 1,
          },
  };
}

describe.each(['t5', 't5-gated'])('%s writes what transformers writes', (name) => {
  const { generated } = expectedJson(`${name}/expected`) as { generated: Generated[] };
  const { ids, mask } = expectedTensors(name);
  let loaded: LoadedT5;
  let generator: Generator;
  beforeAll(async () => {
    loaded = await loadT5(checkpoint(name));
    generator = await Generator.open(nodeRuntime({ threads: 1 }), t5Writer(loaded.config), loaded.parameters);
  });
  afterAll(() => generator.close());

  it.each(generated)('$name', async ({ options, sequences, scores }) => {
    const { eos_token_id: end } = loaded.config;
    const found = (await generator.write({ ids, mask }, asOurs(options))).flat();
    const whole = found.map(({ tokens, ended }) => [
      t5Start(loaded.config),
      ...tokens,
      ...(ended ? [end] : []),
    ]);
    // What follows the end is padding.
    const expected = sequences.map((tokens) => {
      const at = tokens.indexOf(end, 1);
      return at < 0 ? tokens : tokens.slice(0, at + 1);
    });
    expect(whole).toEqual(expected);
    scores?.forEach((score, i) => expect(found[i].score).toBeCloseTo(score, 4));
  });
});

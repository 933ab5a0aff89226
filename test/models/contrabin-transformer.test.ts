/** A view's encoder of RoBERTa's build: what transformers computes, text by text, and what masking learns of it. */

import { describe, expect, it } from 'vitest';
import { tokenBatch } from '../../src/models/contrabin/batch.ts';
import { ViewEncoder } from '../../src/models/contrabin/encode.ts';
import { encodeView, layoutOf } from '../../src/models/contrabin/encoder.ts';
import { maskedBatch, maskedModel } from '../../src/models/contrabin/masked.ts';
import {
  longestText,
  ownTransformer,
  transformerNetwork,
  type TransformerNetwork,
} from '../../src/models/contrabin/transformer.ts';
import { CheckpointVocabulary, framed } from '../../src/models/contrabin/vocabulary.ts';
import type { RobertaConfig } from '../../src/nn/import/bert.ts';
import { loadEncoder, type LoadedEncoder } from '../../src/nn/import/huggingface.ts';
import { input } from '../../src/nn/ops/source.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import { RandomStream } from '../../src/nn/random.ts';
import type { HostTensors } from '../../src/nn/runtime.ts';
import { Scope } from '../../src/nn/scope.ts';
import { evaluate } from '../../src/nn/session.ts';
import type { Model } from '../../src/nn/training/gradient-graph.ts';
import { Trainer } from '../../src/nn/training/trainer.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';
import { Bpe, SPECIAL, SPECIALS } from '../../src/tokens/bpe/bpe.ts';
import { checkpoint, expectedTensors } from '../nn/import/support.ts';
import { readFileSync } from 'node:fs';

const runtime = nodeRuntime({ threads: 1 });
const WIDTH = 16;

async function open(name: string): Promise<{ loaded: LoadedEncoder; network: TransformerNetwork }> {
  const loaded = await loadEncoder(checkpoint(name));
  return { loaded, network: transformerNetwork(loaded.config as RobertaConfig) };
}

/** The tokens of each row of what transformers was given, without its padding. */
function textsOf({ ids, mask }: HostTensors): number[][] {
  const [rows, length] = ids.shape;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length }, (_, i) => row * length + i)
      .filter((at) => Number(mask.data[at]) === 1)
      .map((at) => Number(ids.data[at])),
  );
}

const inputsOf = (batch: HostTensors) =>
  Object.fromEntries(
    Object.entries(batch).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  ) as Parameters<Model>[1];

/** States and pooled vectors of some texts in one batch. */
function encoded(texts: readonly number[][], { loaded, network }: Awaited<ReturnType<typeof open>>) {
  const batch = tokenBatch(texts, layoutOf(network));
  const { tokens, owner, numbers } = inputsOf(batch);
  const outputs = encodeView(new Scope(false), { tokens, owner, numbers }, network);
  return evaluate(runtime, { ...outputs }, batch, { frozen: loaded.parameters });
}

function expectClose(found: ArrayLike<number | bigint>, expected: ArrayLike<number | bigint>): void {
  expect(found.length).toBe(expected.length);
  Array.from(found, Number).forEach((value, i) => expect(value).toBeCloseTo(Number(expected[i]), 4));
}

describe('encodeView of RoBERTa’s build', () => {
  it('gives what transformers gives: a state for each token, and the first token’s for the text', async () => {
    const opened = await open('roberta');
    const expected = expectedTensors('roberta');
    const texts = textsOf(expected);
    // The rows are longer than those that transformers was given.
    const { states, pooled } = await encoded(texts, opened);
    const row = states.shape[0] / texts.length;
    expect(row).toBeGreaterThanOrEqual(expected['hidden'].shape[1]);
    const length = expected['hidden'].shape[1];
    texts.forEach((text, i) => {
      const at = (rows: number) => i * rows * WIDTH;
      const hidden = expected['hidden'].data.slice(at(length), at(length) + text.length * WIDTH);
      expectClose(states.data.slice(at(row), at(row) + text.length * WIDTH), hidden);
      expectClose(pooled.data.slice(i * WIDTH, (i + 1) * WIDTH), hidden.slice(0, WIDTH));
    });
  });

  it('gives a text what the loader’s encoder gives it alone, whatever stands beside it', async () => {
    const opened = await open('roberta');
    const random = new RandomStream(1, 'texts');
    const texts = [3, 48, 1, 20].map((length) => Array.from({ length }, () => 5 + random.below(290)));
    const { states, pooled } = await encoded(texts, opened);
    const row = states.shape[0] / texts.length;
    for (const [i, text] of texts.entries()) {
      const data = BigInt64Array.from(text, BigInt);
      const shape = [1, text.length];
      const { hidden } = opened.loaded.apply(new Scope(false), {
        ids: input('ids', shape, 'int64'),
        mask: input('mask', shape, 'int64'),
      });
      const alone = await evaluate(
        runtime,
        { hidden },
        {
          ids: { dtype: 'int64', shape, data },
          mask: { dtype: 'int64', shape, data: data.map(() => 1n) },
        },
        { frozen: opened.loaded.parameters },
      );
      const whole = alone['hidden'].data;
      expect(whole).toHaveLength(text.length * WIDTH);
      expectClose(states.data.slice(i * row * WIDTH, (i * row + text.length) * WIDTH), whole);
      expectClose(pooled.data.slice(i * WIDTH, (i + 1) * WIDTH), whole.slice(0, WIDTH));
    }
  });

  it('encodes any number of texts, in their order, cut to what it has positions for', async () => {
    const { loaded, network } = await open('roberta');
    const parameters = new Map([...loaded.parameters].map(([name, values]) => [`view.${name}`, values]));
    const encoder = await ViewEncoder.open(runtime, { network, path: 'view' }, parameters);
    const random = new RandomStream(2, 'texts');
    const texts = Array.from({ length: 150 }, () =>
      Array.from({ length: 1 + random.below(60) }, () => 5 + random.below(290)),
    );
    const vectors = await encoder.encode(texts);
    expect(vectors).toHaveLength(150);
    for (const i of [0, 17, 149]) {
      const { pooled } = await encoded([texts[i].slice(0, 48)], { loaded, network });
      expectClose(vectors[i], pooled.data);
    }
    await encoder.close();
  });

  it('refuses texts that are in no rows, and such as are longer than its positions', async () => {
    const { network } = await open('roberta');
    const flat = inputsOf(tokenBatch([[5, 6], [7]], 16));
    const { tokens, owner, numbers } = flat;
    expect(() => encodeView(new Scope(false), { tokens, owner, numbers }, network)).toThrow(
      'a row for each text expected, got int32[16]',
    );
    const text = Array.from({ length: 49 }, () => 5);
    expect(() => tokenBatch([text], layoutOf(network))).toThrow('at most 48 tokens expected, got 49');
  });
});

describe('vocabularies of transformers', () => {
  it('cuts texts as transformers cuts them', async () => {
    const vocabulary = await CheckpointVocabulary.open(checkpoint('roberta'));
    interface Expected {
      tokenizer: { single: { text: string; ids: number[] }[] };
    }
    const file = `${checkpoint('roberta').where}/expected.json`;
    const { tokenizer } = JSON.parse(readFileSync(file, 'utf8')) as Expected;
    for (const { text, ids } of tokenizer.single) {
      expect(vocabulary.encode(text, 48)).toEqual(ids);
      // The end stays where a text is cut.
      if (ids.length > 6) expect(vocabulary.encode(text, 6)).toEqual([...ids.slice(0, 5), 2]);
    }
    expect(vocabulary.maskTokens).toEqual({ mask: 4, first: 5 });
    expect(vocabulary.size).toBe(300);
  });

  it('has a beginning and an end of ours where no folder gives them', () => {
    const bpe = new Bpe({ cut: 'words', merges: [] });
    const text = framed(bpe);
    const letters = bpe.encode('abcdef');
    expect(text.encode('abcdef', 10)).toEqual([SPECIAL.begin, ...letters, SPECIAL.end]);
    expect(text.encode('abcdef', 5)).toEqual([SPECIAL.begin, ...letters.slice(0, 3), SPECIAL.end]);
  });
});

describe('masked-language pre-training of RoBERTa’s build', () => {
  it('has the loss that transformers’ logits have', async () => {
    const { loaded, network } = await open('roberta-masked');
    const expected = expectedTensors('roberta-masked');
    const texts = textsOf(expected);
    const length = expected['ids'].shape[1];
    const batch = tokenBatch(texts, { lengths: [length], padding: 1 });
    const places = Int32Array.from(texts.flatMap((text, i) => text.map((_, k) => i * length + k)));
    const answers = places.map((_, i) => (7 * i) % network.vocabulary);
    const shape = [places.length];
    const feeds: HostTensors = {
      ...batch,
      places: { dtype: 'int32', shape, data: places },
      answers: { dtype: 'int32', shape, data: answers },
    };
    const { loss } = maskedModel(network, 'view')(new Scope(false), inputsOf(feeds));
    const frozen = new Map([...loaded.parameters].map(([name, values]) => [`view.${name}`, values]));
    const found = await evaluate(runtime, { loss }, feeds, { frozen });
    const losses = Array.from(places, (place, i) => {
      const first = place * network.vocabulary;
      const logits = Array.from(expected['logits'].data.slice(first, first + network.vocabulary), Number);
      const most = Math.max(...logits);
      const total = logits.reduce((sum, value) => sum + Math.exp(value - most), 0);
      return most + Math.log(total) - logits[answers[i]];
    });
    const meanLoss = losses.reduce((a, b) => a + b, 0) / losses.length;
    expect(Number(found['loss'].data[0])).toBeCloseTo(meanLoss, 3);
  });

  it('asks for no special token, and puts none in another’s place', () => {
    const texts = Array.from({ length: 20 }, () => [0, ...Array.from({ length: 40 }, (_, i) => 5 + i), 2]);
    const layout = { lengths: [48], padding: 1 };
    const masks = { mask: 4, first: 5 };
    const plain = tokenBatch(texts, layout)['tokens'].data;
    const { tokens, answers } = maskedBatch(texts, 300, new RandomStream(1, 'masks'), masks, layout);
    expect(tokens.shape).toEqual([20, 48]);
    const asked = Array.from(answers.data, Number).filter((answer) => answer !== -1);
    expect(asked.length).toBeGreaterThan(60);
    expect(Math.min(...asked)).toBeGreaterThanOrEqual(5);
    const changed = Array.from(tokens.data, Number).filter((token, at) => token !== Number(plain[at]));
    expect(changed.filter((token) => token === 4).length).toBeGreaterThan(40);
    expect(Math.min(...changed)).toBeGreaterThanOrEqual(4);
  });

  it('learns to tell what neighbours tell, from numbers that are drawn', async () => {
    const sizes = { vocabulary: 40, width: 32, inner: 64, layers: 2, heads: 4, dropout: 0 };
    const network = ownTransformer(sizes, 18);
    expect(longestText(network)).toBe(18);
    const random = new RandomStream(1, 'start');
    // Each token is the one before it plus one.
    const texts = Array.from({ length: 64 }, () => {
      const start = random.below(20);
      return [SPECIAL.begin, ...Array.from({ length: 16 }, (_, i) => SPECIALS + start + i), SPECIAL.end];
    });
    const batch = (step: number) =>
      maskedBatch(texts, 40, new RandomStream(2, 'masks', step), undefined, layoutOf(network));
    const trainer = await Trainer.create(
      { runtime, model: maskedModel(network, 'view'), optimizer: adamW({ learningRate: 0.005 }), seed: 1 },
      batch(0),
    );
    const losses: number[] = [];
    for (let step = 0; step < 150; step++) losses.push((await trainer.step([batch(step)])).loss);
    // Who knows nothing has log(36) = 3.6.
    expect(losses[0]).toBeGreaterThan(3);
    expect(Math.max(...losses.slice(-5))).toBeLessThan(1);
    await trainer.close();
  });
});

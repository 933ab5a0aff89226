/** What ContraBin's views are encoded by: a batch changes nothing, and masked tokens are learned. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenBatch } from '../../src/models/contrabin/batch.ts';
import { encodeView, type ViewNetwork } from '../../src/models/contrabin/encoder.ts';
import { maskedBatch, maskedModel } from '../../src/models/contrabin/masked.ts';
import { STAGES } from '../../src/models/contrabin/objective.ts';
import { contraBinBatch, contraBinModel, type ProgramViews } from '../../src/models/contrabin/training.ts';
import { VIEWS } from '../../src/models/contrabin/views.ts';
import { mean } from '../../src/nn/ops/reduce.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import { RandomStream } from '../../src/nn/random.ts';
import type { Model } from '../../src/nn/training/gradient-graph.ts';
import { Trainer } from '../../src/nn/training/trainer.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';
import { SPECIAL, SPECIALS } from '../../src/tokens/bpe/bpe.ts';

const NETWORK: ViewNetwork = { vocabulary: 40, width: 16, inner: 24, layers: 5, heads: 4, dropout: 0 };

/** A text of each length, its tokens drawn. */
function texts(lengths: readonly number[], seed = 1): number[][] {
  const random = new RandomStream(seed, 'texts');
  return lengths.map((length) =>
    Array.from({ length }, () => SPECIALS + random.below(NETWORK.vocabulary - SPECIALS)),
  );
}

describe('encodeView', () => {
  const model: Model = (scope, { tokens, owner, numbers }) => {
    const { states, pooled } = encodeView(scope, { tokens, owner, numbers }, NETWORK);
    return { loss: mean(pooled), states, pooled };
  };
  const options = { runtime: nodeRuntime(), model, optimizer: adamW({ learningRate: 0.001 }), seed: 3 };

  it('gives a text the vector that it has alone, whatever stands beside it', async () => {
    const all = texts([1, 9, 70, 2, 33]);
    const trainer = await Trainer.create(options, tokenBatch(all, 16));
    const together = (await trainer.evaluate(tokenBatch(all, 16)))['pooled'].data.slice();
    for (const [i, text] of all.entries()) {
      const { pooled } = await trainer.evaluate(tokenBatch([text], 16));
      const size = 2 * NETWORK.width;
      const expected = together.slice(i * size, (i + 1) * size) as Float32Array;
      expect(expected.some((value) => Math.abs(value) > 0.1)).toBe(true);
      (pooled.data as Float32Array).forEach((value, k) => expect(value).toBeCloseTo(expected[k], 4));
    }
    await trainer.close();
  });

  it('sees further than its neighbours', async () => {
    const [text] = texts([40]);
    const other = text.with(0, text[0] === SPECIALS ? SPECIALS + 1 : SPECIALS);
    const trainer = await Trainer.create(options, tokenBatch([text], 16));
    // What it gives is overwritten by the next batch.
    const one = (await trainer.evaluate(tokenBatch([text], 16)))['states'].data.slice();
    const two = (await trainer.evaluate(tokenBatch([other], 16)))['states'].data.slice();
    const at = (states: typeof one, place: number) =>
      states.slice(place * NETWORK.width, (place + 1) * NETWORK.width);
    // By convolutions 1 + 2 + 4 + 8 + 1 tokens, and by the summary all.
    for (const place of [0, 15, 39]) expect(at(one, place)).not.toEqual(at(two, place));
    await trainer.close();
  });
});

describe('masked-language pre-training', () => {
  it('asks for tokens of texts and for nothing else, and says what stood there', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 1, maxLength: 5 }), fc.nat(), (lengths, seed) => {
        const all = texts(lengths, seed);
        const plain = tokenBatch(all)['tokens'].data;
        const batch = maskedBatch(all, NETWORK.vocabulary, new RandomStream(seed, 'masks'));
        const { tokens, owner, places, answers } = batch;
        const asked = new Set<number>();
        answers.data.forEach((answer: number | bigint, i: number) => {
          if (Number(answer) < 0) return;
          const place = Number(places.data[i]);
          expect(owner.data[place]).not.toBe(-1);
          expect(answer).toBe(plain[place]);
          asked.add(place);
        });
        tokens.data.forEach((token: number | bigint, place: number) => {
          if (!asked.has(place)) expect(token).toBe(plain[place]);
        });
      }),
    );
  });

  it('masks in BERT’s shares', () => {
    const all = texts([30_000]);
    const { tokens, places, answers } = maskedBatch(all, NETWORK.vocabulary, new RandomStream(5, 'masks'));
    const asked = [...answers.data].map(Number).filter((answer) => answer >= 0);
    const found = asked.map((_, i) => Number(tokens.data[Number(places.data[i])]));
    const masked = found.filter((token) => token === SPECIAL.mask).length;
    const kept = found.filter((token, i) => token === asked[i]).length;
    // Five standard deviations.
    expect(Math.abs(asked.length / 30_000 - 0.15)).toBeLessThan(0.011);
    expect(Math.abs(masked / asked.length - 0.8)).toBeLessThan(0.03);
    expect(Math.abs(kept / asked.length - (0.1 + 0.1 / 36))).toBeLessThan(0.025);
  });

  it('learns to tell what neighbours tell', async () => {
    // Each token is the one before it plus one.
    const random = new RandomStream(1, 'start');
    const counting = (): number[] => {
      const start = random.below(20);
      return Array.from({ length: 16 }, (_, i) => SPECIALS + start + i);
    };
    const all = Array.from({ length: 64 }, counting);
    const batch = (step: number) => maskedBatch(all, NETWORK.vocabulary, new RandomStream(2, 'masks', step));
    const model = maskedModel(NETWORK, 'view');
    const trainer = await Trainer.create(
      { runtime: nodeRuntime(), model, optimizer: adamW({ learningRate: 0.01 }), seed: 1 },
      batch(0),
    );
    const losses: number[] = [];
    for (let step = 0; step < 60; step++) losses.push((await trainer.step([batch(step)])).loss);
    // Who knows nothing has log(36) = 3.6.
    expect(losses[0]).toBeGreaterThan(3);
    expect(Math.max(...losses.slice(-5))).toBeLessThan(0.5);
    await trainer.close();
  });
});

describe('contrastive pre-training', () => {
  const COUNT = 8;
  const VECTOR = 12;

  /** Programs whose code is their own, with views of nothing in common: vectors, or texts, that are drawn. */
  function programs(anchored: boolean): ProgramViews[] {
    const random = new RandomStream(4, 'views');
    const vector = () => Float32Array.from({ length: VECTOR }, () => random.normal());
    const text = () => texts([12], random.below(1000))[0];
    const view = anchored ? vector : text;
    return Array.from({ length: COUNT }, (_, i) => ({
      source: view(),
      comment: view(),
      binary: texts([20], i)[0],
    }));
  }

  it('learns the same where what is compared with nothing is left out', async () => {
    const all = programs(false);
    const learned = async (sparing: boolean) => {
      const tokens: number[] = [];
      const batch = (step: number) => {
        const layouts = { source: 32, binary: 32, comment: 32 };
        const random = new RandomStream(1, 'draws', step);
        const made = contraBinBatch(all, 'primary', VIEWS, false, random, layouts, sparing);
        tokens.push(...VIEWS.map((view) => made[`${view}.tokens`].data.length));
        return made;
      };
      const model = contraBinModel({
        network: NETWORK,
        anchor: NETWORK,
        anchored: false,
        size: 16,
        dropout: 0,
        objective: {
          interpolation: { joining: 'sum', dropout: 0 },
          comparison: 'InfoNCE',
          temperature: 1,
        },
      });
      const trainer = await Trainer.create(
        { runtime: nodeRuntime(), model, optimizer: adamW({ learningRate: 0.001 }), seed: 2 },
        batch(0),
      );
      const losses: number[] = [];
      for (let step = 0; step < 6; step++) losses.push((await trainer.step([batch(step)])).loss);
      await trainer.close();
      return { losses, tokens: tokens.reduce((a, b) => a + b, 0) };
    };
    const [whole, spared] = [await learned(false), await learned(true)];
    expect(spared.tokens).toBeLessThan(0.9 * whole.tokens);
    spared.losses.forEach((loss, i) => expect(loss).toBeCloseTo(whole.losses[i], 4));
  });

  // Soft targets alone hold nothing apart where both sides may move.
  it.each([
    { anchored: true, comparison: 'soft targets' },
    { anchored: false, comparison: 'InfoNCE' },
  ] as const)(
    'brings the views of a program together: $anchored, $comparison',
    async ({ anchored, comparison }) => {
      const all = programs(anchored);
      const model = contraBinModel({
        network: NETWORK,
        anchor: NETWORK,
        anchored,
        size: 16,
        dropout: 0,
        objective: {
          interpolation: { joining: 'sum', dropout: 0 },
          comparison,
          temperature: 1,
        },
      });
      const batch = (step: number) =>
        contraBinBatch(
          all,
          STAGES[Math.floor(step / 30) % STAGES.length],
          VIEWS,
          anchored,
          new RandomStream(1, 'draws', step),
          { source: 64, binary: 64, comment: 64 },
        );
      const trainer = await Trainer.create(
        { runtime: nodeRuntime(), model, optimizer: adamW({ learningRate: 0.003 }), seed: 2 },
        batch(0),
      );
      /** Programs whose code lies nearest to their own source code. */
      const found = async (): Promise<number> => {
        const { binary, source } = await trainer.evaluate(batch(0));
        const row = ({ data }: typeof binary, i: number) =>
          (data as Float32Array).slice(i * 16, (i + 1) * 16);
        return all.filter((_, i) => {
          const scores = all.map((_, k) =>
            row(binary, i).reduce((sum, value, d) => sum + value * row(source, k)[d], 0),
          );
          return scores.indexOf(Math.max(...scores)) === i;
        }).length;
      };
      expect(await found()).toBeLessThan(COUNT / 2);
      for (let step = 0; step < 90; step++) await trainer.step([batch(step)]);
      expect(await found()).toBeGreaterThan(0.8 * COUNT);
      await trainer.close();
    },
  );
});

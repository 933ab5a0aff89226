/** What writes of code: token by token it says what the training graph says, and it learns. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Given, type Pair, writerBatch, writerSource } from '../../src/models/contrabin/writer-batch.ts';
import {
  codeWriter,
  writerLogits,
  writerModel,
  type WriterInputs,
  type WriterNetwork,
} from '../../src/models/contrabin/writer.ts';
import { ENCODERS } from '../../src/models/contrabin/training.ts';
import { tunedBatch, tunedModel } from '../../src/models/contrabin/tuning.ts';
import { Generator } from '../../src/nn/generation/generator.ts';
import { logSoftmax } from '../../src/nn/ops/softmax.ts';
import { sum } from '../../src/nn/ops/broadcast.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import { RandomStream } from '../../src/nn/random.ts';
import type { HostTensors } from '../../src/nn/runtime.ts';
import type { Model } from '../../src/nn/training/gradient-graph.ts';
import { Trainer } from '../../src/nn/training/trainer.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';
import { SPECIAL, SPECIALS } from '../../src/tokens/bpe/bpe.ts';

const NETWORK: WriterNetwork = {
  encoder: { vocabulary: 30, width: 16, inner: 24, layers: 3, heads: 4, dropout: 0 },
  decoder: {
    vocabulary: 25,
    layers: 2,
    heads: 4,
    inner: 24,
    dropout: 0,
    smoothing: 0,
    longestCode: 48,
    longestText: 12,
    longestHints: 10,
  },
};
const SIZES = { length: 12, longest: 48, hints: 10, step: 16 };
const runtime = nodeRuntime({ threads: 1 });

/** Tokens of texts, drawn. */
function drawn(lengths: readonly number[], vocabulary: number, seed: number): number[][] {
  const random = new RandomStream(seed, 'texts');
  return lengths.map((length) =>
    Array.from({ length }, () => SPECIALS + random.below(vocabulary - SPECIALS)),
  );
}

describe('writerBatch', () => {
  it('asks after each token for the next one, up to the end or where a text is cut', () => {
    const text = fc.array(fc.integer({ min: SPECIALS, max: 24 }), { maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ code: text, hints: text, text }), { minLength: 1, maxLength: 4 }),
        (pairs) => {
          const { tokens, places, hints, hinted, mask, previous, next } = writerBatch(pairs, SIZES);
          pairs.forEach((pair, row) => {
            const of = ({ data }: typeof next, columns: number): number[] =>
              Array.from(data.slice(row * columns, (row + 1) * columns), Number);
            const whole = [SPECIAL.begin, ...pair.text, SPECIAL.end];
            const padded = (list: number[]) =>
              [...list, ...Array<number>(30).fill(SPECIAL.padding)].slice(0, 12);
            expect(of(next, 12)).toEqual(padded(whole.slice(1)));
            // What is read after the end counts for nothing.
            expect(of(previous, 12).slice(0, whole.length - 1)).toEqual(whole.slice(0, -1).slice(0, 12));
            const there = of(mask, 58);
            const read = of(places, 48).filter((_, i) => there[10 + i] === 1);
            expect(read.map((place) => Number(tokens.data[place]))).toEqual(pair.code);
            expect(of(hints, 10).filter((_, i) => there[i] === 1)).toEqual(pair.hints.slice(0, 10));
            expect(of(hinted, 10)).toEqual(there.slice(0, 10).map((one) => (one === 1 ? row : -1)));
          });
        },
      ),
    );
  });
});

describe('codeWriter', () => {
  const codes = drawn([40, 3, 17, 29, 1], NETWORK.encoder.vocabulary, 1);
  const hints = drawn([4, 10, 0, 13, 7], NETWORK.decoder.vocabulary, 2);
  const given = codes.map((code, i) => ({ code, hints: hints[i] }));
  const model: Model = (scope, { next: _, ...inputs }) => {
    const logits = writerLogits(scope, inputs as unknown as WriterInputs, NETWORK);
    return { loss: sum(logits), logarithms: logSoftmax(logits) };
  };
  let trainer: Trainer;
  let generator: Generator;
  beforeAll(async () => {
    const sample = writerBatch([{ ...given[0], text: [] }], SIZES);
    trainer = await Trainer.create(
      { runtime, model, optimizer: adamW({ learningRate: 0.001 }), seed: 5 },
      sample,
    );
    // Far from where training begins, so that each layer counts and texts depend on codes.
    const random = new RandomStream(6, 'parameters');
    for (const [name, { data }] of trainer.parameters()) {
      trainer.assign(
        name,
        data.map((value) => value + 0.3 * random.normal()),
      );
    }
    const learned = new Map([...trainer.parameters()].map(([name, { data }]) => [name, data]));
    generator = await Generator.open(runtime, codeWriter(NETWORK), learned);
  });
  afterAll(async () => {
    await trainer.close();
    await generator.close();
  });

  /** By the training graph, of one code alone: logarithms of probabilities after each beginning of a text. */
  async function after(one: Given, text: readonly number[]): Promise<Float32Array[]> {
    const { logarithms } = await trainer.evaluate(writerBatch([{ ...one, text }], SIZES));
    const { vocabulary } = NETWORK.decoder;
    return Array.from({ length: SIZES.length }, (_, i) =>
      (logarithms.data as Float32Array).slice(i * vocabulary, (i + 1) * vocabulary),
    );
  }

  const likeliest = (scores: Float32Array): number => scores.indexOf(Math.max(...scores));

  it('goes on with the likeliest token, by one beam as by a plain loop', async () => {
    const options = { maximum: 8, method: { kind: 'beams', beams: 1 } } as const;
    const written = await generator.write(writerSource(given, 10), options);
    const texts: number[][] = [];
    for (const [i, one] of given.entries()) {
      const text: number[] = [];
      let score = 0;
      let ended = false;
      while (!ended && text.length < 8) {
        const next = (await after(one, text))[text.length];
        const token = likeliest(next);
        score += next[token];
        ended = token === SPECIAL.end;
        if (!ended) text.push(token);
      }
      const [best] = written[i];
      expect(best).toMatchObject({ tokens: text, ended });
      expect(best.score * (text.length + Number(ended))).toBeCloseTo(score, 3);
      texts.push(text);
    }
    expect(new Set(texts.map((text) => text.join())).size).toBeGreaterThan(1);
  });

  it('gives every text of five beams the probability that the training graph gives it', async () => {
    const options = { maximum: 8, method: { kind: 'beams', beams: 5, returned: 5 } } as const;
    const written = await generator.write(writerSource(given, 10), options);
    for (const [i, one] of given.entries()) {
      expect(written[i]).toHaveLength(5);
      for (const { tokens, score, ended } of written[i]) {
        const whole = [...tokens, ...(ended ? [SPECIAL.end] : [])];
        const logarithms = await after(one, tokens);
        const expected = whole.reduce((total, token, at) => total + logarithms[at][token], 0);
        expect(score * whole.length).toBeCloseTo(expected, 3);
      }
    }
  });
});

describe('writerModel', () => {
  it('has the parameters of the encoder where pre-training has them', async () => {
    const batch = writerBatch([{ code: [5, 6], hints: [8], text: [7] }], SIZES);
    const encoder = async (model: Model, sample: HostTensors) => {
      const optimizer = adamW({ learningRate: 0.001 });
      const trainer = await Trainer.create({ runtime, model, optimizer, seed: 1 }, sample);
      const names = [...trainer.parameters()].filter(([name]) => name.startsWith(`${ENCODERS.binary}.`));
      return names.map(([name, { shape }]) => `${name} ${shape.join()}`).sort();
    };
    const classes = tunedModel({ network: NETWORK.encoder, classes: 3, dropout: 0 });
    expect(await encoder(writerModel(NETWORK), batch)).toEqual(
      await encoder(classes, tunedBatch([[5, 6]], [1], 16)),
    );
  });

  it('tells how likely each text is, whatever stands beside it', async () => {
    const pairs = drawn([3, 8, 12], 25, 7).map((text, i) => ({ code: text, hints: text.slice(i), text }));
    const optimizer = adamW({ learningRate: 0.001 });
    const sample = writerBatch(pairs, SIZES);
    const trainer = await Trainer.create(
      { runtime, model: writerModel(NETWORK), optimizer, seed: 1 },
      sample,
    );
    const { loss, told } = await trainer.evaluate(sample);
    const [all, together] = [Number(loss.data[0]), Array.from(told.data, Number)];
    // Ends count where texts are not cut.
    const tokens = 4 + 9 + 12;
    expect(all).toBeCloseTo(-together.reduce((a, b) => a + b, 0) / tokens, 4);
    for (const [i, pair] of pairs.entries()) {
      const alone = await trainer.evaluate(writerBatch([pair], SIZES));
      expect(Number(alone['told'].data[0])).toBeCloseTo(together[i], 3);
    }
    await trainer.close();
  });

  /** Trains for a while. @returns of sixteen texts that it has not seen, those that it writes as they are */
  async function learned(steps: number, pair: (random: RandomStream) => Pair): Promise<number> {
    const network: WriterNetwork = {
      encoder: { ...NETWORK.encoder, width: 32, inner: 48 },
      decoder: { ...NETWORK.decoder, inner: 48 },
    };
    const random = new RandomStream(2, 'pairs');
    const pairs = (count: number): Pair[] => Array.from({ length: count }, () => pair(random));
    const batch = () => writerBatch(pairs(48), { length: 8, longest: 16, hints: 10, step: 256 });
    const trainer = await Trainer.create(
      {
        runtime,
        model: writerModel(network),
        optimizer: adamW({ learningRate: 0.005 }),
        seed: 1,
        clipNorm: 1,
      },
      batch(),
    );
    for (let step = 0; step < steps; step++) await trainer.step([batch()]);
    const parameters = new Map([...trainer.parameters()].map(([name, { data }]) => [name, data]));
    await trainer.close();
    const generator = await Generator.open(runtime, codeWriter(network), parameters);
    const held = pairs(16);
    const written = await generator.write(writerSource(held, 10), {
      maximum: 8,
      method: { kind: 'beams', beams: 5 },
    });
    await generator.close();
    return written.filter(([{ tokens }], i) => tokens.join() === Array.from(held[i].text).join()).length;
  }

  it('learns to write what a code says, in its order', async () => {
    // A text is the code, each of its tokens one further. A single one would be chance: there are twenty tokens a place.
    const right = await learned(150, (random) => {
      const code = Array.from({ length: 2 + random.below(5) }, () => SPECIALS + random.below(20));
      return { code, hints: [], text: code.map((token) => token + 1) };
    });
    expect(right).toBeGreaterThan(10);
  });

  it('learns to copy hints', async () => {
    const right = await learned(150, (random) => {
      const hints = Array.from({ length: 2 + random.below(5) }, () => SPECIALS + random.below(20));
      return { code: [SPECIALS], hints, text: hints };
    });
    expect(right).toBeGreaterThan(10);
  });
});

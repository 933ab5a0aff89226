/** The training loop: it learns, and neither a kill nor a new length of batches changes a number. */

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { embedding } from '../../../src/nn/layers/embedding.ts';
import { linear } from '../../../src/nn/layers/linear.ts';
import { paddingBias } from '../../../src/nn/layers/masks.ts';
import { transformerEncoder } from '../../../src/nn/layers/transformer.ts';
import { sum } from '../../../src/nn/ops/broadcast.ts';
import { cast, mul, neg } from '../../../src/nn/ops/elementwise.ts';
import { oneHot } from '../../../src/nn/ops/indexing.ts';
import { argmax, mean } from '../../../src/nn/ops/reduce.ts';
import { equal } from '../../../src/nn/ops/elementwise.ts';
import { logSoftmax } from '../../../src/nn/ops/softmax.ts';
import { decodeCheckpoint } from '../../../src/nn/training/checkpoint.ts';
import {
  BEST_CHECKPOINT,
  CURVES,
  LAST_CHECKPOINT,
  LOG,
  fit,
  type FitOptions,
  type TrainingData,
} from '../../../src/nn/training/fit.ts';
import type { Model } from '../../../src/nn/training/gradient-graph.ts';
import { optimizerOf } from '../../../src/nn/training/from-settings.ts';
import { parseSettings } from '../../../src/nn/training/settings.ts';
import { Trainer } from '../../../src/nn/training/trainer.ts';
import { RandomStream } from '../../../src/nn/random.ts';
import { fileStore } from '../../../src/runtimes/file-store.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';
import { BinscribeError } from '../../../src/error.ts';

const VOCABULARY = 12;

/** Whether a sequence holds more of the first half of the vocabulary than of the second. */
const model: Model = (scope, { tokens, present, labels }) => {
  const x = embedding(scope.at('words'), tokens, VOCABULARY, 8);
  const options = { layers: 1, heads: 2, inner: 16, dropout: 0.1 };
  const states = transformerEncoder(scope.at('encoder'), x, options, paddingBias(present));
  const logits = linear(scope.at('classifier'), mean(states, 1), 2);
  const likelihood = sum(mul(logSoftmax(logits), oneHot(labels, 2)), -1);
  const right = equal(cast(argmax(logits), 'int32'), labels);
  return { loss: neg(mean(likelihood)), right: cast(right, 'float32') };
};

const random = new RandomStream(3, 'data');
const sequences = Array.from({ length: 150 }, () =>
  Array.from({ length: 3 + 2 * random.below(5) }, () => random.below(VOCABULARY)),
);

const data: TrainingData = {
  count: 120,
  lengthOf: (example) => sequences[example].length,
  batch: (examples, length) => batchOf(examples, length ?? 12),
};

function batchOf(examples: readonly number[], length: number) {
  const tokens = new Int32Array(examples.length * length);
  const present = new Float32Array(examples.length * length);
  const labels = new Int32Array(examples.length);
  examples.forEach((example, i) => {
    tokens.set(sequences[example], i * length);
    present.fill(1, i * length, i * length + sequences[example].length);
    const low = sequences[example].filter((token) => token < VOCABULARY / 2).length;
    labels[i] = low * 2 > sequences[example].length ? 1 : 0;
  });
  const shape = [examples.length, length];
  return {
    tokens: { dtype: 'int32', shape, data: tokens },
    present: { dtype: 'float32', shape, data: present },
    labels: { dtype: 'int32', shape: [examples.length], data: labels },
  } as const;
}

const settings = parseSettings({
  optimizer: { name: 'adamW', learningRate: 0.03 },
  schedule: { name: 'linear', warmUp: 3 },
  epochs: 8,
  batchSize: 10,
  accumulate: 2,
  clipNorm: 1,
  buckets: [6, 12],
  checkpointEvery: 3,
});

const folder = (): string => mkdtempSync(join(tmpdir(), 'binscribe-fit-'));

async function trainer(): Promise<Trainer> {
  const runtime = nodeRuntime({ threads: 1 });
  const optimizer = optimizerOf(settings);
  return Trainer.create({ runtime, model, optimizer, seed: 5, clipNorm: 1 }, batchOf([0, 1], 6));
}

const accuracy = async (t: Trainer): Promise<{ accuracy: number }> => {
  const { right } = await t.evaluate(
    batchOf(
      Array.from({ length: 30 }, (_, i) => 120 + i),
      12,
    ),
  );
  return { accuracy: [...(right.data as Float32Array)].reduce((a, b) => a + b, 0) / 30 };
};

async function run(to: string, change: Partial<FitOptions> = {}) {
  const t = await trainer();
  try {
    const options = { trainer: t, data, settings, seed: 5, store: fileStore(to), evaluate: accuracy };
    return await fit({ ...options, higherIsBetter: true, ...change });
  } finally {
    await t.close();
  }
}

describe('fit', () => {
  it('learns, and leaves log, curves and two checkpoints', async () => {
    const to = folder();
    const reports: number[] = [];
    const result = await run(to, { onProgress: (r) => reports.push(r.loss) });
    expect(result.finished).toBe(true);
    expect(result.best).toBeGreaterThan(0.8);
    expect(reports.at(-1)).toBeLessThan(reports[0] * 0.7);
    const log = readFileSync(join(to, LOG), 'utf8').trim().split('\n');
    expect(log).toHaveLength(result.step + settings.epochs);
    expect(readFileSync(join(to, CURVES), 'utf8')).toContain('<svg');
    expect(decodeCheckpoint(readFileSync(join(to, BEST_CHECKPOINT)), 'best').snapshot.step).toBe(
      result.bestStep,
    );
  });

  it('gives the same numbers when it was stopped at any step and resumed', async () => {
    const whole = folder();
    await run(whole);
    const expected = readFileSync(join(whole, LAST_CHECKPOINT));
    for (const stopAt of [1, 4, 11]) {
      const to = folder();
      let seen = 0;
      // A kill: nothing more is written after this step, whatever the loop would have saved.
      const store = fileStore(to);
      const killed = run(to, {
        store,
        onProgress: () => {
          if (++seen === stopAt) throw new Error('killed');
        },
      });
      await expect(killed).rejects.toThrow('killed');
      await run(to);
      expect(readFileSync(join(to, LAST_CHECKPOINT)).equals(expected), `stopped at ${stopAt}`).toBe(true);
      expect(readFileSync(join(to, LOG), 'utf8')).toBe(readFileSync(join(whole, LOG), 'utf8'));
    }
  });

  it('stops with a checkpoint when told to, and goes on from it', async () => {
    const to = folder();
    const controller = new AbortController();
    const first = await run(to, { signal: controller.signal, onProgress: () => controller.abort() });
    expect(first).toMatchObject({ finished: false, step: 1 });
    expect((await run(to)).finished).toBe(true);
  });

  it('stops early when the metric no longer gets better', async () => {
    const stubborn = { ...settings, patience: 2, epochs: 50 };
    const result = await run(folder(), {
      settings: stubborn,
      evaluate: () => Promise.resolve({ constant: 1 }),
    });
    expect(result.step).toBe(3 * Math.ceil(result.step / 3));
    expect(result.bestStep).toBe(result.step / 3);
  });

  it('refuses a checkpoint of other settings, and a damaged one', async () => {
    const to = folder();
    await run(to, { settings: { ...settings, epochs: 1 } });
    await expect(run(to)).rejects.toThrow('other settings');
    const bytes = new Uint8Array(readFileSync(join(to, LAST_CHECKPOINT)));
    for (const at of [0, 9, 40, bytes.length - 40, bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at] ^= 4;
      expect(() => decodeCheckpoint(damaged, 'last.ckpt')).toThrow(BinscribeError);
      expect(() => decodeCheckpoint(bytes.slice(0, at), 'last.ckpt')).toThrow(BinscribeError);
    }
  });

  it('tells where a loss is no number, and keeps the parameters', async () => {
    const t = await trainer();
    const before = t.parameters().get('classifier.weight')!.data;
    t.assign('encoder.0.feedForward.inner.bias', new Float32Array(16).fill(Infinity));
    await expect(t.step([batchOf([0, 1], 6)])).rejects.toThrow(/loss NaN/);
    expect(t.parameters().get('classifier.weight')!.data).toEqual(before);
    await t.close();
  });
});

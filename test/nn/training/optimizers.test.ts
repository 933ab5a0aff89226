/** Optimisers, groups, clipping, accumulation and schedules against PyTorch, over twelve steps. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { embedding } from '../../../src/nn/layers/embedding.ts';
import { linear } from '../../../src/nn/layers/linear.ts';
import { square, sub } from '../../../src/nn/ops/elementwise.ts';
import { reshape } from '../../../src/nn/ops/layout.ts';
import { mean } from '../../../src/nn/ops/reduce.ts';
import { adam, adamW } from '../../../src/nn/optimizers/adam.ts';
import type { Optimizer } from '../../../src/nn/optimizers/optimizer.ts';
import {
  constantRate,
  cosine,
  linearDecay,
  noam,
  Plateau,
  warmUp,
  type Schedule,
} from '../../../src/nn/optimizers/schedules.ts';
import { sgd } from '../../../src/nn/optimizers/sgd.ts';
import type { HostTensors } from '../../../src/nn/runtime.ts';
import type { Model } from '../../../src/nn/training/gradient-graph.ts';
import type { ParameterGroup } from '../../../src/nn/training/layout.ts';
import { Trainer } from '../../../src/nn/training/trainer.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';

interface Golden {
  losses: number[];
  norms: number[];
  table: number[];
  weight: number[];
  bias: number[];
}
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, '../goldens/optimizers.json'), 'utf8')) as {
  ids: number[][];
  targets: number[][][];
  start: Record<'table' | 'weight' | 'bias', number[]>;
  cases: Record<string, Golden>;
};

const model: Model = (scope, { ids, targets }) => {
  const words = reshape(embedding(scope.at('table'), ids, 3, 4), [ids.size(0), 12]);
  return { loss: mean(square(sub(linear(scope.at('output'), words, 2), targets))) };
};

function batch(step: number, rows: readonly number[]): HostTensors {
  return {
    ids: {
      dtype: 'int32',
      shape: [rows.length, 3],
      data: Int32Array.from(rows.flatMap((r) => goldens.ids[r])),
    },
    targets: {
      dtype: 'float32',
      shape: [rows.length, 2],
      data: Float32Array.from(rows.flatMap((r) => goldens.targets[step][r])),
    },
  };
}

interface Case {
  optimizer: Optimizer;
  groups?: ParameterGroup[];
  clipNorm?: number;
  parts?: number[][];
  schedule?: Schedule;
}

const cases: Record<string, Case> = {
  sgd: { optimizer: sgd({ learningRate: 0.05 }) },
  'sgd with momentum and decay': { optimizer: sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 }) },
  'sgd with nesterov': { optimizer: sgd({ learningRate: 0.02, momentum: 0.8, nesterov: true }) },
  adam: { optimizer: adam({ learningRate: 0.05 }) },
  'adam with decay': {
    optimizer: adam({ learningRate: 0.05, weightDecay: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-6 }),
  },
  adamW: { optimizer: adamW({ learningRate: 0.05, weightDecay: 0.1 }) },
  'adamW, clipped': { optimizer: adamW({ learningRate: 0.05 }), clipNorm: 0.5 },
  'adamW in groups': {
    optimizer: adamW({ learningRate: 0.05 }),
    groups: [
      { match: /^table/, learningRate: 0.2 },
      { match: /bias$/, weightDecay: 0 },
    ],
  },
  'adamW, table frozen': {
    optimizer: adamW({ learningRate: 0.05 }),
    groups: [{ match: /^table/, frozen: true }],
  },
  'adamW, two batches a step': {
    optimizer: adamW({ learningRate: 0.05 }),
    parts: [
      [0, 1],
      [2, 3],
    ],
  },
  'adamW, warm-up and cosine': { optimizer: adamW({ learningRate: 0.05 }), schedule: warmUp(3, cosine(8)) },
};

describe('optimisers go as PyTorch does', () => {
  it('has a golden for every case', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(goldens.cases).sort());
  });

  it.each(Object.entries(cases))(
    '%s',
    async (name, { optimizer, parts, schedule = constantRate, ...rest }) => {
      const golden = goldens.cases[name];
      const runtime = nodeRuntime({ threads: 1 });
      const trainer = await Trainer.create(
        { runtime, model, optimizer, seed: 1, ...rest },
        batch(0, [0, 1, 2, 3]),
      );
      const names = { table: 'table.weight', weight: 'output.weight', bias: 'output.bias' } as const;
      for (const [key, parameter] of Object.entries(names)) {
        trainer.assign(parameter, Float32Array.from(goldens.start[key as keyof typeof names]));
      }
      for (let step = 0; step < golden.losses.length; step++) {
        const batches = (parts ?? [[0, 1, 2, 3]]).map((rows) => batch(step, rows));
        const { loss, gradientNorm } = await trainer.step(batches, schedule(step + 1));
        expect(Math.abs(loss / golden.losses[step] - 1)).toBeLessThan(1e-4);
        expect(Math.abs(gradientNorm / golden.norms[step] - 1)).toBeLessThan(1e-4);
      }
      for (const [key, parameter] of Object.entries(names)) {
        const values = trainer.parameters().get(parameter)!.data;
        const expected = golden[key as keyof typeof names];
        const error = Math.hypot(...expected.map((e, i) => e - values[i])) / Math.hypot(...expected);
        expect(error, parameter).toBeLessThan(1e-4);
      }
      await trainer.close();
    },
  );
});

describe('schedules', () => {
  it('are what their papers say', () => {
    expect([1, 2, 4, 5].map(warmUp(4))).toEqual([0.25, 0.5, 1, 1]);
    expect(cosine(10)(5)).toBeCloseTo(0.5);
    expect(cosine(10, 0.2)(25)).toBeCloseTo(0.2);
    expect(linearDecay(10)(4)).toBeCloseTo(0.6);
    const steps = [1, 50, 100, 400];
    const rates = steps.map(noam(64, 100));
    expect(Math.max(...rates)).toBe(rates[2]);
    expect(rates[2]).toBeCloseTo(1 / Math.sqrt(64 * 100));
    expect(rates[3]).toBeCloseTo(rates[2] / 2);
  });

  it('lowers the rate on a plateau', () => {
    const plateau = new Plateau({ factor: 0.5, patience: 1, mode: 'min' });
    expect([3, 2, 2, 2, 1, 1, 1].map((metric) => plateau.observe(metric))).toEqual([
      1, 1, 1, 0.5, 0.5, 0.5, 0.25,
    ]);
  });
});

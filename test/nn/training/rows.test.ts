/** Tables of which a step changes only the rows that it has used, against PyTorch's SparseAdam. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BinscribeError } from '../../../src/error.ts';
import { embedding, embeddingTable } from '../../../src/nn/layers/embedding.ts';
import { linear } from '../../../src/nn/layers/linear.ts';
import { square, sub } from '../../../src/nn/ops/elementwise.ts';
import { reshape } from '../../../src/nn/ops/layout.ts';
import { project } from '../../../src/nn/ops/matmul.ts';
import { mean } from '../../../src/nn/ops/reduce.ts';
import { adam, adamW } from '../../../src/nn/optimizers/adam.ts';
import type { Optimizer } from '../../../src/nn/optimizers/optimizer.ts';
import { sgd } from '../../../src/nn/optimizers/sgd.ts';
import type { HostTensors } from '../../../src/nn/runtime.ts';
import type { Model } from '../../../src/nn/training/gradient-graph.ts';
import type { ParameterGroup } from '../../../src/nn/training/layout.ts';
import { Trainer } from '../../../src/nn/training/trainer.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';

const [WORDS, SIZE] = [9, 4];

interface Golden {
  losses: number[];
  table: number[];
  weight: number[];
}
const goldens = JSON.parse(
  readFileSync(join(import.meta.dirname, '../goldens/sparse_adam.json'), 'utf8'),
) as {
  ids: number[][][];
  targets: number[][][];
  start: Record<'table' | 'weight' | 'bias', number[]>;
} & Record<'one batch' | 'two batches', Golden>;
const STEPS = goldens.ids.length;

const modelOf =
  (size: number): Model =>
  (scope, { ids, targets }) => {
    const words = reshape(embedding(scope.at('table'), ids, WORDS, size), [ids.size(0), 3 * size]);
    return { loss: mean(square(sub(linear(scope.at('output'), words, 2), targets))) };
  };

const BY_ROWS: ParameterGroup[] = [{ match: /^table/, update: 'rows' }];

function batch(step: number, rows: readonly number[]): HostTensors {
  const ids = rows.flatMap((row) => goldens.ids[step][row]);
  const targets = rows.flatMap((row) => goldens.targets[step][row]);
  return {
    ids: { dtype: 'int32', shape: [rows.length, 3], data: Int32Array.from(ids) },
    targets: { dtype: 'float32', shape: [rows.length, 2], data: Float32Array.from(targets) },
  };
}

const ALL = [0, 1, 2, 3];
const PARTS = { 'one batch': [ALL], 'two batches': [ALL.slice(0, 2), ALL.slice(2)] };

async function trainerOf(
  optimizer: Optimizer,
  groups: ParameterGroup[] = BY_ROWS,
  model = modelOf(SIZE),
): Promise<Trainer> {
  const runtime = nodeRuntime({ threads: 1 });
  const trainer = await Trainer.create({ runtime, model, optimizer, groups, seed: 1 }, batch(0, ALL));
  const names = { table: 'table.weight', weight: 'output.weight', bias: 'output.bias' } as const;
  for (const [key, name] of Object.entries(names)) {
    const values = goldens.start[key as keyof typeof names];
    if (trainer.layout.slots.get(name)?.size === values.length) {
      trainer.assign(name, Float32Array.from(values));
    }
  }
  return trainer;
}

/** Every third step of two batches, so that sums of gradients come and go. */
const batchesOf = (step: number): HostTensors[] =>
  PARTS[step % 3 === 0 ? 'two batches' : 'one batch'].map((rows) => batch(step, rows));

function error(expected: readonly number[], values: ArrayLike<number>): number {
  return Math.hypot(...expected.map((e, i) => e - values[i])) / Math.hypot(...expected);
}

/** Values of a table in a buffer of a snapshot, by rows. */
function rowsOf(trainer: Trainer, buffer: string): number[][] {
  const { offset } = trainer.layout.slots.get('table.weight')!;
  const values = trainer.snapshot().buffers[buffer];
  return Array.from({ length: WORDS }, (_, row) => [
    ...values.subarray(offset + row * SIZE, offset + (row + 1) * SIZE),
  ]);
}

describe('a table updated by rows', () => {
  it.each(['one batch', 'two batches'] as const)('goes as with SparseAdam: %s a step', async (name) => {
    const golden = goldens[name];
    const trainer = await trainerOf(adam({ learningRate: 0.05 }));
    for (let step = 0; step < STEPS; step++) {
      const { loss } = await trainer.step(PARTS[name].map((rows) => batch(step, rows)));
      expect(Math.abs(loss / golden.losses[step] - 1)).toBeLessThan(1e-4);
    }
    const parameters = trainer.parameters();
    expect(error(golden.table, parameters.get('table.weight')!.data)).toBeLessThan(1e-4);
    expect(error(golden.weight, parameters.get('output.weight')!.data)).toBeLessThan(1e-4);
    await trainer.close();
  });

  const OPTIMIZERS = {
    adamW: adamW({ learningRate: 0.05, weightDecay: 0.1 }),
    'sgd with momentum': sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 }),
  };
  it.each(Object.entries(OPTIMIZERS))(
    'keeps rows that a step did not use, to the bit: %s',
    async (_, rule) => {
      const trainer = await trainerOf(rule);
      const buffers = ['parameters', ...rule.state];
      for (let step = 0; step < STEPS; step++) {
        const before = buffers.map((buffer) => rowsOf(trainer, buffer));
        await trainer.step(batchesOf(step));
        const used = new Set(goldens.ids[step].flat());
        buffers.forEach((buffer, i) => {
          const after = rowsOf(trainer, buffer);
          const kept = after.map((row, r) => row.every((value, c) => value === before[i][r][c]));
          expect(kept).toEqual(Array.from({ length: WORDS }, (_, r) => !used.has(r)));
        });
      }
      await trainer.close();
    },
  );

  it('goes as any other where each step uses all rows', async () => {
    const everything: HostTensors = {
      ids: { dtype: 'int32', shape: [4, 3], data: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 0, 3) },
      targets: batch(0, ALL)['targets'],
    };
    const [whole, byRows] = [await trainerOf(adamW(), []), await trainerOf(adamW())];
    for (let step = 0; step < 3; step++) {
      const [a, b] = [await whole.step([everything]), await byRows.step([everything])];
      expect(b.loss).toBe(a.loss);
      expect(b.gradientNorm).toBeCloseTo(a.gradientNorm, 6);
    }
    for (const [name, { data }] of whole.parameters())
      expect(byRows.parameters().get(name)!.data).toEqual(data);
    await whole.close();
    await byRows.close();
  });

  it('resumes at each step with the same numbers', async () => {
    const straight = await trainerOf(adamW({ learningRate: 0.05 }));
    let saved = straight.snapshot();
    for (let step = 0; step < STEPS; step++) {
      const resumed = await trainerOf(adamW({ learningRate: 0.05 }));
      resumed.restore(saved);
      await resumed.step(batchesOf(step));
      await straight.step(batchesOf(step));
      saved = straight.snapshot();
      expect(resumed.snapshot()).toEqual(saved);
      await resumed.close();
    }
    await straight.close();
  });

  it('takes a checkpoint of a training that changed the whole table', async () => {
    const whole = await trainerOf(adamW(), [{ match: /^table/ }]);
    await whole.step(batchesOf(0));
    const byRows = await trainerOf(adamW());
    byRows.restore(whole.snapshot());
    expect(byRows.snapshot()).toEqual(whole.snapshot());
    await whole.close();
    await byRows.close();
  });
});

describe('a table that cannot be updated by rows', () => {
  async function refusal(model: Model): Promise<BinscribeError> {
    const failed = trainerOf(adamW(), BY_ROWS, model).then((trainer) => trainer.step([batch(0, ALL)]));
    const error: unknown = await failed.catch((reason: unknown) => reason);
    if (!(error instanceof BinscribeError)) throw new Error('nothing was refused', { cause: error });
    return error;
  }

  it('is one that is an output layer too', async () => {
    const tied: Model = (scope, { ids }) => {
      const words = embedding(scope.at('table'), ids, WORDS, SIZE);
      const table = embeddingTable(scope.at('table'), WORDS, SIZE);
      return { loss: mean(square(project(words, table, null, true))) };
    };
    const error = await refusal(tied);
    expect(error.kind).toBe('usage');
    expect(error.message).toContain('table.weight: all of its rows learn');
  });

  it('is one that is looked up by computed numbers', async () => {
    const computed: Model = (scope, { ids }) => ({
      loss: mean(square(embedding(scope.at('table'), reshape(ids, [12]), WORDS, SIZE))),
    });
    expect((await refusal(computed)).message).toContain('all of its rows learn');
  });

  it('is one whose rows do not fit the vector unit', async () => {
    const { kind, message } = await refusal(modelOf(6));
    expect(kind).toBe('usage');
    expect(message).toContain('rows of a multiple of 4 numbers expected');
    expect(message).toContain('[9, 6]');
  });
});

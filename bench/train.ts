/** `bench train`: our engine against PyTorch, gensim and transformers, on the same models, data and initial weights. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Trainer } from '../src/nn/training/trainer.ts';
import { nodeRuntime } from '../src/runtimes/node.ts';
import type { TrainingCase } from './cases/case.ts';
import { beam5 } from './cases/beam5.ts';
import { CASES } from './cases/index.ts';
import { skipGram } from './cases/skip-gram.ts';
import type { Duel } from './duel.ts';

const STEPS = 30;
const WARM = 5;
const INFERENCE_STEPS = { 'transformer-infer-1': 200, 'transformer-infer-32': 20 } as Record<string, number>;

/** Writes what both sides start from. */
async function writeCase(
  folder: string,
  { model, optimizer, batches, sizes, inference, name }: TrainingCase,
): Promise<void> {
  const trainer = await Trainer.create({ runtime: nodeRuntime(), model, optimizer, seed: 1 }, batches[0]);
  const index: Record<string, { offset: number; size: number; shape: readonly number[] }> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [parameter, { shape, data }] of trainer.parameters()) {
    index[parameter] = { offset, size: data.length, shape };
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  await trainer.close();
  writeFileSync(join(folder, 'weights.bin'), Buffer.concat(parts));
  writeFileSync(join(folder, 'weights.json'), JSON.stringify(index));
  const described = batches.map((batch, i) =>
    Object.fromEntries(
      Object.entries(batch).map(([input, { dtype, shape, data }]) => {
        const file = `${i}.${input}.bin`;
        writeFileSync(join(folder, file), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
        return [input, { dtype, shape, file }];
      }),
    ),
  );
  const { learningRate, weightDecay } = optimizer;
  writeFileSync(
    join(folder, 'case.json'),
    JSON.stringify({
      name,
      sizes,
      batches: described,
      learningRate,
      weightDecay,
      inference: inference ?? false,
    }),
  );
}

function training(one: TrainingCase): Duel {
  return {
    name: one.name,
    ours: 'ours.js',
    peer: 'torch_train.py',
    module: 'torch',
    steps: INFERENCE_STEPS[one.name] ?? STEPS,
    warm: WARM,
    write: (folder) => writeCase(folder, one),
  };
}

export const trainings: readonly Duel[] = [...CASES.map(training), skipGram, beam5];

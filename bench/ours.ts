/** Our side of one case, in a process of its own: `node ours.js CASE FOLDER ROUNDS`, one JSON line as answer. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Predictor } from '../src/nn/inference.ts';
import { Trainer } from '../src/nn/training/trainer.ts';
import { nodeRuntime } from '../src/runtimes/node.ts';
import { caseNamed } from './cases/index.ts';
import { tell } from './duel.ts';

const THREADS = 2;

const [name, folder, steps] = process.argv.slice(2);
const { model, optimizer, batches, inference } = caseNamed(name);
const runtime = nodeRuntime({ threads: THREADS });
const trainer = await Trainer.create({ runtime, model, optimizer, seed: 1 }, batches[0]);
const bytes = readFileSync(join(folder, 'weights.bin'));
const tensors = JSON.parse(readFileSync(join(folder, 'weights.json'), 'utf8')) as Record<
  string,
  { offset: number; size: number }
>;
for (const [parameter, { offset, size }] of Object.entries(tensors)) {
  trainer.assign(parameter, new Float32Array(bytes.buffer, bytes.byteOffset + offset, size));
}
const milliseconds: number[] = [];
const values: number[] = [];
if (inference) {
  const parameters = new Map([...trainer.parameters()].map(([parameter, { data }]) => [parameter, data]));
  await trainer.close();
  // All sizes known, as they are to the peer: long batches then go through the cache in pieces.
  const inputs = batches[0];
  const predictor = await Predictor.create({ runtime, model, inputs, parameters });
  for (let i = 0; i < Number(steps); i++) {
    const began = performance.now();
    const { logits } = await predictor.run(batches[i % batches.length]);
    milliseconds.push(performance.now() - began);
    values.push(logits.data[0] as number);
  }
} else {
  for (let i = 0; i < Number(steps); i++) {
    const began = performance.now();
    const { loss } = await trainer.step([batches[i % batches.length]]);
    milliseconds.push(performance.now() - began);
    values.push(loss);
  }
}
tell({ milliseconds, values });

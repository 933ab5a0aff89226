/**
 * `bench train`: our training steps against PyTorch's, on the same model, data, initial weights and optimiser.
 * Each side runs in a process of its own, in turn, so that both meet the same noise.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Trainer } from '../src/nn/training/trainer.ts';
import { nodeRuntime } from '../src/runtimes/node.ts';
import type { TrainingCase } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { medianOf, peerPythons, type BenchResult } from './common.ts';

const ROUNDS = 3;
const STEPS = 30;
/** First steps left out: graphs are optimised, pages touched, caches filled. */
const WARM = 5;
const INFERENCE_STEPS = { 'transformer-infer-1': 200, 'transformer-infer-32': 20 } as Record<string, number>;

interface Side {
  milliseconds: number[];
  values: number[];
  peakMemory: number;
}

export interface TrainingResult extends BenchResult {
  ours: number;
  peer: number;
  /** Largest relative difference of the losses over the first 30 steps. */
  lossDifference: number;
  memoryRatio: number;
  peerName: string;
}

/** Writes what both sides start from. */
export async function writeCase(
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

function runSide(command: string, args: string[], environment: NodeJS.ProcessEnv = {}): Side {
  const output = execFileSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output.trim().split('\n').at(-1)!) as Side;
}

export async function benchTrain(
  only: readonly string[],
  log: (line: string) => void,
): Promise<TrainingResult[]> {
  const results: TrainingResult[] = [];
  const pythons = peerPythons('torch');
  for (const one of CASES.filter((c) => only.length === 0 || only.includes(c.name))) {
    const folder = mkdtempSync(join(tmpdir(), 'binscribe-bench-'));
    mkdirSync(folder, { recursive: true });
    try {
      await writeCase(folder, one);
      results.push(compare(one, folder, pythons, log));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return results;
}

function compare(
  one: TrainingCase,
  folder: string,
  pythons: readonly string[],
  log: (line: string) => void,
): TrainingResult {
  const steps = INFERENCE_STEPS[one.name] ?? STEPS;
  const here = import.meta.dirname;
  const script = join(here, '..', '..', 'bench', 'peers', 'torch_train.py');
  const arguments_ = [one.name, folder, `${steps}`];
  const ours: Side[] = [];
  const peers = new Map<string, Side[]>(pythons.map((python) => [python, []]));
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(runSide(process.execPath, [join(here, 'ours.js'), ...arguments_]));
    for (const [python, sides] of peers) {
      sides.push(
        runSide(python, [script, ...arguments_], { OMP_WAIT_POLICY: 'passive', OMP_NUM_THREADS: '2' }),
      );
    }
    log(
      `${one.name} ${round + 1}/${ROUNDS}: ours ${time(ours.at(-1)!).toFixed(1)} ms, ` +
        [...peers].map(([python, sides]) => `${python} ${time(sides.at(-1)!).toFixed(1)} ms`).join(', '),
    );
  }
  const [peerName, best] = [...peers].sort(
    ([, a], [, b]) => medianOf(a.map(time)) - medianOf(b.map(time)),
  )[0];
  const mine = medianOf(ours.map(time));
  const theirs = medianOf(best.map(time));
  return {
    name: one.name,
    ratio: theirs / mine,
    ours: mine,
    peer: theirs,
    lossDifference: Math.max(
      ...ours[0].values
        .slice(0, STEPS)
        .map((value, i) => Math.abs(value - best[0].values[i]) / Math.abs(value)),
    ),
    memoryRatio: medianOf(ours.map((s) => s.peakMemory)) / medianOf(best.map((s) => s.peakMemory)),
    peerName,
  };
}

function time({ milliseconds }: Side): number {
  return medianOf(milliseconds.slice(WARM));
}

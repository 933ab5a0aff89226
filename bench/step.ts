/** `bench step`: what a training step's time goes into, from ONNX Runtime's own profile and clocks around it. */

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from '../src/runtimes/onnxruntime.ts';
import type { Runtime } from '../src/nn/runtime.ts';
import { Trainer } from '../src/nn/training/trainer.ts';
import { openSession } from '../src/runtimes/onnx-session.ts';
import type { TrainingCase } from './cases/case.ts';
import { CASES } from './cases/index.ts';

const STEPS = 20;
const WARM = 5;
const THREADS = 2;

/** By ONNX operator; what is in none is 'other'. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  'matrix products': ['MatMul', 'FusedMatMul', 'Gemm', 'FusedGemm'],
  'element by element': (
    'Add Sub Mul Div Neg Sqrt Exp Log Erf Tanh Sigmoid Relu Gelu BiasGelu QuickGelu Where Softmax LogSoftmax ' +
    'BiasSoftmax Max Min Pow Reciprocal Abs Sign Greater GreaterOrEqual Less LessOrEqual Equal Not And Or Sum Cast'
  ).split(' '),
  sums: ['ReduceSum', 'ReduceMean', 'ReduceMax', 'LayerNormalization', 'SkipLayerNormalization'],
  copies: 'Transpose Concat Split Slice Reshape Expand Squeeze Unsqueeze Gather Pad Identity'.split(' '),
  'loops of recurrent layers, their nodes included': ['Scan', 'Loop', 'GRU', 'LSTM'],
};
const OUTSIDE = 'outside the graph: the optimiser, rows added, the gradient’s norm, calls';

/** An event of the profile; microseconds. */
interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly graph_index?: string };
}

export interface StepShares {
  readonly name: string;
  /** Milliseconds of a step, profile included, which costs a little. */
  readonly step: number;
  /** Share of the step by part, largest first. */
  readonly shares: Readonly<Record<string, number>>;
}

function profiled(folder: string): Runtime {
  return {
    name: 'onnxruntime-node, profiled',
    open: (model, options) =>
      openSession(ort, model, {
        intraOpNumThreads: THREADS,
        executionProviders: ['cpu'],
        inPlace: true,
        ...options,
        enableProfiling: true,
        profileFilePrefix: join(folder, 'profile'),
      }),
  };
}

async function sharesOf({ name, model, optimizer, batches }: TrainingCase): Promise<StepShares> {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-step-'));
  try {
    const trainer = await Trainer.create(
      { runtime: profiled(folder), model, optimizer, seed: 1 },
      batches[0],
    );
    let total = 0;
    for (let i = 0; i < WARM + STEPS; i++) {
      const began = performance.now();
      await trainer.step([batches[i % batches.length]]);
      if (i >= WARM) total += performance.now() - began;
    }
    await trainer.close();
    const microseconds = readProfile(folder);
    const inside = [...microseconds.values()].reduce((a, b) => a + b, 0);
    microseconds.set(OUTSIDE, Math.max(0, total * 1000 - inside));
    const shares = [...microseconds]
      .sort(([, a], [, b]) => b - a)
      .map(([part, time]) => [part, time / total / 1000]);
    return { name, step: total / STEPS, shares: Object.fromEntries(shares) as Record<string, number> };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Microseconds of the steps after the warm ones, by part. */
function readProfile(folder: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const file of readdirSync(folder)) {
    const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as TraceEvent[];
    const runs = events.filter(({ name }) => name === 'model_run').sort((a, b) => a.ts - b.ts);
    const from = runs.at(-STEPS)?.ts ?? Infinity;
    // A loop's time holds that of the nodes in its body, which have no part of their own here.
    const nodes = events.filter(
      ({ cat, name, ts }) => cat === 'Node' && name.endsWith('_kernel_time') && ts >= from,
    );
    const loops = nodes.filter(({ args }) => ['Scan', 'Loop'].includes(args?.op_name ?? ''));
    for (const node of nodes) {
      const within = loops.some(
        (loop) => loop !== node && loop.ts <= node.ts && node.ts + node.dur <= loop.ts + loop.dur,
      );
      if (within) continue;
      const operator = node.args?.op_name ?? '';
      const part = Object.keys(PARTS).find((key) => PARTS[key].includes(operator)) ?? 'other';
      times.set(part, (times.get(part) ?? 0) + node.dur);
    }
  }
  return times;
}

export async function benchStep(only: readonly string[], log: (line: string) => void): Promise<StepShares[]> {
  const found: StepShares[] = [];
  for (const one of CASES.filter(
    ({ name, inference }) => !inference && (only.length === 0 || only.includes(name)),
  )) {
    const shares = await sharesOf(one);
    log(`${shares.name}: ${shares.step.toFixed(1)} ms a step`);
    found.push(shares);
  }
  return found;
}

/** Markdown. */
export function renderShares(steps: readonly StepShares[], machine: string): string {
  const tables = steps.map(({ name, step, shares }) => {
    const rows = Object.entries(shares).map(([part, share]) => `| ${part} | ${(share * 100).toFixed(1)} % |`);
    return `## ${name}: ${step.toFixed(1)} ms a step\n\n| part | share |\n| --- | ---: |\n${rows.join('\n')}\n`;
  });
  return `# bench step\n\n${machine}. Written by \`npm run -s bench -- step\`.\n\n${tables.join('\n')}`;
}

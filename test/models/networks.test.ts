/** `train` of a network, as processes: several seeds, a grid, Ctrl-C, kill -9, and the same numbers after all. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { NetworkManifest } from '../../src/tasks/networks/run-folder.ts';
import type { Report } from '../../src/explain/schema.ts';
import type { Evaluation } from '../../src/tasks/evaluate.ts';
import { varied } from '../support/varied.ts';
import { buildBinscribe } from '../support/build.ts';
import { writeDataset } from '../support/dataset.ts';
import { temporaryFolder } from '../support/packages.ts';

// Each test starts a dozen processes, which take seconds each on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const folder = temporaryFolder();
const dataset = join(folder, 'data');
const binscribe = buildBinscribe();
writeDataset(dataset);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RECIPE = {
  name: 'small',
  model: 'encoder',
  dataset,
  validation: ['beta'],
  floor: 4,
  network: {
    width: 16,
    inner: 32,
    before: 1,
    after: 1,
    heads: 2,
    hidden: 16,
    size: 8,
    dropout: 0.1,
    longest: 64,
  },
  losses: { contrast: 1, temperature: 0.1 },
  builds: 2,
  names: { similarity: 0.5, precision: 0.8, penalty: 1e-4 },
  training: {
    optimizer: { name: 'adamW', learningRate: 0.003 },
    epochs: 6,
    batchSize: 8,
    checkpointEvery: 2,
  },
  seeds: [1, 2],
};

function recipe(name: string, change: object = {}): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...RECIPE, ...change }));
  return path;
}

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [binscribe, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  return { child, ended };
}

const train = (...args: string[]): Promise<Ended> => start('train', ...args).ended;

/** Waits until a training has a checkpoint. */
async function underWay(run: string): Promise<void> {
  while (!existsSync(join(run, 'seed-1/last.ckpt'))) await setTimeout(2);
}

const manifestOf = (run: string): NetworkManifest =>
  JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8')) as NetworkManifest;

describe('train of a network', () => {
  const whole = join(folder, 'whole');

  it('gives figures of all seeds with intervals, logs and curves', async () => {
    const { code, out, err } = await train(recipe('whole'), '-o', whole);
    expect(code, err).toBe(0);
    expect(out).toMatch(/compiler macro-F1.*\n.*\n\| .*\d\.\d{4} \(-?\d\.\d{4} to \d\.\d{4}\)/);
    const { rows, counts, files } = manifestOf(whole);
    expect(rows[0].metrics['mean'].values).toHaveLength(2);
    expect(counts['training']).toBeGreaterThan(20);
    expect(counts['validation']).toBeGreaterThan(5);
    // `xalloc` and the rest that beta shares with alpha.
    expect(counts['leaks']).toBeGreaterThan(5);
    expect(Object.keys(files)).toContain('seed-2/best.ckpt');
    expect(readFileSync(join(whole, 'seed-1/curves.html'), 'utf8')).toContain('<svg');
  });

  it('is a model for each seed: it explains, and is judged beside a baseline', async () => {
    const model = join(whole, 'seed-2/model');
    const explained = await start('explain', varied('gcc-12', ['-O2', '-g']), '--model', model, '--json')
      .ended;
    expect(explained.code, explained.err).toBe(0);
    const { model: told, functions } = JSON.parse(explained.out) as Report;
    expect(told.id).toMatch(/^small \d/);
    // Learned in a second, so some of it is withheld.
    const counted = functions.filter(({ arguments: answer }) => answer !== null);
    for (const { arguments: answer } of counted)
      expect(answer?.types).toHaveLength(Math.min(6, answer!.count));
    expect(functions.some(({ neighbours }) => neighbours.length > 0)).toBe(true);

    const results = join(folder, 'results');
    const judged = await start('evaluate', whole, '-o', results, '--json').ended;
    expect(judged.code, judged.err).toBe(0);
    const { sets, retrieval } = JSON.parse(judged.out) as Evaluation;
    expect(sets[0].figures[0].seeds).toHaveLength(2);
    expect(new Set(retrieval.map(({ way }) => way))).toEqual(new Set(['seed 1', 'seed 2']));
  });

  it('stops at Ctrl-C with code 130, and resumed gives the numbers of one never stopped', async () => {
    const run = join(folder, 'stopped');
    const { child, ended } = start('train', recipe('stopped'), '-o', run);
    await underWay(run);
    child.kill('SIGINT');
    const { code, err } = await ended;
    expect(code).toBe(130);
    expect(err).toContain(`--resume ${run}`);
    const resumed = await train('--resume', run, '--json');
    expect(resumed.code, resumed.err).toBe(0);
    expect((JSON.parse(resumed.out) as NetworkManifest).files).toEqual(manifestOf(whole).files);
  });

  it('goes on after kill -9 with the same command, and not with another recipe', async () => {
    const run = join(folder, 'killed');
    const { child, ended } = start('train', recipe('killed'), '-o', run);
    await underWay(run);
    child.kill('SIGKILL');
    await ended;
    const other = await train(recipe('other', { floor: 5 }), '-o', run);
    expect(other.code).toBe(2);
    expect(other.err).toContain('an unfinished run of another recipe');
    const again = await train(recipe('killed'), '-o', run);
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain('going on');
    expect(manifestOf(run).files).toEqual(manifestOf(whole).files);
  });

  it('is alone in its folder', async () => {
    const run = join(folder, 'alone');
    const { child, ended } = start('train', recipe('alone'), '-o', run);
    await underWay(run);
    child.kill('SIGINT');
    await ended;
    expect(existsSync(join(run, 'lock'))).toBe(false);
    // A process that lives and will not end: this one.
    writeFileSync(join(run, 'lock'), `${process.pid}\n`);
    const second = await train('--resume', run);
    expect(second.code).toBe(2);
    expect(second.err).toContain(`process ${process.pid} trains here already`);
    // One that is no more.
    writeFileSync(join(run, 'lock'), '4194305\n');
    const third = await train('--resume', run);
    expect(third.code, third.err).toBe(0);
  });

  it('tries a grid and gives a table of it', async () => {
    const run = join(folder, 'grid');
    const grid = { 'network.width': [8, 16], 'training.optimizer.learningRate': [0.003, 0.01] };
    const change = { grid, training: { ...RECIPE.training, epochs: 1 }, seeds: [1] };
    const { code, out, err } = await train(recipe('grid', change), '-o', run);
    expect(code, err).toBe(0);
    const rows = out.split('\n').filter((line) => /^\| \d/.test(line));
    expect(rows.map((line) => line.split(' | ').slice(0, 2).join())).toEqual([
      '| 8,0.003',
      '| 8,0.01',
      '| 16,0.003',
      '| 16,0.01',
    ]);
    expect(readFileSync(join(run, 'table.md'), 'utf8')).toContain('network.width');
  });

  it('says what is wrong before it begins', async () => {
    const wrong: [object, string][] = [
      [
        { validation: ['omega'] },
        'validation: some of the training packages alpha, beta expected, got omega',
      ],
      [{ grid: { 'network.width': ['wide'] } }, 'network.width'],
      [{ grid: { 'floor.depth': [1] } }, 'floor.depth leads through 4'],
      [{ training: { buckets: [8, 4] } }, 'training.buckets'],
      [{ losses: { contrast: 1 } }, 'losses.temperature'],
    ];
    for (const [change, message] of wrong) {
      const { code, err } = await train(recipe('wrong', change), '-o', join(folder, 'wrong'));
      expect(code, err).toBe(2);
      expect(err).toContain(message);
    }
    const cuda = await train(recipe('cuda'), '-o', join(folder, 'cuda'), '--device', 'cuda');
    expect(cuda.code, cuda.err).toBe(7);
    expect(cuda.err).toContain('device cuda does not start');
    expect(cuda.err).toContain('CUDA 12');
    const { code, err } = await train('--resume', join(folder, 'nowhere'));
    expect(code).toBe(7);
    expect(err).toContain('no run that can be resumed');
  });
});

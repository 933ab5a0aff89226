/** `train` and `evaluate` on a small data set of our own: what they write, and that it is the same again. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Evaluation } from '../../src/tasks/evaluate.ts';
import { type Ran, runCommand } from '../support/command.ts';
import { writeDataset } from '../support/dataset.ts';
import { temporaryFolder } from '../support/packages.ts';

const folder = temporaryFolder();
const dataset = join(folder, 'data');
const recipePath = join(folder, 'recipe.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  writeDataset(dataset);
  const recipe = {
    name: 'small',
    model: 'first',
    dataset,
    seeds: [1, 2],
    floor: 8,
    classifier: { leastFunctions: 1, penalty: 1e-3, iterations: 40 },
    names: { similarity: 0.8, precision: 0.6, penalty: 1e-3 },
    arguments: { leastFunctions: 10 },
  };
  writeFileSync(recipePath, JSON.stringify(recipe));
});

async function run(...argv: string[]): Promise<Ran> {
  const ran = await runCommand(argv);
  expect(ran.code, ran.err).toBe(0);
  return ran;
}

it('trains the same run twice, and judges it', async () => {
  const first = join(folder, 'first');
  const { out } = await run('train', recipePath, '-o', first);
  expect(out).toContain('style vocabulary');
  const second = join(folder, 'second');
  const shipped = join(folder, 'shipped');
  const manifest = JSON.parse(
    (await run('train', recipePath, '-o', second, '--export', shipped, '--json')).out,
  ) as {
    files: Record<string, string>;
  };
  expect(Object.keys(manifest.files)).toEqual(
    expect.arrayContaining(['index.bin', 'seed-1.bin', 'opcodes.bin']),
  );
  for (const name of [...Object.keys(manifest.files), 'manifest.json', 'card.md']) {
    expect(readFileSync(join(second, name)).equals(readFileSync(join(first, name)))).toBe(true);
  }
  expect(readFileSync(join(first, 'card.md'), 'utf8')).toContain('alpha 1.0');

  // What ships is the run without what only judging needs.
  const parts = ['card.md', 'index.bin', 'manifest.json', 'model.json', 'weights.bin'];
  expect(readdirSync(shipped).sort()).toEqual(parts);
  for (const name of parts) {
    expect(readFileSync(join(shipped, name)).equals(readFileSync(join(first, name)))).toBe(true);
  }

  const results = join(folder, 'results');
  const judged = await run('evaluate', first, '-o', results, '--json');
  const evaluation = JSON.parse(judged.out) as Evaluation;
  expect(readFileSync(join(results, 'small.json'), 'utf8')).toBe(judged.out);
  expect(readFileSync(join(results, 'small.md'), 'utf8')).toContain('| compiler macro-F1 |');
  const all = evaluation.sets.at(-1)!;
  const figure = (name: string) => all.figures.find((f) => f.name === name)!;
  // Four of the five functions with known names are shared, the same code in each build; `main` is another.
  expect(figure('name recall@1, name in the index').value).toBeGreaterThanOrEqual(0.8);
  expect(figure('compiler macro-F1').seeds).toHaveLength(2);
  expect(figure('compiler macro-F1').baselines).toHaveProperty('bag of opcodes');
  expect(evaluation.retrieval.map(({ name }) => name)).toContain('gcc-12 -O0 to -O3');
  // Whoever asks again gets the same.
  const again = await run('evaluate', first, '-o', join(folder, 'again'), '--json');
  expect(again.out).toBe(judged.out);
});

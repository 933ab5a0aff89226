/** What README and CONTRIBUTING say is what is there: commands, the shipped model, the figures. */

import { accessSync, constants, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openModel } from '../src/cli/model.ts';
import type { Evaluation } from '../src/tasks/evaluate.ts';
import type { StartsReport } from '../src/tasks/starts-report.ts';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const readme = read('README.md');

test('README shows the model that ships', async () => {
  const { card } = await openModel();
  expect([...readme.matchAll(/^ {2}model +(.+)$/gm)].map(([, id]) => id)).toEqual([card.id, card.id]);
});

test('README gives the figures of results/encoder.json, on functions that are no duplicates', async () => {
  const evaluation = JSON.parse(read('results/encoder.json')) as Evaluation;
  expect(evaluation.run.model).toBe((await openModel()).card.id);
  const [strict] = evaluation.sets;
  expect(strict.functions).toContain('without duplicates and leaks');
  const figure = (name: string) => strict.figures.find((entry) => entry.name === name)!.value.toFixed(2);
  expect(readme.replace(/\s+/g, ' ')).toContain(
    `compiler macro-F1 ${figure('compiler macro-F1')}, level ${figure('level macro-F1 (four classes)')} ` +
      `(${figure('level macro-F1 (O2 and O3 as one)')} with -O2 and -O3 as one), ` +
      `number of arguments right ${figure('number of arguments accuracy')}`,
  );
});

test.each(['function-starts', 'function-starts-no-unwind'])(
  'README gives the figures of results/%s.json',
  (name) => {
    const report = JSON.parse(read(`results/${name}.json`)) as StartsReport;
    const [all] = report.pooled;
    expect(readme.replace(/\s+/g, ' ')).toContain(
      `(precision ${all.precision.toFixed(4)}, recall ${all.recall.toFixed(4)} on ` +
        `${all.programs.toLocaleString('en-US')} programs built by ${report.bar.compilers.join(' and ')})`,
    );
  },
);

test.each(['README.md', 'CONTRIBUTING.md'])('%s names scripts that are there', (name) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(name).matchAll(/npm run (?:-s )?(\w+)/g)].map(([, script]) => script);
  expect(named).toContain('check');
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
});

test('the built command can be executed, also where npx does not make it so: its link is from an earlier clone', () => {
  expect(() => accessSync(new URL('../dist/cli/main.js', import.meta.url), constants.X_OK)).not.toThrow();
});

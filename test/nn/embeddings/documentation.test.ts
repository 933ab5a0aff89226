/** The example of docs/nn/embeddings.md, run as it stands. */

import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/nn/embeddings/settings.ts';
import { readPage, runExamples } from '../support/examples.ts';

const page = readPage('embeddings.md');

it('runs', async () => {
  const [{ nearest, inferred }] = (await runExamples('embeddings.md')) as [
    { nearest: string[]; inferred: Float32Array },
  ];
  expect(nearest.sort()).toEqual(['imul', 'lea', 'neg', 'sub']);
  expect(inferred).toHaveLength(16);
  expect(inferred.every(Number.isFinite)).toBe(true);
});

it('names all settings with their defaults', () => {
  const rows = new Map(
    [...page.matchAll(/^\| (`[^|]*`) +\| ([^|]*?) +\|/gm)].flatMap(([, names, defaults]) => {
      const values = defaults.split(', ');
      return [...names.matchAll(/`(\w+)`/g)].map(([, name], i) => [name, values[i].replaceAll('`', '')]);
    }),
  );
  const named = Object.keys(DEFAULT_SETTINGS).map((name) => [name, rows.get(name)]);
  expect(named).toEqual(Object.entries(DEFAULT_SETTINGS).map(([name, value]) => [name, `${value}`]));
});

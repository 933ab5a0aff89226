/** The example of docs/nn/embeddings.md, run as it stands. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/nn/embeddings/settings.ts';

const folder = join(import.meta.dirname, '../../../docs/nn');
const page = readFileSync(join(folder, 'embeddings.md'), 'utf8');

it('runs', async () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(page)!;
  const temporary = mkdtempSync(join(tmpdir(), 'binscribe-example-'));
  try {
    const file = join(temporary, 'example.ts');
    // Its imports are relative to the page.
    writeFileSync(
      file,
      code.replace(/from '(\.[^']*)'/g, (_, path: string) => `from '${join(folder, path)}'`),
    );
    const { nearest, inferred } = (await import(file)) as { nearest: string[]; inferred: Float32Array };
    expect(nearest.sort()).toEqual(['imul', 'lea', 'neg', 'sub']);
    expect(inferred).toHaveLength(16);
    expect(inferred.every(Number.isFinite)).toBe(true);
  } finally {
    rmSync(temporary, { recursive: true });
  }
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

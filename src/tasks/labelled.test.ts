import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeDataset } from '../../test/support/dataset.ts';
import { openDataset, type Dataset } from '../corpus/index.ts';
import { ALL_COLUMNS } from '../corpus/row.ts';
import { LABELS } from './classifiers.ts';
import { labelledPrograms } from './labelled.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-labelled-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('programs are those of levels that models tell apart: rows of -Os and of unknown makers are passed over', async () => {
  writeDataset(folder);
  const dataset = openDataset(folder);
  const counts = async (of: Dataset): Promise<Record<string, number>> => {
    const found: Record<string, number> = {};
    for await (const { optimization, functions } of labelledPrograms(of, 'train')) {
      found[optimization] = (found[optimization] ?? 0) + functions.length;
    }
    return found;
  };
  const all = await counts(dataset);
  expect(Object.keys(all).sort()).toEqual(LABELS.optimization);
  // The same set, its rows of -O2 built for size.
  const sized: Dataset = {
    ...dataset,
    rows: async function* () {
      for await (const row of dataset.rows(ALL_COLUMNS, { split: 'train' })) {
        yield row.optimization === 'O2' ? { ...row, optimization: 'Os' as const } : row;
      }
    } as Dataset['rows'],
  };
  const { O2: missing, ...rest } = all;
  expect(missing).toBeGreaterThan(0);
  expect(await counts(sized)).toEqual(rest);
  // The same, of ready programs that tell their level or their compiler, but not both.
  for (const unknown of [{ optimization: 'unknown' as const }, { compiler: 'unknown' }]) {
    const ready: Dataset = {
      ...dataset,
      rows: async function* () {
        for await (const row of dataset.rows(ALL_COLUMNS, { split: 'train' })) {
          yield row.optimization === 'O2' ? { ...row, ...unknown } : row;
        }
      } as Dataset['rows'],
    };
    expect(await counts(ready)).toEqual(rest);
  }
});

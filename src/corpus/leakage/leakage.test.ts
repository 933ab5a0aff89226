/** Leakage against a look at every pair of rows. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeMarkedDataset } from '../../../test/support/dataset.ts';
import { disassembleRange } from '../../binary/x86/disassemble.ts';
import { NearSets } from '../../metrics/near/near-sets.ts';
import { shingles } from '../../tokens/shingles.ts';
import { checkCorpus } from '../check.ts';
import type { FunctionRow } from '../row.ts';
import { judgeLeakage } from './bars.ts';
import { MEASURES, type Measure, type SideLeakage } from './leakage.ts';

/** So low that other levels of a function are near too. */
const SIMILARITY = 0.5;

const folder = mkdtempSync(join(tmpdir(), 'binscribe-leakage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Of three texts gamma shares one with the others, but for its indentation, and one by its file alone. The code of the
 * first is, as it were, the same as theirs but for addresses, and that of the second but for targets.
 */
function withTexts(row: FunctionRow): FunctionRow {
  const { name, package: of } = row;
  const exact_hash = `${of} ${row.exact_hash}`;
  if (name === 'hash') {
    const indent = of === 'gamma' ? '\t' : '  ';
    const source = `unsigned hash() {\n${indent}return 1;\n}`;
    const text = of === 'gamma' ? 'A hash\nof S.' : 'a hash of s.';
    return { ...row, source, source_file: `lib-${of}/hash.c`, exact_hash, text };
  }
  if (name === 'compare') {
    const source = `int compare() { ${of}(); }`;
    const normalized_hash = `${of} ${row.normalized_hash}`;
    return { ...row, source, source_file: `${of}/compare.c`, exact_hash, normalized_hash, text: of };
  }
  return name === 'xcopy' ? { ...row, source: 'char *other(void) {}', name: `${of}_copy` } : row;
}

/** The measures by which a row leaks, by comparing it with each row of the other side. */
function leaksOf(row: FunctionRow, rows: readonly FunctionRow[]): Set<Measure> {
  const found = new Set<Measure>();
  const plain = (text: string): string => text.split(/\s+/).join(' ');
  const base = (path: string): string => path.split('/').at(-1)!;
  for (const other of rows) {
    if (other.split === row.split) continue;
    const measures: Measure[] = [];
    if (row.exact_hash === other.exact_hash) measures.push('exact');
    if (row.normalized_hash === other.normalized_hash) measures.push('normalized');
    if (alike(row, other)) measures.push('near');
    if (row.name === other.name) {
      if (row.source !== null && plain(row.source) === plain(other.source ?? '')) measures.push('source');
      if (base(row.source_file!) === base(other.source_file!)) measures.push('file');
    }
    for (const measure of measures) {
      found.add(measure);
      if (measure !== 'file') found.add('any');
    }
    const said = (text: string | null) => (text === null ? null : plain(text.toLowerCase()));
    if (row.text !== null && said(row.text) === said(other.text)) found.add('text');
  }
  return found;
}

function alike(a: FunctionRow, b: FunctionRow): boolean {
  if (a.normalized_hash === b.normalized_hash) return true;
  const sets = new NearSets(SIMILARITY);
  for (const { code, address } of [a, b]) sets.add(shingles(disassembleRange(code, address)));
  return sets.jaccard(0, 1) >= SIMILARITY;
}

function countByHand(split: string, rows: readonly FunctionRow[]): SideLeakage {
  const own = rows.filter((row) => row.split === split);
  const leaks = own.map((row) => leaksOf(row, rows));
  const tally = (chosen: (i: number) => boolean) => {
    const left = own.filter((_, i) => chosen(i));
    const unique = left.filter((row) => !row.normalized_duplicate);
    const unmarked = unique.filter((row) => !row.normalized_leak);
    return { rows: left.length, unique: unique.length, unmarked: unmarked.length };
  };
  const near = (row: FunctionRow): boolean =>
    own.some(
      (other) =>
        other.normalized_hash !== row.normalized_hash &&
        other.compiler === row.compiler &&
        other.optimization === row.optimization &&
        alike(row, other),
    );
  return {
    total: tally(() => true),
    described: tally((i) => own[i].text !== null),
    leaks: Object.fromEntries(
      MEASURES.map((measure) => [measure, tally((i) => leaks[i].has(measure))]),
    ) as SideLeakage['leaks'],
    repeats: {
      exact: own.filter((row) => row.exact_duplicate).length,
      normalized: own.filter((row) => row.normalized_duplicate).length,
    },
    near: own.filter((row) => !row.normalized_duplicate && near(row)).length,
    withoutSource: own.filter(({ source }) => source === null).length,
  };
}

describe('leakage', () => {
  it('is what a look at every pair of rows finds', async () => {
    const dataset = join(folder, 'small');
    const rows = writeMarkedDataset(dataset, withTexts);
    const { damage, leakage } = await checkCorpus(dataset, { similarity: SIMILARITY });
    expect(damage).toEqual([]);
    expect(leakage.sides).toEqual({ train: countByHand('train', rows), test: countByHand('test', rows) });
    const { leaks, total } = leakage.sides.test;
    // Each measure tells something that the one before it does not.
    expect(leaks.normalized.rows).toBeGreaterThan(leaks.exact.rows);
    expect(leaks.near.rows).toBeGreaterThan(leaks.normalized.rows);
    expect(leaks.near.rows).toBeLessThan(total.rows);
    expect(leaks.source.rows).toBe(8);
    expect(leaks.file.rows).toBe(16);
    expect([leaks.text.rows, leakage.sides.test.described.rows]).toEqual([8, 16]);
    const { pairs, found } = leakage.near.recall;
    expect([pairs > 0, found]).toEqual([true, pairs]);
  });

  it('names the packages that share, and shows near codes', async () => {
    const { leakage } = await checkCorpus(join(folder, 'small'), { similarity: SIMILARITY });
    expect(leakage.pairs.map(({ test, train }) => `${test} ${train}`)).toEqual(['gamma alpha', 'gamma beta']);
    const definitions = { sources: 3, sharedSources: 1 };
    expect(leakage.pairs).toEqual([
      expect.objectContaining(definitions),
      expect.objectContaining(definitions),
    ]);
    for (const { similarity, test, train } of leakage.examples) {
      expect(similarity).toBeGreaterThanOrEqual(SIMILARITY);
      expect([test.package, train.package]).toEqual(['gamma', expect.stringMatching('alpha|beta')]);
    }
  });

  it('tells of a package on both sides', async () => {
    const dataset = join(folder, 'both');
    const rows = writeMarkedDataset(dataset, (row) =>
      row.package === 'alpha' && row.name === 'main' && row.optimization === 'O2'
        ? { ...row, split: 'test' }
        : row,
    );
    const { damage, leakage } = await checkCorpus(dataset);
    expect(rows.filter((row) => row.package === 'alpha' && row.split === 'test')).toHaveLength(2);
    expect(leakage.onBothSides).toEqual([{ package: 'alpha', rows: 2 }]);
    expect(damage).toEqual(['alpha is on both sides: expected no rows on the test side, got 2']);
  });

  it('does not read on where a row is of a package that the manifest lacks', async () => {
    const dataset = join(folder, 'strange');
    writeMarkedDataset(dataset, (row) => (row.package === 'beta' ? { ...row, package: 'delta' } : row));
    await expect(checkCorpus(dataset)).rejects.toMatchObject({
      kind: 'corrupt',
      message: 'small: a row is of train delta, which the manifest does not list',
    });
  });

  it('is judged by the functions without duplicates', async () => {
    const { leakage } = await checkCorpus(join(folder, 'small'));
    const { total, leaks } = leakage.sides.test;
    const share = leaks.near.unique / total.unique;
    const bars = { exact: 1, normalized: 1, near: share, source: leaks.source.unique / total.unique - 1e-9 };
    expect(judgeLeakage(leakage, bars).map(({ measure, met }) => [measure, met])).toEqual([
      ['exact', true],
      ['normalized', true],
      ['near', true],
      ['source', false],
    ]);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import { writeMarkedDataset } from '../../test/support/dataset.ts';
import type { LengthsReport } from '../tasks/lengths/render.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-lengths-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('counts the tokens of each side of rows without duplicates, and draws them', async () => {
  const rows = writeMarkedDataset(join(folder, 'data'), (row) => ({
    ...row,
    source: `int ${row.name}(void) { return 1; }`,
    text: row.name === 'xcopy' ? 'Copies <S>, twice.' : null,
  }));
  const unique = rows.filter((row) => !row.normalized_duplicate);
  expect(unique.length).toBeLessThan(rows.length);
  const { code, out } = await runCommand([
    'study',
    'lengths',
    join(folder, 'data'),
    '-o',
    join(folder, 'out'),
    '--json',
  ]);
  expect(code).toBe(0);
  const [{ sides, rows: counted }] = (JSON.parse(out) as LengthsReport).sets;
  expect(counted).toBe(unique.length);
  expect(sides.map(({ side, rows }) => [side, rows])).toEqual([
    ['source', unique.length],
    ['assembly', unique.length],
    ['text', unique.filter(({ text }) => text !== null).length],
  ]);
  const [source, assembly, text] = sides;
  expect([source.mean, source.longest, source.quantiles[0]]).toEqual([10, 10, 10]);
  expect([text.mean, text.longest]).toEqual([7, 7]);
  const lengths = unique
    .map(({ assembly: listing }) => listing.match(/\w+|[^\s\w]/g)!.length)
    .sort((a, b) => a - b);
  expect(assembly.longest).toBe(lengths.at(-1));
  expect(assembly.quantiles[2]).toBe(lengths[Math.ceil(lengths.length / 2) - 1]);
  const picture = readFileSync(join(folder, 'out.svg'), 'utf8');
  expect(picture).toMatch(/^<svg xmlns=.*<\/svg>\n$/);
  expect(picture.match(/<path/g)).toHaveLength(3);
  expect(picture).not.toMatch(/NaN|Infinity|undefined/);
  expect(readFileSync(join(folder, 'out.md'), 'utf8')).toContain('![Lengths](out.svg)');
});

it('says which of several is no data set before it reads one', async () => {
  const { code, err } = await runCommand(['study', 'lengths', join(folder, 'data'), folder]);
  expect([code, err]).toEqual([3, expect.stringContaining('no manifest of a data set')]);
});

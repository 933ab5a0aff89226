import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/packages.ts';
import { ALL_COLUMNS, type FunctionRow } from './row.ts';
import { ShardWriter, readShard } from './shard.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function row(i: number): FunctionRow {
  return {
    package: 'p',
    version: '1:2.3-4',
    split: i % 2 === 0 ? 'train' : 'test',
    compiler: 'gcc-12',
    optimization: 'O2',
    flags: '-g -O2',
    binary: 'src/größe',
    name: `f${i}`,
    symbol: i % 3 === 0 ? null : `f${i}.part.0`,
    linkage_name: null,
    source_file: i % 5 === 0 ? null : 'src/f.c',
    source_line: i,
    external: i % 2 === 0,
    address: 2 ** 40 + i,
    size: i % 7,
    code: new Uint8Array(i % 7).fill(i & 255),
    ranges: [
      { address: 2 ** 40 + i, size: i % 7 },
      { address: 2 ** 52 + i, size: 9 },
    ].slice(0, 1 + (i % 2)),
    instructions: i % 7,
    assembly: 'push rbp\nret',
    blocks: Array.from({ length: 1 + (i % 3) }, (_, block) => block * 4),
    edges: Array.from({ length: i % 3 }, (_, from) => ({ from, to: from + 1 })),
    arguments: i % 3,
    variadic: false,
    parameter_types: Array.from({ length: i % 3 }, (_, at) => `struct s${at} *`),
    parameter_classes: Array.from({ length: i % 3 }, () => 'pointer'),
    return_type: 'void',
    exact_hash: 'a'.repeat(32),
    normalized_hash: 'b'.repeat(32),
    source: i % 3 === 0 ? null : 'int f (void) {\n}',
    ir: null,
    lifted: i % 4 === 0 ? null : 'int func0(void)\n{\n}\n',
    text: i % 3 === 0 ? null : 'Gives „f“.',
    text_kind: i % 3 === 0 ? null : 'comment',
    text_style: i % 3 === 0 ? null : 'plain',
    text_author: null,
    text_reference: null,
    text_licence: null,
    exact_duplicate: true,
    normalized_duplicate: false,
    exact_leak: false,
    normalized_leak: true,
  };
}

function writeRows(path: string, count: number): void {
  const shard = new ShardWriter(path, ALL_COLUMNS);
  for (let i = 0; i < count; i++) shard.write(row(i));
  shard.finish();
  expect(shard.rows).toBe(count);
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of rows) list.push(item);
  return list;
}

describe('a shard', () => {
  it('gives back what was written, over several row groups', async () => {
    const path = join(folder, 'many.parquet');
    writeRows(path, 20_000);
    const rows = await all(readShard(path, ALL_COLUMNS));
    expect(rows).toHaveLength(20_000);
    for (const i of [0, 1, 8191, 8192, 16_385, 19_999]) expect(rows[i]).toEqual(row(i));
  });

  it('gives the columns asked for and no others', async () => {
    const path = join(folder, 'few.parquet');
    writeRows(path, 3);
    expect(await all(readShard(path, ['name', 'arguments']))).toEqual([
      { name: 'f0', arguments: 0 },
      { name: 'f1', arguments: 1 },
      { name: 'f2', arguments: 2 },
    ]);
  });

  it('has nothing in a column that is younger than it', async () => {
    const path = join(folder, 'old.parquet');
    const shard = new ShardWriter(path, ['name', 'size']);
    shard.write({ name: 'f', size: 3 });
    shard.finish();
    expect(await all(readShard(path, ['name', 'lifted']))).toEqual([{ name: 'f', lifted: null }]);
    await expect(all(readShard(path, ['name', 'ir']))).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('may be empty', async () => {
    const path = join(folder, 'empty.parquet');
    writeRows(path, 0);
    expect(await all(readShard(path, ALL_COLUMNS))).toEqual([]);
  });

  it('is the same bytes for the same rows', () => {
    writeRows(join(folder, 'one.parquet'), 100);
    writeRows(join(folder, 'two.parquet'), 100);
    expect(readFileSync(join(folder, 'one.parquet'))).toEqual(readFileSync(join(folder, 'two.parquet')));
  });

  it('says so where it is missing, cut off or another kind of file', async () => {
    await expect(all(readShard(join(folder, 'none'), ['name']))).rejects.toMatchObject({
      kind: 'unreadable',
    });
    const path = join(folder, 'cut.parquet');
    writeRows(path, 10);
    writeFileSync(path, readFileSync(path).subarray(0, 500));
    await expect(all(readShard(path, ['name']))).rejects.toMatchObject({ kind: 'corrupt' });
    const shard = new ShardWriter(path, ['name']);
    shard.write({ name: 'f' });
    shard.finish();
    await expect(all(readShard(path, ['name', 'code']))).rejects.toMatchObject({ kind: 'corrupt' });
  });
});

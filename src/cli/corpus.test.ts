import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import { fileHash } from '../corpus/hash.ts';
import { DATASET_SCHEMA, readManifest, type Manifest } from '../corpus/manifest.ts';
import { ShardWriter } from '../corpus/shard.ts';
import { ALL_COLUMNS, type FunctionRow } from '../corpus/row.ts';

const ROW: FunctionRow = {
  package: 'p',
  version: '1',
  split: 'train',
  compiler: 'gcc-12',
  optimization: 'O0',
  flags: '-g -O0',
  binary: 'p',
  name: 'f',
  symbol: 'f',
  linkage_name: null,
  source_file: 'f.c',
  source_line: 1,
  external: true,
  address: 4096,
  size: 1,
  code: Uint8Array.of(0xc3),
  ranges: [{ address: 4096, size: 1 }],
  instructions: 1,
  assembly: 'ret',
  blocks: [0],
  edges: [],
  arguments: 0,
  variadic: false,
  parameter_types: [],
  parameter_classes: [],
  return_type: 'void',
  exact_hash: 'e',
  normalized_hash: 'n',
  source: null,
  ir: null,
  lifted: null,
  text: null,
  text_kind: null,
  text_style: null,
  text_author: null,
  text_reference: null,
  text_licence: null,
  exact_duplicate: false,
  normalized_duplicate: false,
  exact_leak: false,
  normalized_leak: false,
};

const NONE = { rows: 0, exactUnique: 0, normalizedUnique: 0, exactLeaks: 0, normalizedLeaks: 0 };

describe('binscribe corpus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-cli-corpus-'));
  const dataset = join(folder, 'small');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    mkdirSync(join(dataset, 'data'), { recursive: true });
    const file = 'data/train-p.parquet';
    const shard = new ShardWriter(join(dataset, file), ALL_COLUMNS);
    shard.write(ROW);
    shard.finish();
    const manifest: Manifest = {
      schema: DATASET_SCHEMA,
      tool: 'binscribe',
      name: 'small',
      sandboxed: true,
      compilers: [{ name: 'gcc-12', version: 'gcc-12 12.2.0' }],
      levels: ['O0'],
      flags: ['-g'],
      packages: [
        {
          name: 'p',
          version: '1',
          split: 'train',
          files: [],
          licences: ['Expat'],
          buildSystem: 'make',
          texts: { functions: 2, described: 1, rejected: { code: 1 } },
        },
      ],
      snippets: null,
      programs: null,
      failures: [{ package: 'q', compiler: null, optimization: null, reason: 'a | b' }],
      cuts: [],
      shards: [{ file, split: 'train', package: 'p', rows: 1, sha256: await fileHash(join(dataset, file)) }],
      counts: { train: { ...NONE, rows: 1, exactUnique: 1, normalizedUnique: 1 }, test: NONE },
      described: { train: { rows: 0, unique: 0 }, test: { rows: 0, unique: 0 } },
      table: [
        { package: 'p', compiler: 'gcc-12', optimization: 'O0', programs: 1, rows: 1, normalizedUnique: 1 },
      ],
    };
    writeFileSync(join(dataset, 'manifest.json'), JSON.stringify(manifest));
  });

  it('shows a data set as its card or its manifest', async () => {
    const { out } = await runCommand(['corpus', 'show', dataset]);
    expect(out).toContain('# small\n');
    expect(out).toContain('| q | all | all | a \\| b |');
    const { out: json } = await runCommand(['corpus', 'show', dataset, '--json']);
    expect(JSON.parse(json)).toEqual(readManifest(dataset));
  });

  it('checks a data set, and fails where a shard is not what the manifest says', async () => {
    const { out, ...rest } = await runCommand(['corpus', 'check', dataset]);
    expect(rest).toEqual({ code: 0, err: '' });
    expect(out).toContain('small: whole');
    const path = join(dataset, 'data/train-p.parquet');
    const shard = new ShardWriter(path, ALL_COLUMNS);
    shard.write({ ...ROW, exact_leak: true });
    shard.finish();
    const damaged = await runCommand(['corpus', 'check', dataset, '--json']);
    expect(damaged.code).toBe(5);
    expect(JSON.parse(damaged.out)).toMatchObject({
      damage: [expect.stringContaining('SHA-256'), '1 rows are marked wrongly'],
    });
  });

  it('wants a collection for a recipe of snippets, and none for one of packages', async () => {
    const common = { name: 'r', compilers: ['gcc-12'], levels: ['O0'] };
    const snippets = join(folder, 'snippets.json');
    writeFileSync(snippets, JSON.stringify({ ...common, source: { kind: 'poj104' } }));
    const packages = join(folder, 'packages.json');
    writeFileSync(packages, JSON.stringify({ ...common, train: ['hello'], test: [] }));
    const build = (...args: string[]) =>
      runCommand(['corpus', 'build', ...args, '-o', join(folder, 'r'), '--work', join(folder, 'work')]);
    const without = await build(snippets);
    expect(without.code).toBe(2);
    expect(without.err).toContain(
      'needs its collection: ProgramData.tar.gz, or its folder\n  Name it with --input',
    );
    const with_ = await build(packages, '--input', folder);
    expect(with_.code).toBe(2);
    expect(with_.err).toContain('the recipe r is of packages');
    const absent = await build(snippets, '--input', join(folder, 'absent'));
    expect(absent.code).toBe(3);
  });

  it('builds a data set alone, also after a run that was killed', async () => {
    const recipe = join(folder, 'recipe.json');
    const out = join(folder, 'built');
    // No such compiler: the build ends as soon as it has begun.
    const wanted = { name: 'built', train: ['hello'], test: [], compilers: ['gcc-0'], levels: ['O0'] };
    writeFileSync(recipe, JSON.stringify(wanted));
    const build = () => runCommand(['corpus', 'build', recipe, '-o', out, '--work', join(folder, 'work')]);
    const other = spawn('sleep', ['1000']);
    writeFileSync(`${out}.lock`, `${other.pid}\n`);
    const { code, err } = await build();
    expect(code).toBe(2);
    expect(err).toContain(`${out}: process ${other.pid} builds here already\n  Wait for it or stop it`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect((await build()).err).not.toContain('already');
    expect(existsSync(`${out}.lock`)).toBe(false);
  });
});

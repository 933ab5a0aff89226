import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAtUnits } from '../../test/support/emitted.ts';
import { addSourcePackage, bubblewrapWorks, contents, temporaryFolder } from '../../test/support/packages.ts';
import {
  buildCorpus,
  checkCorpus,
  listPrograms,
  openDataset,
  type FunctionRow,
  type Manifest,
  renderSummary,
  summarize,
  type BuildTimes,
} from './index.ts';
import type { PackagesRecipe } from './recipe.ts';
import { openSandbox } from './sandbox.ts';
import { obtainSource } from './sources.ts';
import { findCompiler } from './toolchain.ts';
import type { Unit } from './unit-key.ts';
import { doUnit } from './work.ts';
import { Workplace } from './workplace.ts';

const SHARED = `
int shared_sum(const int *values, unsigned long count) {
  int sum = 0;
  for (unsigned long i = 0; i < count; i++) sum += values[i] * 3;
  return sum;
}
`;
const ALPHA = `
#include <stdio.h>
struct point { int x, y; };
int shared_sum(const int *values, unsigned long count);
/* Length of P, squared and scaled by SCALE.  */
__attribute__((noinline)) static double length_of(struct point p, float scale) {
  return (p.x * p.x + p.y * p.y) * scale;
}
__attribute__((noinline)) int say(const char *format, ...) { return puts(format); }
int main(int argc, char **argv) {
  int values[3] = {argc, 2, 3};
  struct point p = {argc, 4};
  return say(argv[0]) + shared_sum(values, 3) + (int)length_of(p, 2.0f);
}
`;
const BETA = `
int shared_sum(const int *values, unsigned long count);
int main(void) { int values[2] = {1, 2}; return shared_sum(values, 2); }
`;

/** A configure script as small as it can be; it leaves one of its trial programs behind. */
const CONFIGURE = `#!/bin/sh
set -e
echo 'int main(void){return 0;}' > conftest.c
cc -o conftest conftest.c
cat > Makefile <<'END'
all: src/alpha src/twin
src/alpha: src/alpha.c src/shared.c
	cc -O2 -o src/alpha src/alpha.c src/shared.c
src/twin: src/alpha
	cp src/alpha src/twin
END
`;

const RECIPE: PackagesRecipe = {
  name: 'tiny',
  train: ['alpha', 'broken'],
  test: ['beta', 'absent.'],
  compilers: ['gcc-12', 'clang-19'],
  levels: ['O0', 'O2'],
};

describe.skipIf(!bubblewrapWorks())('building a data set', () => {
  const folder = temporaryFolder();
  const workDir = join(folder, 'work');
  const out = join(folder, 'tiny');
  let manifest: Manifest;
  let times: BuildTimes | undefined;

  const addPackages = (target: string) => {
    addSourcePackage(target, 'alpha', {
      configure: CONFIGURE,
      'src/alpha.c': ALPHA,
      'src/shared.c': SHARED,
    });
    addSourcePackage(target, 'beta', {
      Makefile:
        'CC = gcc\nall: manual bin/beta\nmanual:\n\tno-such-tool manual.xml\nanswers:\n\tread answer\n' +
        'bin/beta: answers beta.c shared.c\n\tmkdir -p bin\n\t$(CC) -O1 -o $@ beta.c shared.c\n',
      'beta.c': BETA,
      'shared.c': SHARED,
    });
    addSourcePackage(target, 'broken', { Makefile: 'all:\n\t$(CC) -c broken.c\n', 'broken.c': 'int f( {' });
    mkdirSync(join(target, 'sources/absent.'));
  };

  beforeAll(async () => {
    addPackages(workDir);
    manifest = await buildCorpus(RECIPE, { out, workDir, jobs: 2, onTimes: (found) => (times = found) });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const rows = async (): Promise<FunctionRow[]> => {
    const all: FunctionRow[] = [];
    for await (const row of openDataset(out).rows()) all.push(row);
    return all;
  };

  it('writes one row a function with the facts of its debug information', async () => {
    const found = (await rows()).filter((row) => row.compiler === 'clang-19' && row.optimization === 'O0');
    const alpha = found.filter((row) => row.package === 'alpha');
    expect(alpha.map((row) => row.name).sort()).toEqual(['length_of', 'main', 'say', 'shared_sum']);
    const length = alpha.find((row) => row.name === 'length_of');
    expect(length).toMatchObject({
      version: '1.0',
      split: 'train',
      binary: 'src/alpha',
      symbol: 'length_of',
      source_file: 'src/alpha.c',
      source_line: 6,
      external: false,
      arguments: 2,
      variadic: false,
      parameter_classes: ['struct', 'float'],
      return_type: 'double',
      flags: '-g -O0',
      text: 'Length of P, squared and scaled by SCALE.',
      text_kind: 'comment',
      text_style: 'gnu',
      text_reference: 'src/alpha.c:6',
    });
    expect(length?.source).toMatch(/^__attribute__\(\(noinline\)\) static double length_of\([^]*scale;\n\}$/);
    expect(length?.code.length).toBe(length?.size);
    expect(length?.instructions).toBeGreaterThan(5);
    expect(alpha.find((row) => row.name === 'say')).toMatchObject({ arguments: 1, variadic: true });
  });

  it('compiles at the level that it says, whatever the Makefile asks for', async () => {
    const all = await rows();
    for (const compiler of RECIPE.compilers) {
      const sizes = RECIPE.levels.map(
        (level) =>
          all.find(
            (r) =>
              r.name === 'main' &&
              r.compiler === compiler &&
              r.optimization === level &&
              r.package === 'alpha',
          )?.size ?? 0,
      );
      expect(sizes[0], compiler).toBeGreaterThan(sizes[1]);
    }
  });

  it('marks what occurs on both sides', async () => {
    const shared = (await rows()).filter((row) => row.name === 'shared_sum');
    expect(shared).toHaveLength(8);
    expect(shared.every((row) => row.normalized_leak)).toBe(true);
    const own = (await rows()).filter((row) => row.name === 'say');
    expect(own.some((row) => row.normalized_leak)).toBe(false);
    const report = await checkCorpus(out);
    expect(report.damage).toEqual([]);
    expect(report.leakedNames[0].name).toBe('shared_sum');
    expect(report.counts).toEqual(manifest.counts);
  });

  it('lists what fails and goes on', () => {
    expect(manifest.packages.map(({ name, buildSystem }) => [name, buildSystem])).toEqual([
      ['alpha', 'autotools'],
      ['broken', null],
      ['beta', 'make'],
    ]);
    const broken = manifest.failures.filter((failure) => failure.package === 'broken');
    expect(broken).toHaveLength(4);
    expect(broken[0].reason).toMatch(/^build: exit status 2: .*error/);
    expect(manifest.failures.find((failure) => failure.package === 'absent.')).toEqual({
      package: 'absent.',
      compiler: null,
      optimization: null,
      reason: 'source of absent.: expected one .dsc file, got 0',
    });
  });

  it('keeps the programs of a build that asks questions and cannot make its manual, and tells of it', () => {
    const cells = manifest.table.filter((cell) => cell.package === 'beta');
    expect(cells.map(({ programs }) => programs)).toEqual([1, 1, 1, 1]);
    for (const { incomplete } of cells) expect(incomplete).toMatch(/^build: exit status 2: .*no-such-tool/);
    expect(manifest.table.some((cell) => cell.package === 'alpha' && cell.incomplete !== undefined)).toBe(
      false,
    );
  });

  it('sums up what was built, what failed by cause, and how long it took', async () => {
    const summary = summarize(manifest, 'hash', times!);
    expect(summary).toMatchObject({
      packages: { asked: 4, built: { train: 1, test: 1 }, whole: { train: 1, test: 1 } },
      builds: { asked: 16, done: 8, inPart: 4 },
      failures: [
        { cause: 'does not compile', builds: 4, packages: ['broken'] },
        { cause: 'source not to be had', builds: 4, packages: ['absent.'] },
      ],
      times: { builds: 8, rows: (await rows()).length },
    });
    expect(summary.times.seconds).toBeGreaterThan(0);
    expect(renderSummary(summary)).toContain('8 of 16 builds gave functions, 4 of them in part');
  });

  it('keeps each program once, without leftovers of configure', () => {
    const programs = listPrograms(workDir);
    expect(new Set(programs.map((program) => program.binary))).toEqual(new Set(['src/alpha', 'bin/beta']));
    expect(programs).toHaveLength(8);
    expect(programs.every(({ path }) => existsSync(path))).toBe(true);
  });

  it('tells nothing of this machine', () => {
    for (const [path, content] of Object.entries(contents(out))) {
      const text = Buffer.from(content, 'base64').toString('latin1');
      expect(text.includes(folder) || text.includes(process.cwd()), path).toBe(false);
    }
    for (const { path } of listPrograms(workDir)) {
      expect(readFileSync(path).includes('binscribe-build-'), path).toBe(false);
    }
  });

  it('notices a damaged shard', async () => {
    const copy = join(folder, 'damaged');
    mkdirSync(join(copy, 'data'), { recursive: true });
    for (const [path, content] of Object.entries(contents(out))) {
      const bytes = Buffer.from(content, 'base64');
      if (path === 'data/train-alpha.parquet') bytes[bytes.length >> 2] ^= 1;
      writeFileSync(join(copy, path), bytes);
    }
    await expect(
      checkCorpus(copy).then(
        ({ damage }) => damage[0] ?? 'nothing',
        (error: Error) => error.message,
      ),
    ).resolves.toContain('train-alpha.parquet');
  });

  it('leaves a folder alone that is no data set', async () => {
    await expect(buildCorpus(RECIPE, { out: workDir, workDir })).rejects.toMatchObject({ kind: 'usage' });
  });

  it('gives the same bytes when it was killed on the way', { timeout: 240_000 }, async () => {
    const other = join(folder, 'other');
    addPackages(other);
    const rest = join(folder, 'resumed');
    // The last run goes through.
    await killAtUnits(folder, RECIPE, { out: rest, workDir: other }, [1, 3, 5]);
    expect(existsSync(rest)).toBe(false);
    await buildCorpus(RECIPE, { out: rest, workDir: other, jobs: 1 });
    expect(contents(rest)).toEqual(contents(out));
  });

  it('finds done what another worker has made of orders in JSON', { timeout: 120_000 }, async () => {
    const elsewhere = join(folder, 'elsewhere');
    addPackages(elsewhere);
    new Workplace(elsewhere).open();
    for (const name of ['alpha', 'beta']) {
      const source = await obtainSource(new Workplace(elsewhere), name);
      for (const compiler of RECIPE.compilers.map(findCompiler)) {
        for (const level of RECIPE.levels) {
          const order = JSON.stringify({ source, compiler, level, ir: false, lifted: false } satisfies Unit);
          const context = { place: new Workplace(elsewhere), sandbox: openSandbox(), brokenTrees: new Map() };
          const done = await doUnit(JSON.parse(order) as Unit, context);
          expect(JSON.parse(JSON.stringify(done))).toEqual(done);
        }
      }
    }
    const left: unknown[] = [];
    const options = { out: join(folder, 'ordered'), workDir: elsewhere };
    await buildCorpus(RECIPE, { ...options, onProgress: (progress) => left.push(progress.left) });
    // No unit was built, so there is nothing to guess the time from.
    expect(left.every((time) => time === undefined)).toBe(true);
    expect(contents(options.out)).toEqual(contents(out));
  });

  it('works without a sandbox where asked to, says so, and still tells nothing of the machine', async () => {
    const recipe = { ...RECIPE, train: ['alpha'], test: [], compilers: ['gcc-12'] };
    const bare = join(folder, 'bare');
    const built = await buildCorpus(recipe, { out: bare, workDir, unsafeNoSandbox: true });
    expect(built.sandboxed).toBe(false);
    expect(built.counts.train.rows).toBe(8);
    expect(readFileSync(join(bare, 'card.md'), 'utf8')).toContain('WITHOUT a sandbox');
    for await (const row of openDataset(bare).rows(['source_file'])) {
      expect(row.source_file).toMatch(/^src\/(alpha|shared)\.c$/);
    }
  });

  it('gives up a package that hangs, and says so where nothing is left', async () => {
    addSourcePackage(workDir, 'hanging', { Makefile: 'all:\n\tsleep 3600\n' });
    const recipe = {
      ...RECIPE,
      train: ['hanging'],
      test: [],
      compilers: ['gcc-12'],
      levels: ['O0' as const],
    };
    const building = buildCorpus(recipe, {
      out: join(folder, 'none'),
      workDir,
      limits: { milliseconds: 5000 },
    });
    await expect(building).rejects.toMatchObject({
      kind: 'missing',
      message: expect.stringMatching(/^no package could be built: build: took over 5 s/),
    });
  });

  it('does nothing again that is done', async () => {
    const steps: (number | undefined)[] = [];
    const again = await buildCorpus(
      { ...RECIPE, train: ['alpha'] },
      { out: join(folder, 'again'), workDir, onProgress: ({ left }) => steps.push(left) },
    );
    expect(again.failures.map((failure) => failure.package)).toEqual(['absent.']);
    // No unit was built, so there is nothing to guess the time from.
    expect(steps.every((left) => left === undefined)).toBe(true);
  });
});

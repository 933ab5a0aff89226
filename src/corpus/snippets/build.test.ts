import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, tool } from '../../../test/support/compile.ts';
import { emitBuildScript } from '../../../test/support/emitted.ts';
import { bubblewrapWorks, contents, temporaryFolder } from '../../../test/support/packages.ts';
import { buildCorpus, checkCorpus, openDataset, type FunctionRow, type Manifest } from '../index.ts';
import type { SnippetsRecipe } from '../recipe.ts';

/** Functions of twelve projects; `static` and `inline` ones are compiled nowhere by themselves. */
const FUNCTIONS = Array.from({ length: 24 }, (_, i) => ({
  project: `p${i % 12}`,
  function: `f${i}`,
  origin: `p${i % 12}/f.c`,
  source: [
    `static int f${i}(int a, const char *s)\n{\n  return a * ${i + 3} + s[a];\n}\n`,
    `inline unsigned long f${i}(unsigned long x) { return x >> ${i}; }\n`,
    `struct s${i} { int a; char b[${i}]; };\nint f${i}(struct s${i} *p) { return p->a ? p->b[1] : sizeof *p; }\n`,
  ][i % 3],
}));
const BROKEN = [
  { project: 'p0', function: 'syntax', source: 'int syntax( {\n' },
  {
    project: 'p0',
    function: 'lost',
    source: '#include "lost.h"\nint lost(struct lost *p) { return p->x; }\n',
  },
  { project: 'p1', function: 'clear', source: '#define clear(x) 0\nint only_a_variable;\n' },
];

const RECIPE: SnippetsRecipe = {
  name: 'tiny',
  source: { kind: 'functions' },
  testShare: 0.4,
  compilers: ['gcc-12', 'clang-19'],
  levels: ['O0', 'Os'],
  ir: true,
};

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rowsOf(out: string): Promise<FunctionRow[]> {
  const rows: FunctionRow[] = [];
  for await (const row of openDataset(out).rows()) rows.push(row);
  return rows;
}

/** Builds with one compiler at one level. */
async function buildSmall(
  source: SnippetsRecipe['source'],
  input: string,
): Promise<{ manifest: Manifest; rows: FunctionRow[] }> {
  const out = join(folder, `small-${source.kind}`);
  const recipe: SnippetsRecipe = {
    name: source.kind,
    source,
    ...(source.kind !== 'poj104' && { testShare: 0.5 }),
    compilers: ['gcc-12'],
    levels: ['O1'],
  };
  const manifest = await buildCorpus(recipe, { out, workDir: join(folder, 'small'), input });
  return { manifest, rows: await rowsOf(out) };
}

function write(path: string, content: string | Buffer): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe.skipIf(!bubblewrapWorks())('a data set of snippets', () => {
  const workDir = join(folder, 'work');
  const out = join(folder, 'tiny');
  const input = join(folder, 'functions.jsonl.gz');
  let manifest: Manifest;
  let rows: FunctionRow[];

  beforeAll(async () => {
    const lines = [...FUNCTIONS, ...BROKEN].map((one) => JSON.stringify(one)).join('\n');
    writeFileSync(input, gzipSync(lines));
    manifest = await buildCorpus(RECIPE, { out, workDir, input, jobs: 2, batchSize: 5 });
    rows = await rowsOf(out);
  });

  it('has a row a function, compiler and level, with its text, source and place', () => {
    for (const { function: name, project, origin, source } of FUNCTIONS) {
      const own = rows.filter((row) => row.name === name);
      expect(own.map(({ compiler, optimization }) => `${compiler} ${optimization}`).sort(), name).toEqual([
        'clang-19 O0',
        'clang-19 Os',
        'gcc-12 O0',
        'gcc-12 Os',
      ]);
      for (const row of own) {
        expect(row).toMatchObject({
          package: project,
          symbol: name,
          text: name,
          text_kind: 'name',
          text_author: null,
          text_reference: origin,
        });
        expect(source).toContain(row.source);
        expect(row.source).toContain(name);
        expect(row.flags).toMatch(new RegExp(`^-std=gnu17 .*-g -${row.optimization}$`));
        expect(row.ir === null, row.compiler).toBe(row.compiler === 'gcc-12');
        expect(row.ir ?? `@${name}(`).toContain(`@${name}(`);
        expect(row.ir ?? '').not.toMatch(/!dbg|DILocation/);
      }
    }
    expect(rows).toHaveLength(4 * FUNCTIONS.length);
  });

  it('has the code that the compiler makes with the flags that a row names', () => {
    const row = rows.find(({ name, compiler }) => name === 'f2' && compiler === 'gcc-12')!;
    const source = FUNCTIONS[2].source;
    const object = compile(source, { compiler: 'gcc-12', flags: [...row.flags.split(' '), '-c'] });
    tool('objcopy', '-O', 'binary', '-j', '.text', object, `${object}.text`);
    const text = readFileSync(`${object}.text`);
    expect(Buffer.from(row.code).equals(text.subarray(row.address, row.address + row.size))).toBe(true);
    expect(row.size).toBeGreaterThan(10);
  });

  it('lies on one side by groups, and names shards by side and number', async () => {
    const sides = new Map<string, Set<string>>();
    for (const { package: group, split } of rows)
      sides.set(group, (sides.get(group) ?? new Set()).add(split));
    expect([...sides.values()].every((of) => of.size === 1)).toBe(true);
    const { groups, items } = manifest.snippets!;
    expect(groups.train + groups.test).toBe(12);
    expect(Math.min(groups.train, groups.test)).toBeGreaterThan(1);
    expect(items.train + items.test).toBe(FUNCTIONS.length + BROKEN.length);
    expect(manifest.shards.map(({ file }) => file)).toEqual([
      'data/train-00000.parquet',
      'data/test-00000.parquet',
    ]);
    const report = await checkCorpus(out);
    expect(report.damage).toEqual([]);
    expect(report.counts).toEqual(manifest.counts);
  });

  it('counts what does not compile by cause', () => {
    expect(manifest.snippets).toMatchObject({
      kind: 'functions',
      inputs: [{ name: 'functions.jsonl.gz', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      rejected: { 'header missing': 1, 'not C by syntax': 1 },
    });
    for (const cell of manifest.snippets!.table) {
      expect(cell).toMatchObject({ compiled: 24, rows: 24, failures: { 'no function': 1 } });
    }
    expect(readFileSync(join(out, 'card.md'), 'utf8')).toContain('header missing 1, not C by syntax 1');
  });

  it('tells nothing of this machine', () => {
    for (const [path, content] of Object.entries(contents(out))) {
      const text = Buffer.from(content, 'base64').toString('latin1');
      expect(text.includes(folder) || text.includes('binscribe-snippets-'), path).toBe(false);
    }
  });

  it('is the same bytes by one worker, and where nothing is to be done', async () => {
    const other = join(folder, 'other');
    await buildCorpus(RECIPE, { out: other, workDir, input, jobs: 1, batchSize: 5 });
    expect(contents(other)).toEqual(contents(out));
  });

  it('is the same bytes when it was killed on the way', { timeout: 240_000 }, async () => {
    const script = emitBuildScript(folder);
    const recipe: SnippetsRecipe = { ...RECIPE, compilers: ['gcc-12'], ir: false };
    const whole = join(folder, 'whole');
    await buildCorpus(recipe, { out: whole, workDir, input, batchSize: 5 });
    const rest = join(folder, 'resumed');
    const options = { out: rest, workDir: join(folder, 'killed'), input, jobs: 2, batchSize: 5 };
    const made = (): number => {
      const done = join(options.workDir, 'rows');
      return existsSync(done) ? readdirSync(done).length : 0;
    };
    // Killed as soon as there are 1, 4 and 8 of 12 units; the last run goes through, alone.
    for (const units of [1, 4, 8]) {
      const child = spawn(process.execPath, [script, JSON.stringify(recipe), JSON.stringify(options)], {
        stdio: 'ignore',
      });
      const ended = new Promise((done) => child.once('exit', done));
      while (child.exitCode === null && child.signalCode === null && made() < units) await sleep(5);
      child.kill('SIGKILL');
      await ended;
    }
    expect(existsSync(rest)).toBe(false);
    await buildCorpus(recipe, { ...options, jobs: 1 });
    expect(contents(rest)).toEqual(contents(whole));
  });

  it('needs its collection, and says which', async () => {
    const place = { out: join(folder, 'none'), workDir };
    await expect(buildCorpus(RECIPE, place)).rejects.toMatchObject({
      kind: 'usage',
      message:
        'a recipe of functions needs its collection: a folder of .c files, or a file .jsonl or .jsonl.gz',
    });
    await expect(buildCorpus(RECIPE, { ...place, input: join(folder, 'absent') })).rejects.toMatchObject({
      kind: 'unreadable',
    });
  });
});

describe.skipIf(!bubblewrapWorks())('drafts by rules', () => {
  const input = join(folder, 'lifted.jsonl');
  const workDir = join(folder, 'lifting');
  const SHIFTS = [1, 2, 3];
  const recipe: SnippetsRecipe = {
    name: 'drafts',
    source: { kind: 'functions' },
    testShare: 0,
    compilers: ['gcc-12'],
    levels: ['O0', 'O2'],
  };

  const build = async (out: string, lifted?: boolean) => {
    const at = join(folder, out);
    const options = { out: at, workDir, input, batchSize: 2 };
    const manifest = await buildCorpus({ ...recipe, ...(lifted !== undefined && { lifted }) }, options);
    return { manifest, rows: await rowsOf(at), at };
  };
  const units = (): string[] => readdirSync(join(workDir, 'rows')).sort();

  it('are there where the recipe asks for them, and nothing else is done again', async () => {
    const functions = SHIFTS.map((i) => ({
      project: 'p',
      function: `shift${i}`,
      source: `#include <stdlib.h>\nint own(int);\nlong shift${i}(long x, const char *text) { return x > ${i} ? strtol(text, 0, 10) >> ${i} : own(7); }\n`,
    }));
    // Vectors of eight are no rule's matter.
    const refused = `void refused(double *a, double *b) { __builtin_memcpy(a, b, 0); __asm__("vaddpd %ymm0, %ymm1, %ymm2"); }`;
    functions.push({ project: 'p', function: 'refused', source: refused });
    writeFileSync(input, functions.map((one) => JSON.stringify(one)).join('\n'));
    const plain = await build('drafts-not');
    const before = units();
    const lifted = await build('drafts', true);
    const after = units();
    expect(after).toHaveLength(2 * before.length);
    expect(after).toEqual(expect.arrayContaining(before));
    expect(lifted.rows.map((row) => ({ ...row, lifted: null }))).toEqual(plain.rows);
    expect(plain.rows.every((row) => row.lifted === null)).toBe(true);
    const again = await build('drafts-again', false);
    expect(units()).toEqual(after);
    expect(contents(again.at)).toEqual(contents(plain.at));

    for (const { name, lifted: draft } of lifted.rows) {
      expect(draft === null, name).toBe(name === 'refused');
      // What is the program's own has no name; its own name no code tells.
      expect(draft ?? '').not.toMatch(/own|shift/);
      expect(draft ?? 'strtol').toContain('strtol');
    }
    expect(lifted.manifest.snippets!.table.map((cell) => cell.lifted)).toEqual([3, 3]);
    expect(plain.manifest.snippets!.table[0]).not.toHaveProperty('lifted');
    expect(readFileSync(join(lifted.at, 'card.md'), 'utf8')).toContain('3 (75.0 %)');
    expect(readFileSync(join(plain.at, 'card.md'), 'utf8')).not.toContain('lifted by rules');
  });
});

describe.skipIf(!bubblewrapWorks())('collections', () => {
  it('of posts carry author, post and the licence of the day to every row', async () => {
    const source = { kind: 'posts', tags: ['c', 'c++'] } as const;
    const { rows, manifest } = await buildSmall({ ...source, tags: [...source.tags] }, 'test/fixtures/posts');
    expect(rows.map(({ name, package: group, binary }) => [name, group, binary])).toEqual([
      ['add', 'q/1', 'a/4#0'],
    ]);
    expect(rows[0]).toMatchObject({
      text: 'Adding "two" numbers – naïvely\n\nLike this:\n\nIt adds.',
      text_kind: 'post',
      text_author: 'users/10',
      text_reference: 'a/4',
      text_licence: 'CC BY-SA 3.0',
    });
    // The question's block is of variables that nobody declares.
    expect(manifest.snippets!.rejected).toEqual({ 'name not declared': 1 });
  });

  it('of documentation have the heading and the prose before the code', async () => {
    const root = join(folder, 'docs');
    write(
      join(root, 'c/arrays.md'),
      '---\ntitle: "Arrays"\n---\n\n## Last element\nGives the last one.\n\n' +
        '    int last(int *list, unsigned size)\n    {\n        return list[size - 1];\n    }\n',
    );
    write(join(root, 'c++/maps.md'), '## Keys\n\n    for (auto& pair : values) std::cout << pair.first;\n');
    write(join(root, 'java/x.md'), '## X\n\n    int x(int a) { return a; }\n');
    const { rows, manifest } = await buildSmall({ kind: 'markdown', topics: ['c', 'c++'] }, root);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      name: 'last',
      package: 'c/arrays.md',
      text: 'Last element\n\nGives the last one.',
      text_kind: 'documentation',
      text_reference: 'c/arrays.md: Last element',
      text_licence: 'CC BY-SA 3.0',
    });
    expect(manifest.snippets!.items.train + manifest.snippets!.items.test).toBe(2);
  });

  it('of POJ-104 are split by problem, whatever line ends, encoding and language', async () => {
    const root = join(folder, 'poj');
    // GBK for "integer".
    const chinese = Buffer.from([0xd5, 0xfb, 0xca, 0xfd]);
    const c = ['void main()\r\n{ /* ', '*/\r\n  char s[9]; gets(s); printf("%s", s);\r\n}\r\n'];
    write(join(root, 'ProgramData/3/1.txt'), Buffer.concat([Buffer.from(c[0]), chinese, Buffer.from(c[1])]));
    write(
      join(root, 'ProgramData/80/7.txt'),
      'int data;\r\nint main() { cin >> data; cout << data << endl; }',
    );
    write(
      join(root, 'ProgramData/81/9.txt'),
      'int main(){ int n; bool b = n > 3; scanf("%d", &n); return b; }',
    );
    execFileSync('tar', ['--format=ustar', '-czf', 'ProgramData.tar.gz', '--sort=name', 'ProgramData'], {
      cwd: root,
    });
    const { rows } = await buildSmall({ kind: 'poj104' }, root);
    expect(rows.map(({ name, package: problem, split, binary }) => [name, problem, split, binary])).toEqual([
      ['main', '3', 'train', '3/1'],
      ['main', '80', 'train', '80/7'],
      ['main', '81', 'test', '81/9'],
    ]);
    expect(rows[0].source).toContain('/* 整数*/');
    expect(rows.every(({ text }) => text === null)).toBe(true);
  });

  it('of HumanEval join the problem to its function', async () => {
    const root = join(folder, 'humaneval');
    const prompt =
      'def helper(x):\n    """ Helps. """\n\ndef f(a: int):\n    """ Doubles A.\n    >>> f(2)\n    4\n    """\n';
    const problem = { task_id: 'HumanEval/0', prompt };
    write(join(root, 'humaneval/openai/HumanEval.jsonl.gz'), gzipSync(`${JSON.stringify(problem)}\n`));
    const functions = ['O0', 'O1'].map((type) => ({
      task_id: 0,
      type,
      c_func:
        '#include <stdio.h>\nint helper(int x) { return x + x; }\nint func0(int a) { return helper(a); }',
    }));
    write(join(root, 'llm4decompile/decompile-eval.json'), JSON.stringify(functions));
    const { rows } = await buildSmall({ kind: 'humaneval' }, root);
    expect(rows.map(({ name, text, text_licence }) => [name, text, text_licence])).toEqual([
      ['helper', null, null],
      ['func0', 'Doubles A.\n>>> f(2)\n4', 'MIT'],
    ]);
  });

  it('of functions are also folders, of which a project is one', async () => {
    const root = join(folder, 'angha');
    write(
      join(root, 'redis/extr_a.c_f.c'),
      'static int g(void) { return 1; }\nint f(void) { return g(); }\n',
    );
    write(join(root, 'extr_linuxkernelfork.c_h_Final.c'), 'int h(int a) { return a; }\n');
    const { rows } = await buildSmall({ kind: 'functions' }, root);
    const told = rows.map(({ name, package: project, text }) => [name, project, text]).sort();
    expect(told).toEqual([
      ['f', 'redis', 'f'],
      ['g', 'redis', null],
      ['h', 'linux', 'h'],
    ]);
  });
});

/** In the manner of those that sandbox-compiler meets, but through the whole path. */
const HOSTILE = [
  '#include </etc/passwd>\nint f(void) { return 1; }',
  '__asm__(".incbin \\"/etc/passwd\\"");\nint f(void) { return 1; }',
  '#include </dev/random>\nint f(void) { return 1; }',
  '__asm__(".incbin \\"/dev/zero\\"");\nint f(void) { return 1; }',
  '#include __FILE__\n#include __FILE__\nint f(void) { return 1; }',
  'int huge[1 << 28] = {1};\nint f(void) { return huge[1]; }',
  `#define a0 x\n${Array.from({ length: 40 }, (_, i) => `#define a${i + 1} a${i} + a${i}\n`).join('')}int f(int x) { return a40; }`,
  'template <int N> struct t { static const int v = t<N + 1>::v + t<N - 1>::v; };\nint f() { return t<0>::v; }',
  'constexpr int loop(int n) { while (n >= 0) n = n ? n : 1; return n; }\nstatic_assert(loop(1) > 0, "");\nint f() { return 1; }',
];

describe.skipIf(!bubblewrapWorks())('hostile snippets', () => {
  it('get an error, see nothing, and cost no other snippet', { timeout: 400_000 }, async () => {
    const fence = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\`\n\n`;
    const blocks = HOSTILE.map((code) => fence(/template|constexpr/.test(code) ? 'cpp' : 'c', code));
    const before = fence('c', 'int before(int a) { return a + 1; }');
    // It is compiled and never run.
    const after = fence('c', '#include <unistd.h>\nint after(void) { for (;;) fork(); }');
    // Headers in quotes are the author's, and left out where they are not there.
    const own = fence('c', '#include "/etc/passwd"\nint own(void) { return 1; }');
    const root = join(folder, 'hostile');
    write(join(root, 'c/page.md'), [before, ...blocks, own, after].join(''));
    const { rows, manifest } = await buildSmall({ kind: 'markdown', topics: ['c'] }, root);
    expect(rows.map(({ name }) => name)).toEqual(['before', 'own', 'after']);
    const { rejected, table } = manifest.snippets!;
    // What never ends is not tried in other ways.
    expect(rejected['time, memory or size']).toBe(2);
    const counts = [...Object.values(rejected), ...Object.values(table[0].failures)];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(HOSTILE.length);
    for (const place of [
      join(folder, 'small-markdown'),
      join(folder, 'small/rows'),
      join(folder, 'small/settled'),
    ]) {
      for (const content of Object.values(contents(place))) {
        expect(Buffer.from(content, 'base64').includes('root:x:')).toBe(false);
      }
    }
  });
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compile } from '../../test/support/compile.ts';
import { stubModel } from '../../test/support/stub-model.ts';
import { explain } from './explain.ts';
import { renderSweep } from './render/sweep.ts';
import {
  countReport,
  programsOfTheAim,
  type ReportCounts,
  sizeClasses,
  type SweepReport,
  type SweepRow,
  totalsOf,
} from './sweep.ts';

const COUNTS: ReportCounts = {
  functions: 10,
  thunks: 2,
  fragments: 1,
  asked: 7,
  symbols: 1,
  abstained: { names: 7, compiler: 0, optimization: 0, arguments: 0 },
  instructions: 100,
  stripped: true,
  kind: 'executable',
  skipped: 0,
  cuts: [],
};

function explained(path: string, seconds: number, counts: Partial<ReportCounts> = {}): SweepRow {
  return { path, size: 1000, seconds, outcome: 'explained', counts: { ...COUNTS, ...counts } };
}

const ROWS: SweepRow[] = [
  explained('/usr/bin/a', 1),
  explained('/usr/bin/b', 3, {
    asked: 3,
    abstained: { names: 1, compiler: 1, optimization: 1, arguments: 1 },
  }),
  explained('/usr/bin/c', 2, { functions: 200, cuts: ['.eh_frame: the end is missing'] }),
  {
    path: '/usr/bin/d|`d`',
    size: 10,
    seconds: 0.5,
    outcome: 'refused',
    error: { kind: 'corrupt', message: 'no *header*\u001b[2J' },
  },
  {
    path: '/usr/bin/e',
    size: 10,
    seconds: 900,
    outcome: 'hung',
    error: { kind: 'internal', message: 'no answer after 900 s' },
  },
];

test('a report is counted as it is', async () => {
  const path = compile(
    'int main(int n, char **v) { for (int i = 0; i < 9; i++) n = n * n + v[i][n]; return n; }',
    {
      compiler: 'gcc-12',
      flags: ['-O1'],
    },
  );
  const report = await explain(readFileSync(path), stubModel(), { path });
  const counts = countReport(report);
  expect(counts.functions).toBe(report.functions.length);
  expect(counts.asked).toBe(counts.functions - counts.thunks - counts.fragments);
  expect(counts.asked).toBeGreaterThan(counts.abstained.names);
  expect(counts.abstained.names).toBeGreaterThan(0);
  expect(counts.symbols).toBe(counts.asked);
  expect(counts).toMatchObject({ stripped: false, kind: 'executable', skipped: 0, cuts: [] });
});

test('totals add up, and abstentions are shares of what was asked', () => {
  const totals = totalsOf(ROWS);
  expect(totals).toMatchObject({ files: 5, explained: 3, partial: 1, refused: 1, crashed: 0, hung: 1 });
  expect(totals).toMatchObject({ errors: { corrupt: 1 }, seconds: 906.5, functions: 220, asked: 17 });
  expect(totals.abstained).toEqual({
    names: 15 / 17,
    compiler: 1 / 17,
    optimization: 1 / 17,
    arguments: 1 / 17,
  });
});

test('classes hold what was explained, each program once', () => {
  const [small, middle, ...larger] = sizeClasses(ROWS);
  expect(small).toEqual({ from: 0, below: 100, files: 2, functions: 20, seconds: 4, median: 3, slowest: 3 });
  expect(middle).toMatchObject({ from: 100, below: 1000, files: 1 });
  expect(larger.map(({ files }) => files)).toEqual([0, 0, 0]);
  expect(larger.at(-1)?.below).toBe(null);
});

test('the aim is about git, bash and a stripped program of about 5,000 functions', () => {
  const rows = [
    explained('/usr/bin/git', 4, { functions: 6000 }),
    explained('/usr/bin/near', 3, { functions: 4900 }),
    explained('/usr/bin/nearer', 3, { functions: 5001, stripped: false }),
    explained('/usr/lib/nearest.so', 3, { functions: 5000, kind: 'shared' }),
    explained('/usr/bin/bash', 3, { functions: 2000 }),
    explained('/usr/bin/far', 3, { functions: 9000 }),
  ];
  expect(programsOfTheAim(rows).map(({ path }) => path)).toEqual([
    '/usr/bin/git',
    '/usr/bin/bash',
    '/usr/bin/near',
  ]);
  expect(programsOfTheAim(ROWS)).toEqual([]);
});

test('what a path or a message holds is no markup', () => {
  const report: SweepReport = {
    schema: 1,
    tool: 'binscribe 0',
    model: 'tiny',
    machine: { system: 'Debian', processor: 'one', cores: 1, node: '20' },
    jobs: 1,
    limit: 900,
    places: ['/usr/bin'],
    totals: totalsOf(ROWS),
    classes: sizeClasses(ROWS),
    timed: {
      load: 0,
      models: ['encoder', 'meaning'],
      programs: [{ path: '/usr/bin/git', size: 1, functions: 1, seconds: [1, 2, 3] }],
    },
    passedOver: { links: 1, others: { script: ['/usr/bin/s'] } },
    rows: ROWS,
  };
  const text = renderSweep(report);
  expect(text).toContain("- `/usr/bin/d\\|'d'`: refused: no \\*header\\*\\\\x1b\\[2J");
  expect(text).toContain('| `/usr/bin/git` | 1 | 0.0 | **2.00** | 1.00, 2.00, 3.00 |');
  expect(text).toContain('- `/usr/bin/c`: .eh\\_frame: the end is missing');
});

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { functionReport, HOSTILE_NAMES, reportOf } from '../../../test/support/report.ts';
import { CSV_COLUMNS, csvLine, renderCsv } from './csv.ts';

/** What Python's csv module reads. */
function readBack(csv: string): string[][] {
  const program =
    'import csv, io, json, sys\n' +
    'text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")\n' +
    'print(json.dumps(list(csv.reader(io.StringIO(text, newline=""), strict=True))))';
  const input = Buffer.from(csv);
  return JSON.parse(execFileSync('python3', ['-c', program], { input, encoding: 'utf8' })) as string[][];
}

test('another reader finds the columns, a line a function, and the texts', () => {
  const report = reportOf([
    functionReport(0x10, {
      names: [{ name: 'a "quoted", name', score: 0.25 }],
      calls: ['puts', 'exit'],
      strings: ['one | two', 'line\\n'],
      arguments: { count: 2, score: 0.5 },
    }),
    functionReport(0x20, { symbol: 'known', interest: 2 }),
  ]);
  const [titles, ...rows] = readBack([...renderCsv([report, report])].join(''));
  expect(titles).toEqual(CSV_COLUMNS);
  expect(rows).toHaveLength(4);
  const cell = (row: number, column: string): string => rows[row][CSV_COLUMNS.indexOf(column)];
  expect(CSV_COLUMNS.slice(0, 10).map((column) => cell(0, column))).toEqual([
    'program',
    '0x10',
    '16',
    'function',
    '1',
    'a "quoted", name',
    'suggested',
    '0.25',
    '2',
    '0.5',
  ]);
  expect([cell(0, 'calls'), cell(0, 'strings')]).toEqual(['puts | exit', 'one | two | line\\n']);
  expect(['name', 'name_origin', 'name_score', 'arguments'].map((column) => cell(1, column))).toEqual([
    'known',
    'file',
    '1',
    '',
  ]);
  expect(rows[2]).toEqual(rows[0]);
});

test('whatever a text is, a reader finds it, but for apostrophes before what begins a formula', () => {
  const texts = [
    ...HOSTILE_NAMES,
    ' =1',
    `"=1`,
    '＝1',
    ...fc.sample(fc.string({ unit: 'binary', minLength: 1 }), 300),
  ];
  const cells = readBack(texts.map((text) => csvLine([text, 1])).join(''));
  expect(cells.map(([, one]) => one)).toEqual(texts.map(() => '1'));
  cells.forEach(([cell], at) => {
    // Half a pair is no text and comes out as a question mark in a box.
    const whole = Buffer.from(texts[at]).toString();
    expect(cell.replaceAll("'", '')).toBe(whole.replaceAll("'", ''));
    for (const part of cell.split(';')) expect(part).not.toMatch(/^[\s"]*[=+\-@\t\r\n＝＋－＠]/);
  });
});

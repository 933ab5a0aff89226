import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sanitize } from '../sanitize.ts';
import { cells, type Column, fit, layOut, percent } from './columns.ts';

const COLUMNS: Column[] = [
  { title: 'N', align: 'right', most: 5 },
  { title: 'NAME', align: 'left', most: 12 },
  { title: 'WHY', align: 'left', most: Number.POSITIVE_INFINITY },
];
const cell = fc.string({ unit: 'binary' }).map((text) => ({ text: sanitize(text) }));

test('columns line up, and a line neither passes the width nor ends in space', () => {
  expect(
    layOut(
      COLUMNS,
      [
        [{ text: '1' }, { text: 'one' }, { text: 'because of this and of that' }],
        [{ text: '1234567' }, { text: '' }, { text: '日本語' }],
        [{ text: '12' }, { text: 'twelve' }, { text: '' }],
      ],
      30,
      (text) => text,
    ),
  ).toEqual([
    '    N  NAME    WHY',
    '    1  one     because of thi…',
    '1234…          日本語',
    '   12  twelve',
  ]);
});

test('no line is wider than asked', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell)), fc.integer({ min: 40, max: 100 }), (rows, width) => {
      for (const line of layOut(COLUMNS, rows, width, (text) => text)) {
        expect(cells(line)).toBeLessThanOrEqual(width);
      }
    }),
  );
});

test('text is cut by cells, not by letters', () => {
  expect(fit('日本語', 6)).toBe('日本語');
  expect(fit('日本語', 5)).toBe('日本…');
  expect(fit('日本語', 4)).toBe('日…');
  expect(fit('abc', 0)).toBe('');
});

test('only what is certain is 100 %, and only what is impossible 0 %', () => {
  expect([1, 0.9999, 0.994, 0.5, 0.004, 0].map(percent)).toEqual([
    '100 %',
    '>99 %',
    '99 %',
    '50 %',
    '<1 %',
    '0 %',
  ]);
});

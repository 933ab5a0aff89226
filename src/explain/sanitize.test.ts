import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPrintable, sanitize, shorten } from './sanitize.ts';

test.each([
  ['a terminal escape', '\u001b[31mred', '\\x1b[31mred'],
  ['a C1 control', '\u009b31m', '\\x9b31m'],
  ['lines', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
  ['a bidirectional override', 'gpj\u202eexe', 'gpj\\u{202e}exe'],
  ['zero width', 'a\u200bb\ufeff', 'a\\u{200b}b\\u{feff}'],
  ['line separators', '\u2028\u2029\u0085', '\\u{2028}\\u{2029}\\x85'],
  ['a space that is none', 'a\u00a0b', 'a\\xa0b'],
  ['piled marks', 'a\u0300\u0301', 'a\\u{300}\\u{301}'],
  ['tags', '\u{e0041}', '\\u{e0041}'],
  ['half a pair', '\ud83d', '\\u{d83d}'],
  ['letters of any script', 'größe 日本語 имя', 'größe 日本語 имя'],
  ['a backslash', 'C:\\n', 'C:\\n'],
])('%s is shown, not obeyed', (_, text, shown) => {
  expect(sanitize(text)).toBe(shown);
});

test('whatever comes in, what comes out is printable, bounded, and stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 80 }), (text, limit) => {
      const shown = sanitize(text, limit);
      expect(isPrintable(shown)).toBe(true);
      expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/u);
      expect(shown.length).toBeLessThanOrEqual(limit);
      expect(sanitize(shown, limit)).toBe(shown);
    }),
    { numRuns: 500 },
  );
});

test('every unit of UTF-16 alone', () => {
  const units = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));
  expect(units.filter((unit) => !isPrintable(sanitize(unit)))).toEqual([]);
});

test('a cut does not split a pair', () => {
  expect(shorten('ab😀cd', 4)).toBe('ab…');
  expect(shorten('ab😀cd', 5)).toBe('ab😀…');
});

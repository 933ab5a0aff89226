import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LengthCounts } from './lengths.ts';
import { countWordsAndMarks, wordsAndMarks } from './text/words.ts';

function countsOf(lengths: readonly number[]): LengthCounts {
  const counts = new LengthCounts();
  for (const length of lengths) counts.add(length);
  return counts;
}

describe('LengthCounts', () => {
  it('has the quantiles of sorted lengths', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(70_000), { minLength: 1 }),
        fc.integer({ min: 1, max: 100 }),
        (lengths, percent) => {
          const sorted = lengths.toSorted((a, b) => a - b);
          const expected = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
          const found = countsOf(lengths).quantile(percent / 100);
          expect(Math.abs(found - expected)).toBeLessThanOrEqual(expected < 65_536 ? 0 : expected / 16);
        },
      ),
    );
  });

  it('has every length in the bin that holds it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1 }), (lengths) => {
        const { starts, end, counts } = countsOf(lengths).histogram();
        const bounds = [...starts, end];
        expect(counts).toEqual(
          starts.map((start, i) => lengths.filter((one) => one >= start && one < bounds[i + 1]).length),
        );
        expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
      }),
    );
  });

  it('takes no more memory for what is longest', () => {
    const counts = countsOf([1e12, 5, 5, 5]);
    expect([counts.count, counts.longest, counts.quantile(0.5)]).toEqual([4, 1e12, 5]);
    expect(new LengthCounts().quantile(0.5)).toBeNaN();
  });
});

describe('countWordsAndMarks', () => {
  it.each([
    ['mov rax, qword ptr [rbp - 0x10]', 10],
    ['%12 = load i32, ptr %3, align 4', 12],
    ['Größe of naïve 漢字, 🙂🙂', 7],
    ['', 0],
  ])('%s: %i', (text, count) => {
    expect(countWordsAndMarks(text)).toBe(count);
  });

  it('counts what is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // The small forms of some letters are two characters.
        const text2 = text.toLowerCase();
        expect(countWordsAndMarks(text2)).toBe(wordsAndMarks(text2).length);
      }),
    );
  });
});

import { expect, it } from 'vitest';
import { casesOf, renderCases } from './cases.ts';
import type { Verdict } from './question.ts';

const told = (texts: readonly string[], items: readonly number[]): Verdict => ({
  figures: { 'BLEU-4': 0.5 },
  items,
  told: texts,
});

const items = ['a', 'a', 'b', 'c', 'd', 'e'].map((from, i) => ({
  what: `${from}/f${i}`,
  package: from,
  reference: `opens \`${i}\`\n  again`,
}));

it('shows the best and the worst of the leading way, one function of a package, beside what others say of them', () => {
  const ways = {
    nearest: told(['n0', 'n1', 'n2', 'n3', 'n4', 'n5'], [1, 1, 1, 1, 1, 1]),
    full: told(['t0', 't1', 't2', 't3', 't4', 'x'.repeat(1000)], [0.9, 0.8, 0.7, 0.3, 0.2, 0.1]),
    silent: { figures: {}, items: [0, 0, 0, 0, 0, 0] },
  };
  const cases = casesOf(items, ways, 'full');
  expect(cases.map(({ what, isGood }) => [what, isGood])).toEqual([
    ['a/f0', true],
    ['b/f2', true],
    ['e/f5', false],
    ['d/f4', false],
    ['c/f3', false],
  ]);
  expect(cases[0].told).toEqual([
    { way: 'nearest', text: 'n0', score: 1 },
    { way: 'full', text: 't0', score: 0.9 },
  ]);
  const text = renderCases(cases).join('\n');
  expect(text).toContain("- `a/f0`: `opens '0' again`\n  - nearest, 100.0: `n0`\n  - full, 90.0: `t0`");
  // A long text is quoted in part.
  expect(text.length).toBeLessThan(1000);
});

it('has nothing to show where nothing was told', () => {
  expect(renderCases([])).toEqual([]);
});

it('writes no NUL into a report: it stood between the parts of what functions are called', () => {
  const [one] = casesOf(
    [{ what: 'a\0b.c\0f', package: 'a', reference: 'x\u0007y' }],
    { full: told(['t\0'], [1]) },
    'full',
  );
  expect(renderCases([one]).join('\n')).not.toMatch(/(?!\n)\p{Cc}/u);
});

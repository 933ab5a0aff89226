import { expect, test } from 'vitest';
import { ownText, usualBeginning } from './draft-style.ts';

const USED = '__attribute__((used)) static ';

test('the usual beginning is the commonest, whatever is between its words', () => {
  expect(usualBeginning([`${USED}int a(void) {}`, '__attribute__ ((aligned(8)))\nint b;', 'int c;'])).toBe(
    USED,
  );
  expect(usualBeginning([`${USED}int a;`, `__attribute__((used))\nstatic int b;`, 'int c;'])).toBe(USED);
  expect(usualBeginning([`${USED}int a;`, 'int b;', 'staticky c;'])).toBe('');
  expect(usualBeginning(['static inline int a;', 'static\ninline char b;', `${USED}int c;`])).toBe(
    'static inline ',
  );
  expect(usualBeginning([])).toBe('');
});

test("of a draft the function's own text is left, begun as most are", () => {
  const draft =
    'typedef long any_long;\nstatic int data_40[2] = {1, 2};\nint func0(int a)\n{\nreturn data_40[a];\n}';
  const own = 'int func0(int a)\n{\nreturn data_40[a];\n}';
  expect(ownText(draft, USED)).toBe(USED + own);
  expect(ownText(draft, '')).toBe(own);
  expect(ownText(`static ${own}`, USED)).toBe(`static ${own}`);
  expect(ownText('int x;', USED)).toBe(`${USED}int x;`);
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { faithfulness, LIFTED } from './faithfulness.ts';

it('goes by what the study of drafts has fitted', () => {
  const results = JSON.parse(readFileSync('results/drafts.json', 'utf8')) as { faithfulness: unknown };
  expect(LIFTED).toEqual(results.faithfulness);
});

it('is no more than the likeness of code where nothing else is known', () => {
  expect(faithfulness({ alone: true }, LIFTED)).toBe(LIFTED.share);
  expect(faithfulness({ alone: false }, LIFTED)).toBe(0);
  expect(faithfulness({ alone: true, likeness: null }, LIFTED)).toBe(0);
  expect(faithfulness({ alone: false, likeness: 0.25 }, LIFTED)).toBe(0.25);
  expect(faithfulness({ alone: true, likeness: 0.25 }, LIFTED)).toBeGreaterThan(0.8);
  expect(faithfulness({ alone: true, likeness: 1 }, LIFTED)).toBeLessThan(1);
});

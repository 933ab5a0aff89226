import { expect, test } from 'vitest';
import { askedOf, seedsAsked } from './study-shape.ts';

const WAY = { name: 'full', description: '', preTrained: true, set: {}, seeds: [1, 2, 3] };

test('a way is asked what it names, from its seeds or from some of them', () => {
  const some = { ...WAY, questions: ['names', { name: 'source', seeds: [3, 1, 9] }] };
  expect(askedOf(some)).toEqual(['names', 'source']);
  expect(['names', 'source', 'summaries'].map((name) => seedsAsked(some, name))).toEqual([
    [1, 2, 3],
    [1, 3],
    [],
  ]);
  expect(seedsAsked({ ...some, seeds: [2] }, 'source')).toEqual([]);
  expect(askedOf({ ...WAY, questions: undefined })).toBeUndefined();
  expect(seedsAsked(WAY, 'anything')).toEqual([1, 2, 3]);
});

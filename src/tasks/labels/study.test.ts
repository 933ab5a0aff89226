import { expect, it } from 'vitest';
import { Random } from '../../random.ts';
import { separation } from './study.ts';

it('counts pairs of which the own stands higher, ties half', () => {
  const random = new Random(1);
  // Few different scores: many ties.
  const scores = Array.from({ length: 60 }, () => random.below(8));
  const isOwn = scores.map(() => random.uniform() < 0.3);
  let [higher, pairs] = [0, 0];
  scores.forEach((own, i) => {
    scores.forEach((other, k) => {
      if (!isOwn[i] || isOwn[k]) return;
      pairs++;
      higher += own > other ? 1 : own === other ? 1 / 2 : 0;
    });
  });
  const { area, low, high } = separation(scores, isOwn, [...scores.keys()]);
  expect(area).toBeCloseTo(higher / pairs, 12);
  expect(low).toBeLessThan(area);
  expect(high).toBeGreaterThan(area);
  // Of one package there is nothing to draw.
  const one = separation(
    scores,
    isOwn,
    scores.map(() => 0),
  );
  expect([one.low, one.high]).toEqual([area, area]);
});

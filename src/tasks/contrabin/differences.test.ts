import { expect, it } from 'vitest';
import { RandomStream } from '../../nn/random.ts';
import { mean } from '../../numbers.ts';
import { differencesOf, gainsOf } from './differences.ts';
import { nameFigures } from './names.ts';
import type { Verdict } from './question.ts';

const NAMES = ['usage', 'error', 'cleanup', 'match'];
const random = new RandomStream(1, 'names');
const truth = Array.from({ length: 120 }, () => random.below(NAMES.length));

/** Right of this share, as a question of names tells it. */
function verdictOf(share: number): Verdict {
  const told = truth.map((own) => (random.uniform() < share ? own : random.below(NAMES.length)));
  return {
    figures: nameFigures(truth, told, NAMES.length),
    items: truth.map((own, i) => Number(told[i] === own)),
    told: told.map((one) => NAMES[one]),
  };
}

const ways = new Map([
  ['full', [verdictOf(0.9), verdictOf(0.8)]],
  ['without', [verdictOf(0.3)]],
  ['nearest', [verdictOf(0.1)]],
]);
const clusters = truth.map((_, i) => i % 20);
const names = truth.map((one) => NAMES[one]);

it('are those of the figures, seeds averaged, each with an interval about it', () => {
  const found = differencesOf(
    { question: 'names', clusters, ways, truth: names },
    ['full', 'without'],
    'nearest',
  );
  expect(found).toHaveLength(6);
  for (const { figure, better, worse, mean: gain, low, high } of found) {
    const own = (way: string) => mean(ways.get(way)!.map(({ figures }) => figures[figure]));
    expect(gain).toBeCloseTo(own(better) - own(worse), 12);
    expect(low).toBeLessThan(gain);
    expect(high).toBeGreaterThan(gain);
  }
  const [accuracy, maf1] = found;
  expect([accuracy.figure, maf1.figure]).toEqual(['accuracy', 'MAF1']);
  expect(maf1.low).toBeGreaterThan(0);
});

it('of what is no name the first figure alone is compared, and nothing with a way that was not asked', () => {
  const judged = { question: 'summaries', clusters, ways };
  const one = differencesOf(judged, ['full'], 'nearest');
  expect(one.map(({ figure, better, worse }) => [figure, better, worse])).toEqual([
    ['accuracy', 'full', 'nearest'],
  ]);
  expect(differencesOf(judged, ['full', 'masked'], 'nearest')).toEqual(one);
});

it('of losses is told by the seeds that both ways have', () => {
  const losses: [variant: string, seed: number, loss: number][] = [
    ['without', 1, 4.6],
    ['without', 2, 4.7],
    ['without', 3, 4.7],
    ['full', 3, 4.5],
    ['full', 1, 4.3],
    ['full', 9, 1],
  ];
  const told = { figures: { 'BLEU-4': 0.5 }, items: [0, 1] };
  const report = {
    name: 'summaries',
    kind: 'summaries',
    facts: {},
    clusters: [0, 1],
    baselines: { nearest: told },
    results: losses.map(([variant, seed, loss]) => ({
      ...told,
      variant,
      question: 'summaries',
      seed,
      validation: { 'loss per token': loss },
    })),
    cases: [],
  } as const;
  const loss = gainsOf(report, ['full', 'without']).filter(({ figure }) => figure === 'loss per token');
  expect(loss).toHaveLength(1);
  const [{ better, worse, mean: gain, low, high }] = loss;
  expect([better, worse]).toEqual(['full', 'without']);
  // Of two seeds, −0.3 and −0.2: the half is 12.706 standard errors, of a standard deviation of 0.1 / √2.
  expect([gain, low, high].map((one) => one.toFixed(4))).toEqual(['-0.2500', '-0.8853', '0.3853']);
  const one = { ...report, results: report.results.slice(0, 3) };
  expect(gainsOf(one, ['full', 'without']).map(({ figure }) => figure)).toEqual(['BLEU-4']);
});

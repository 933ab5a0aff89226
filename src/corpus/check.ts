/** `binscribe corpus check`: is a data set whole, and how much of one side is known to the other? */

import { join } from 'node:path';
import { openDataset } from './dataset.ts';
import { fileHash } from './hash.ts';
import { Marker, type SideCounts } from './marks.ts';
import type { Split } from './recipe.ts';
import { compareText } from './text.ts';

/** A function of the test side that leaks, with how many rows of that side bear its name and leak. */
export interface LeakedName {
  name: string;
  rows: number;
}

export interface CorpusCheck {
  name: string;
  counts: Record<Split, SideCounts>;
  /** Share of the test side's rows whose code occurs in training, exactly and normalised. */
  exactLeakShare: number;
  normalizedLeakShare: number;
  /** The same after duplicates inside the test side are taken out. */
  normalizedUniqueLeakShare: number;
  /** The names most often behind normalised leaks: shared library code, as a rule. */
  leakedNames: LeakedName[];
  /** What is wrong with the folder; empty where all is well. */
  damage: string[];
}

/** Names listed: enough to recognise a library. */
const LISTED_NAMES = 20;

/**
 * Reads every row again and marks it anew.
 *
 * @throws BinscribeError: `unreadable` where there is no data set, `corrupt` where it cannot be read through.
 */
export async function checkCorpus(directory: string): Promise<CorpusCheck> {
  const dataset = openDataset(directory);
  const { manifest } = dataset;
  const damage: string[] = [];
  for (const shard of manifest.shards) {
    const actual = await fileHash(join(directory, shard.file));
    if (actual !== shard.sha256)
      damage.push(`${shard.file}: expected SHA-256 ${shard.sha256}, got ${actual}`);
  }
  const marker = new Marker();
  for await (const row of dataset.rows(['split', 'exact_hash', 'normalized_hash']))
    marker.learn(row, row.split);
  const names = new Map<string, number>();
  let uniqueLeaks = 0;
  let wrongMarks = 0;
  const rows = dataset.rows([
    'split',
    'name',
    'compiler',
    'optimization',
    'exact_hash',
    'normalized_hash',
    'exact_duplicate',
    'normalized_duplicate',
    'exact_leak',
    'normalized_leak',
  ]);
  for await (const row of rows) {
    const marks = marker.mark(row);
    if (Object.entries(marks).some(([mark, value]) => row[mark as keyof typeof marks] !== value))
      wrongMarks++;
    if (row.split === 'train' || !marks.normalized_leak) continue;
    names.set(row.name, (names.get(row.name) ?? 0) + 1);
    if (!marks.normalized_duplicate) uniqueLeaks++;
  }
  if (wrongMarks > 0) damage.push(`${wrongMarks} rows are marked wrongly`);
  const { test } = marker.counts;
  return {
    name: manifest.name,
    counts: marker.counts,
    exactLeakShare: ratio(test.exactLeaks, test.rows),
    normalizedLeakShare: ratio(test.normalizedLeaks, test.rows),
    normalizedUniqueLeakShare: ratio(uniqueLeaks, test.normalizedUnique),
    leakedNames: [...names]
      .map(([name, count]) => ({ name, rows: count }))
      .sort((a, b) => b.rows - a.rows || compareText(a.name, b.name))
      .slice(0, LISTED_NAMES),
    damage,
  };
}

/** The report as text. */
export function renderCheck(check: CorpusCheck): string {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const { train, test } = check.counts;
  return [
    `${check.name}: ${check.damage.length === 0 ? 'whole' : 'DAMAGED'}`,
    ...check.damage.map((line) => `  ${line}`),
    `train: ${train.rows} rows, ${train.normalizedUnique} without duplicates`,
    `test: ${test.rows} rows, ${test.normalizedUnique} without duplicates`,
    `leaks of the test side: ${percent(check.exactLeakShare)} of its rows exactly, ` +
      `${percent(check.normalizedLeakShare)} with addresses normalised, ` +
      `${percent(check.normalizedUniqueLeakShare)} of those without duplicates`,
    `names behind most leaks: ${check.leakedNames.map(({ name, rows }) => `${name} (${rows})`).join(', ')}`,
    '',
  ].join('\n');
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

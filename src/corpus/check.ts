/** `binscribe corpus check`: is a data set whole, and how much of one side is known to the other? */

import { join } from 'node:path';
import { VERSION } from '../version.ts';
import { openDataset } from './dataset.ts';
import { fileHash } from './hash.ts';
import { manifestHash } from './manifest.ts';
import { type Bars, DEFAULT_BARS, type Judgement, judgeLeakage } from './leakage/bars.ts';
import { type Leakage, LeakCounter } from './leakage/leakage.ts';
import { Survey, SURVEYED } from './leakage/survey.ts';
import { Marker, type SideCounts } from './marks.ts';
import type { Split } from './recipe.ts';
import { compareText } from './text.ts';

/** A function of the test side that leaks, with how many rows of that side bear its name and leak. */
export interface LeakedName {
  name: string;
  rows: number;
}

export interface CorpusCheck {
  schema: 1;
  tool: string;
  name: string;
  /** SHA-256 of the data set's manifest, which holds those of its shards. */
  manifest: string;
  counts: Record<Split, SideCounts>;
  leakage: Leakage;
  bars: Judgement[];
  /** The names most often behind normalised leaks: shared library code, as a rule. */
  leakedNames: LeakedName[];
  /** What is wrong with the folder; empty where all is well. */
  damage: string[];
}

export interface CheckOptions {
  /** Jaccard similarity of shingles at and above which functions are near. */
  similarity?: number;
  bars?: Partial<Bars>;
  progress?: (step: string, done: number, total: number) => void;
}

/**
 * Four fifths, as studies of duplicated code (Allamanis 2019) and of texts to train on (Lee and others 2022) have it:
 * of every 27 instructions one is another.
 */
export const DEFAULT_SIMILARITY = 0.8;

/** Names listed: enough to recognise a library. */
const LISTED_NAMES = 20;

/**
 * Reads every row again, marks it anew and compares it with all others.
 *
 * @throws BinscribeError: `unreadable` where there is no data set, `corrupt` where it cannot be read through.
 */
export async function checkCorpus(directory: string, options: CheckOptions = {}): Promise<CorpusCheck> {
  const { similarity = DEFAULT_SIMILARITY, bars, progress } = options;
  const dataset = openDataset(directory);
  const { manifest } = dataset;
  const damage: string[] = [];
  for (const [done, shard] of manifest.shards.entries()) {
    progress?.('hashing files', done, manifest.shards.length);
    const actual = await fileHash(join(directory, shard.file));
    if (actual !== shard.sha256)
      damage.push(`${shard.file}: expected SHA-256 ${shard.sha256}, got ${actual}`);
  }
  const total = manifest.shards.reduce((sum, { rows }) => sum + rows, 0);
  const marker = new Marker();
  const survey = new Survey(manifest, similarity);
  let done = 0;
  for await (const row of dataset.rows([...SURVEYED, 'exact_hash'])) {
    marker.learn(row, row.split);
    survey.learn(row);
    progress?.('reading functions', ++done, total);
  }
  survey.compare((bands, all) => progress?.('comparing functions', bands, all));
  const counter = new LeakCounter(survey);
  const names = new Map<string, number>();
  let wrongMarks = 0;
  done = 0;
  const rows = dataset.rows([
    'split',
    'package',
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
    progress?.('counting leaks', ++done, total);
    const marks = marker.mark(row);
    if (Object.entries(marks).some(([mark, value]) => row[mark as keyof typeof marks] !== value))
      wrongMarks++;
    counter.count(row, marks);
    if (row.split === 'train' || !marks.normalized_leak) continue;
    names.set(row.name, (names.get(row.name) ?? 0) + 1);
  }
  if (wrongMarks > 0) damage.push(`${wrongMarks} rows are marked wrongly`);
  const leakage = counter.finish();
  for (const { package: of, rows } of leakage.onBothSides)
    damage.push(`${of} is on both sides: expected no rows on the test side, got ${rows}`);
  return {
    schema: 1,
    tool: `binscribe ${VERSION}`,
    name: manifest.name,
    manifest: manifestHash(directory),
    counts: marker.counts,
    leakage,
    bars: judgeLeakage(leakage, { ...DEFAULT_BARS, ...bars }),
    leakedNames: [...names]
      .map(([name, count]) => ({ name, rows: count }))
      .sort((a, b) => b.rows - a.rows || compareText(a.name, b.name))
      .slice(0, LISTED_NAMES),
    damage,
  };
}

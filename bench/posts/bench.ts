/** `bench posts`: all fields of all rows of a dump, decoded by our reader and by lxml's iterparse. */

import { closeSync, openSync, rmSync, mkdtempSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchResult } from '../common.ts';
import { runCase } from '../open.ts';
import { generateDump } from './generate.ts';

/** Some 120 MB: both sides take long enough to be measured, and neither a start-up's worth. */
const POSTS = 100_000;

export function benchPosts(only: readonly string[], log: (line: string) => void): Promise<BenchResult[]> {
  if (only.length > 0 && !only.includes('lxml')) return Promise.resolve([]);
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-bench-'));
  try {
    const path = join(folder, 'Posts.xml');
    const file = openSync(path, 'w');
    for (const text of generateDump({ posts: POSTS, seed: 1, wantedShare: 0.9 })) writeSync(file, text);
    closeSync(file);
    const result = runCase(
      {
        name: 'lxml',
        ours: 'ours-posts.js',
        peer: 'lxml_posts.py',
        module: 'lxml',
        unit: 'rows',
        describe: () => ({ path }),
      },
      log,
    );
    return Promise.resolve([result]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

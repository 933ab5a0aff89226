/** What all benchmarks share. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface BenchResult {
  readonly name: string;
  /** The peer's time over ours: above 1 we are faster. */
  readonly ratio: number;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Pythons that have a module: the one of the benchmarks' virtual environment, and Debian's own. */
export function peerPythons(module: string): string[] {
  const found = [join('work', 'bench-venv', 'bin', 'python'), '/usr/bin/python3'].filter(
    (python) => existsSync(python) && spawnSync(python, ['-c', `import ${module}`]).status === 0,
  );
  if (found.length === 0) {
    throw new Error(
      `no Python with ${module}. As the benchmarks want it: python3 -m venv work/bench-venv && ` +
        'work/bench-venv/bin/pip install torch==2.13.0 numpy gensim',
    );
  }
  return found;
}

/** What all benchmarks share. */

import { execFileSync } from 'node:child_process';

export interface BenchResult {
  readonly name: string;
  /** The peer's time over ours: above 1 we are faster. */
  readonly ratio: number;
  /** Milliseconds of a step, medians. */
  readonly ours: number;
  readonly peer: number;
  /** Which of the peers, at which settings, was the fastest. */
  readonly peerName: string;
  /** Units of work a second, where that says more. */
  readonly rates?: { readonly unit: string; readonly ours: number; readonly peer: number };
  /** Largest relative difference of the values that both sides computed. */
  readonly difference?: number;
  /** Our peak memory over theirs. */
  readonly memoryRatio?: number;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Runs a program to its end. @returns what its last line says, as JSON; the caller knows what that is */
export function lastWords(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): unknown {
  const output = execFileSync(command, args, {
    encoding: 'utf8',
    // Losses of all steps, by the hundred thousand.
    maxBuffer: 1 << 28,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output.trim().split('\n').at(-1)!);
}

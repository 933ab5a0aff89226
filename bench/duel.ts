/**
 * Two programs at the same work, in turn: ours and a peer's, each in a process of its own, so that both meet the same
 * noise.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastWords, medianOf, type BenchResult } from './common.ts';
import { COMMON, peersWith, type Peer } from './peers.ts';

const ROUNDS = 3;
/** Times the fastest peer's time; between two runs of the same we have seen 1.4. */
const HOPELESS = 1.6;
/** Values that are compared: later ones of two trainings drift apart by rounding alone. */
const COMPARED = 30;

/** A case. Both programs are called with its name, a folder and a number of steps, and answer with a line of JSON. */
export interface Duel {
  readonly name: string;
  /** Beside this module. */
  readonly ours: string;
  /** In `bench/peers/`, and the module without which it cannot run. */
  readonly peer: string;
  readonly module: string;
  readonly steps: number;
  /** First steps left out of the time: graphs are optimised, pages touched, caches filled. */
  readonly warm: number;
  /** Puts into the folder what both sides start from. */
  write(folder: string): Promise<void>;
}

/** What a side tells. */
export interface Answer {
  /** Of each step. */
  readonly milliseconds: readonly number[];
  /** In which both sides should agree: losses, outputs, scores. */
  readonly values: readonly number[];
  /** How much a step does, where a rate says more than a time. */
  readonly work?: { readonly unit: string; readonly count: number };
}

interface Side extends Answer {
  /** In bytes. */
  readonly peakMemory: number;
}

/** A program's last words. */
export function tell(answer: Answer): void {
  // The unit of maxRSS is a kilobyte.
  const side: Side = { ...answer, peakMemory: process.resourceUsage().maxRSS * 1024 };
  process.stdout.write(`${JSON.stringify(side)}\n`);
}

/** @param only names of the duels to fight; none for all */
export async function fightAll(
  duels: readonly Duel[],
  only: readonly string[],
  log: (line: string) => void,
): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const duel of duels.filter(({ name }) => only.length === 0 || only.includes(name))) {
    results.push(await fight(duel, log));
  }
  return results;
}

async function fight(duel: Duel, log: (line: string) => void): Promise<BenchResult> {
  const peers = peersWith(duel.module);
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-bench-'));
  try {
    await duel.write(folder);
    return compare(duel, folder, peers, log);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(
  { name, ours: program, peer, steps, warm }: Duel,
  folder: string,
  candidates: readonly Peer[],
  log: (line: string) => void,
): BenchResult {
  const here = import.meta.dirname;
  const script = join(here, '..', '..', 'bench', 'peers', peer);
  const arguments_ = [name, folder, `${steps}`];
  const time = ({ milliseconds }: Side): number => medianOf(milliseconds.slice(warm));
  const ours: Side[] = [];
  const peers = new Map<Peer, Side[]>(candidates.map((candidate) => [candidate, []]));
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(lastWords(process.execPath, [join(here, program), ...arguments_], COMMON) as Side);
    for (const [{ python, environment }, sides] of peers) {
      sides.push(lastWords(python, [script, ...arguments_], environment) as Side);
    }
    const times = [...peers].map((entry) => `${entry[0].name} ${time(entry[1].at(-1)!).toFixed(1)} ms`);
    log(`${name} ${round + 1}/${ROUNDS}: ours ${time(ours.at(-1)!).toFixed(1)} ms, ${times.join(', ')}`);
    // Who is this far behind will not be the fastest.
    const fastest = Math.min(...[...peers.values()].map((sides) => time(sides.at(-1)!)));
    for (const [slow, sides] of peers) if (time(sides.at(-1)!) > HOPELESS * fastest) peers.delete(slow);
  }
  const [{ name: peerName }, best] = [...peers].sort(
    ([, a], [, b]) => medianOf(a.map(time)) - medianOf(b.map(time)),
  )[0];
  const mine = medianOf(ours.map(time));
  const theirs = medianOf(best.map(time));
  const { work } = ours[0];
  const rate = (milliseconds: number): number => Math.round((work!.count / milliseconds) * 1000);
  return {
    name,
    ratio: theirs / mine,
    ours: mine,
    peer: theirs,
    ...(work ? { rates: { unit: `${work.unit}/s`, ours: rate(mine), peer: rate(theirs) } } : {}),
    difference: Math.max(
      ...ours[0].values
        .slice(0, COMPARED)
        .map((value, i) => Math.abs(value - best[0].values[i]) / Math.abs(value)),
    ),
    memoryRatio: medianOf(ours.map((s) => s.peakMemory)) / medianOf(best.map((s) => s.peakMemory)),
    peerName,
  };
}

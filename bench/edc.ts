/**
 * `bench edc`: Embedding Distance Correlation of 10,000 items over all pairs, against SciPy's pdist and pearsonr and
 * against NumPy, which multiplies matrices by all cores in blocks. Each side runs once, in one process, from reading
 * the vectors to the figure, and the figures must agree.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../src/random.ts';
import { type BenchResult, lastWords } from './common.ts';
import type { OnceSide } from './once.ts';
import { peersWith } from './peers.ts';

interface EdcSide extends Omit<OnceSide, 'digest'> {
  readonly pearson: number;
}

/** As many items as the issue names; vectors as long as our encoder's, and as LSA's of texts. */
const ITEMS = 10_000;
const SIZES = [64, 128] as const;
/** Of what a figure of 32 bits can tell. */
const AGREEMENT = 1e-4;

const CASES = ['scipy', 'numpy'] as const;

export function benchEdc(only: readonly string[], log: (line: string) => void): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-bench-'));
  try {
    writeVectors(folder);
    const chosen = CASES.filter((name) => only.length === 0 || only.includes(name));
    return Promise.resolve(chosen.map((name) => fight(name, folder, log)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Outputs that follow from the inputs but for noise. */
function writeVectors(folder: string): void {
  const random = new Random(1);
  const [sizeX, sizeY] = SIZES;
  const x = Float32Array.from({ length: ITEMS * sizeX }, () => random.uniform() - 0.4);
  const y = new Float32Array(ITEMS * sizeY);
  for (let i = 0; i < ITEMS; i++) {
    for (let k = 0; k < sizeY; k++) {
      y[i * sizeY + k] = x[i * sizeX + (k % sizeX)] + random.uniform() - 0.5;
    }
  }
  writeFileSync(join(folder, 'x.f32'), new Uint8Array(x.buffer));
  writeFileSync(join(folder, 'y.f32'), new Uint8Array(y.buffer));
  writeFileSync(join(folder, 'case.json'), JSON.stringify({ items: ITEMS, sizes: SIZES }));
}

function fight(name: string, folder: string, log: (line: string) => void): BenchResult {
  const here = import.meta.dirname;
  const script = join(here, '..', '..', 'bench', 'peers', 'edc_pairs.py');
  const mine = lastWords(process.execPath, [join(here, 'ours-edc.js'), name, folder]) as EdcSide;
  const peers = peersWith('scipy').map((peer) => ({
    peer,
    side: lastWords(peer.python, [script, name, folder], peer.environment) as EdcSide,
  }));
  const fastest = peers.reduce((a, b) => (b.side.milliseconds < a.side.milliseconds ? b : a));
  const { side } = fastest;
  log(`${name}: ours ${mine.milliseconds.toFixed(0)} ms, theirs ${side.milliseconds.toFixed(0)} ms`);
  const difference = Math.abs(mine.pearson - side.pearson);
  if (!(difference < AGREEMENT)) throw new Error(`${name}: ours ${mine.pearson}, theirs ${side.pearson}`);
  const rate = ({ milliseconds, count }: EdcSide): number => Math.round((count / milliseconds) * 1000);
  return {
    name,
    ratio: side.milliseconds / mine.milliseconds,
    ours: mine.milliseconds,
    peer: side.milliseconds,
    peerName: fastest.peer.name,
    rates: { unit: 'pairs/s', ours: rate(mine), peer: rate(side) },
    difference,
    memoryRatio: mine.peakMemory / side.peakMemory,
  };
}

/** `npm run -s bench -- NAME [CASE…] [--json]`: our speed beside that of others, on the same work. */

import { cpus } from 'node:os';
import type { BenchResult } from './common.ts';
import { benchTrain } from './train.ts';

const BENCHES: Record<
  string,
  (only: readonly string[], log: (line: string) => void) => Promise<BenchResult[]>
> = {
  train: benchTrain,
};

/** The ratios that we promise: see the issue that asked for each. */
const BARS: Record<string, number> = {
  'transformer-train': 0.9,
  'transformer-infer-1': 1.2,
  'transformer-infer-32': 1,
  'clip-train': 0.9,
  'seq2seq-train': 0.9,
  'gru-train': 1.1,
  'lstm-train': 1.1,
  skipgram: 1,
};

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const json = process.argv.includes('--json');
const [name, ...only] = words;
const bench = BENCHES[name];
if (!bench) {
  process.stderr.write(`usage: npm run -s bench -- ${Object.keys(BENCHES).join('|')} [CASE…] [--json]\n`);
  process.exitCode = 2;
} else {
  const results = await bench(only, (line) => process.stderr.write(`${line}\n`));
  for (const result of results) process.stderr.write(`${JSON.stringify(result)}\n`);
  const ratios = Object.fromEntries(results.map((r) => [r.name, Number(r.ratio.toFixed(3))]));
  const bars = Object.fromEntries(results.flatMap((r) => (r.name in BARS ? [[r.name, BARS[r.name]]] : [])));
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
  if (json) process.stdout.write(`${JSON.stringify({ bench: name, ratios, bars, machine })}\n`);
}

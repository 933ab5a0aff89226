/** `npm run -s bench -- NAME [CASE…] [--json] [-o PATH]`: our speed beside that of others, on the same work. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import type { BenchResult } from './common.ts';
import { products } from './cases/products.ts';
import { fightAll } from './duel.ts';
import { benchEdc } from './edc.ts';
import { benchGraph } from './graph.ts';
import { benchOpen } from './open.ts';
import { benchPosts } from './posts/bench.ts';
import { benchStep, renderShares } from './step.ts';
import { renderTable, type BenchReport } from './table.ts';
import { trainings } from './train.ts';

type Log = (line: string) => void;

/** Against a peer, or a time that we allow ourselves. */
const BENCHES: Record<string, (only: readonly string[], log: Log) => Promise<BenchResult[]>> = {
  train: (only, log) => fightAll(trainings, only, log),
  products: (only, log) => fightAll(products, only, log),
  graph: benchGraph,
  open: benchOpen,
  edc: benchEdc,
  posts: benchPosts,
};
/** Tells where the time goes. */
const STEP = 'step';

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
  build: 1,
  start: 1,
  tokens: 6,
  dwarf: 20,
  scipy: 10,
  numpy: 2,
  lxml: 1.5,
};

const HELP = `usage: npm run -s bench -- ${[...Object.keys(BENCHES), STEP].join('|')} [CASE…] [--json] [-o PATH]

--json ends with one line {bench, ratios, bars, machine}; -o writes PATH.json and PATH.md. A ratio is the peer's time
over ours: above 1 we are faster. docs/nn/benchmarks.md says what is compared, and how to get the peers.
`;

/** Cases that were not run keep the rows that they have. */
function write(path: string, report: BenchReport): void {
  const before = existsSync(`${path}.json`)
    ? (JSON.parse(readFileSync(`${path}.json`, 'utf8')) as BenchReport)
    : report;
  const rows = new Map([...before.results, ...report.results].map((result) => [result.name, result]));
  const merged = { ...report, results: [...rows.values()], bars: { ...before.bars, ...report.bars } };
  writeFileSync(`${path}.json`, `${JSON.stringify(merged, null, 1)}\n`);
  writeFileSync(`${path}.md`, renderTable(merged));
}

const words = process.argv.slice(2);
const place = words.indexOf('-o');
const [, output] = place < 0 ? [] : words.splice(place, 2);
const json = words.includes('--json');
const [name, ...only] = words.filter((word) => !word.startsWith('-'));
const log: Log = (line) => process.stderr.write(`${line}\n`);
const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
const load = loadavg()[0];
const bench = BENCHES[name];
if (name === STEP) {
  const steps = await benchStep(only, log);
  const table = renderShares(steps, `${machine}; load before: ${load.toFixed(2)}`);
  const document = { bench: name, steps, machine, load };
  if (output !== undefined) {
    writeFileSync(`${output}.json`, `${JSON.stringify(document, null, 1)}\n`);
    writeFileSync(`${output}.md`, table);
  }
  process.stdout.write(json ? `${JSON.stringify(document)}\n` : table);
} else if (bench) {
  const results = await bench(only, log);
  const ratios = Object.fromEntries(results.map((r) => [r.name, Number(r.ratio.toFixed(3))]));
  const bars = Object.fromEntries(results.flatMap((r) => (r.name in BARS ? [[r.name, BARS[r.name]]] : [])));
  const table = renderTable({ bench: name, results, bars, machine, load });
  if (output !== undefined) write(output, { bench: name, results, bars, machine, load });
  process.stdout.write(json ? `${JSON.stringify({ bench: name, ratios, bars, machine })}\n` : table);
} else {
  process.stderr.write(HELP);
  process.exitCode = 2;
}

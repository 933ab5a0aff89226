/** Our side of `bench edc`: the correlation over all pairs. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { correlationOf, normalizeRows, PairSummer, type Side } from '../src/metrics/edc/sums.ts';

const folder = process.argv[3];
const { items, sizes } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as {
  items: number;
  sizes: [number, number];
};
const started = performance.now();
const [x, y] = ['x', 'y'].map((name, i): Side => {
  const { buffer, byteOffset } = readFileSync(join(folder, `${name}.f32`));
  const vectors = new Float32Array(buffer, byteOffset, items * sizes[i]);
  return { vectors: normalizeRows(vectors, sizes[i]), size: sizes[i] };
});
const sums = new PairSummer(x, y).sums();
const pearson = correlationOf(sums);
const milliseconds = performance.now() - started;
const peakMemory = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ milliseconds, count: sums.pairs, pearson, peakMemory })}\n`);

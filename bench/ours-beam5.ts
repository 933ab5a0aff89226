/** Our side of `beam5`, in a process of its own: `node ours-beam5.js NAME FOLDER STEPS`. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Generator, type Source } from '../src/nn/generation/generator.ts';
import type { Written } from '../src/nn/generation/options.ts';
import { loadT5 } from '../src/nn/import/huggingface.ts';
import { t5Writer } from '../src/nn/import/t5-writer.ts';
import type { HostTensor } from '../src/nn/runtime.ts';
import { diskFolder } from '../src/runtimes/folder.ts';
import { nodeRuntime } from '../src/runtimes/node.ts';
import { tell } from './duel.ts';

const THREADS = 2;
const BEAMS = 5;

const [, folder, steps] = process.argv.slice(2);
const texts = JSON.parse(readFileSync(join(folder, 'texts.json'), 'utf8')) as {
  ids: number[][];
  mask: number[][];
  tokens: number;
};

function whole(rows: readonly number[][]): HostTensor {
  return {
    dtype: 'int64',
    shape: [rows.length, rows[0].length],
    data: BigInt64Array.from(rows.flat(), BigInt),
  };
}

const source: Source = { ids: whole(texts.ids), mask: whole(texts.mask) };
const loaded = await loadT5(diskFolder(folder));
const runtime = nodeRuntime({ threads: THREADS });
const generator = await Generator.open(runtime, t5Writer(loaded.config), loaded.parameters);
const milliseconds: number[] = [];
let written: readonly (readonly Written[])[] = [];
for (let i = 0; i < Number(steps); i++) {
  const began = performance.now();
  written = await generator.write(source, {
    maximum: texts.tokens,
    // No text ends early, so that both sides take as many steps.
    minimum: texts.tokens,
    method: { kind: 'beams', beams: BEAMS },
  });
  milliseconds.push(performance.now() - began);
}
await generator.close();
const best = written.map(([text]) => text);
const { eos_token_id: end } = loaded.config;
// Both sides must write the same: a sum in which each place has its own weight.
const sums = best.map(({ tokens, ended }) =>
  [...tokens, ...(ended ? [end] : [])].reduce((sum, token, i) => sum + token * (i + 1), 1),
);
tell({ milliseconds, values: [...best.map(({ score }) => score), ...sums] });

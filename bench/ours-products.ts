/** Our side of `bench products`, in a process of its own: `node ours-products.js NAME FOLDER STEPS`. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileGraph } from '../src/nn/onnx/compile.ts';
import { encodeModel } from '../src/nn/onnx/model.ts';
import { matmul } from '../src/nn/ops/matmul.ts';
import { input } from '../src/nn/ops/source.ts';
import { nodeRuntime } from '../src/runtimes/node.ts';
import type { Product } from './cases/products.ts';
import { tell } from './duel.ts';

const THREADS = 2;

const [, folder, steps] = process.argv.slice(2);
const { a, b, transposeA, transposeB, gigaflops } = JSON.parse(
  readFileSync(join(folder, 'product.json'), 'utf8'),
) as Product & { gigaflops: number };

/** Halves and wholes, whose sums are exact in whichever order they are added. */
const operand = (shape: readonly [number, number]) => ({
  dtype: 'float32' as const,
  shape,
  data: Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => ((i * 7) % 5) / 2 - 0.5),
});

const y = matmul(input('a', a), input('b', b), {
  transposeA: transposeA ?? false,
  transposeB: transposeB ?? false,
});
const session = await nodeRuntime({ threads: THREADS }).open(encodeModel(compileGraph({ y })));
const feeds = { a: operand(a), b: operand(b) };
const results = await session.run(feeds);
const milliseconds: number[] = [];
for (let i = 0; i < Number(steps); i++) {
  const began = performance.now();
  await session.run(feeds, results);
  milliseconds.push(performance.now() - began);
}
await session.close();
tell({
  milliseconds,
  values: Array.from((results['y'].data as Float32Array).subarray(0, 3)),
  work: { unit: 'GFLOP', count: gigaflops },
});

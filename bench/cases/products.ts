/** The matrix products that a step is made of, alone: at which rate the kernels below us and below the peer do them. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duel } from '../duel.ts';

/** Y = X W, or of operands turned first, as a gradient takes them. */
export interface Product {
  readonly name: string;
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** Of `transformer-train`, whose batch is 4,096 rows: a projection, a feed-forward layer and its gradients. */
const ROWS = 4096;
const PRODUCTS: readonly Product[] = [
  { name: 'projection', a: [ROWS, 256], b: [256, 256] },
  { name: 'inner', a: [ROWS, 256], b: [256, 1024] },
  { name: 'outer', a: [ROWS, 1024], b: [1024, 256] },
  { name: 'outer-dx', a: [ROWS, 256], b: [1024, 256], transposeB: true },
  { name: 'outer-dw', a: [ROWS, 1024], b: [ROWS, 256], transposeA: true },
  // Of one step of `lstm-train`.
  { name: 'recurrent', a: [64, 128], b: [128, 512] },
];

/** Billions of operations of a product. */
export function gigaflops({ a, b, transposeA, transposeB }: Product): number {
  const [rows, inner] = transposeA ? [a[1], a[0]] : a;
  return (2 * rows * inner * b[transposeB ? 0 : 1]) / 1e9;
}

/** Enough products for a second or two, whatever the machine. */
const WORK = 150;

export const products: readonly Duel[] = PRODUCTS.map((product) => ({
  name: product.name,
  ours: 'ours-products.js',
  peer: 'torch_products.py',
  module: 'torch',
  steps: Math.min(20_000, Math.round(WORK / gigaflops(product))),
  warm: 5,
  write(folder) {
    const task = { ...product, gigaflops: gigaflops(product) };
    writeFileSync(join(folder, 'product.json'), JSON.stringify(task));
    return Promise.resolve();
  },
}));

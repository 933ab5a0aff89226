/**
 * Products of tall matrices, A^T B, summed over their rows: a loop of WebAssembly that keeps four columns by four in
 * registers, since engines of JavaScript multiply one pair of numbers at a time. In 64 bits: what is made of such
 * sums is often the small difference of two large ones.
 */

import { BinscribeError } from '../error.ts';
import { ModuleBuilder, PAGE, type Variable } from './assembler.ts';
import { wasmEngine } from './engine.ts';
import { f64, f64x2, i32, v128, whileLoop } from './opcodes.ts';

/** Columns of a tile: 4 by 4 sums fill half of the vector registers, and the other half feeds them. */
const TALL = 4;
const WIDE = 4;
/** Rows that are copied at a time: with a hundred columns they stay in a usual second cache. */
const BLOCK = 256;
const DOUBLE = 8;
const PAIR = 16;

interface GramExports {
  /** result[p, q] = sum over rows of a[row, p] b[row, q]. */
  readonly product: (rows: number) => void;
}

/** Rows of a matrix, one after another. */
export interface Rows {
  readonly vectors: Float32Array;
  readonly size: number;
}

export class GramProduct {
  /** A matrix with itself: half of the products are the other half's. */
  private readonly symmetric: boolean;
  private readonly a: Rows;
  private readonly b: Rows;
  private readonly columnsA: number;
  private readonly columnsB: number;
  private readonly viewA: Float64Array;
  private readonly viewB: Float64Array;
  private readonly result: Float64Array;
  private readonly kernel: GramExports;

  /** @throws BinscribeError `missing` without WebAssembly's vectors */
  constructor(a: Rows, b: Rows) {
    const engine = wasmEngine();
    if (!engine) throw new BinscribeError('missing', 'sums over pairs need WebAssembly with vectors (SIMD)');
    this.symmetric = a === b;
    this.a = a;
    this.b = b;
    this.columnsA = Math.ceil(a.size / TALL) * TALL;
    this.columnsB = Math.ceil(b.size / WIDE) * WIDE;
    const places = {
      a: 0,
      b: BLOCK * this.columnsA * DOUBLE,
      result: BLOCK * (this.columnsA + this.columnsB) * DOUBLE,
    };
    const pages = Math.ceil((places.result + this.columnsA * this.columnsB * DOUBLE) / PAGE);
    const memory = new engine.wasm.Memory({ initial: pages, maximum: pages, shared: false });
    const bytes = gramModule(this.columnsA, this.columnsB, places, pages, this.symmetric);
    const module = new engine.wasm.Module(bytes);
    this.kernel = new engine.wasm.Instance(module, { env: { memory } }).exports as GramExports;
    this.viewA = new Float64Array(memory.buffer, places.a, BLOCK * this.columnsA);
    this.viewB = new Float64Array(memory.buffer, places.b, BLOCK * this.columnsB);
    this.result = new Float64Array(memory.buffer, places.result, this.columnsA * this.columnsB);
  }

  /**
   * sum_i weights_i a_i b_order(i)^T
   * @param order of b's rows; the same as a's where absent, and where a and b are one
   * @returns [a.size, b.size], flat
   */
  sum(weights: ArrayLike<number>, order?: ArrayLike<number>): Float64Array {
    const { a, b, columnsA, columnsB, viewA, viewB, result, symmetric } = this;
    const total = new Float64Array(a.size * b.size);
    const items = a.vectors.length / a.size;
    for (let from = 0; from < items; from += BLOCK) {
      const rows = Math.min(BLOCK, items - from);
      for (let row = 0; row < rows; row++) {
        const item = from + row;
        viewA.set(a.vectors.subarray(item * a.size, (item + 1) * a.size), row * columnsA);
        const start = (order?.[item] ?? item) * b.size;
        const weight = weights[item];
        for (let q = 0; q < b.size; q++) viewB[row * columnsB + q] = weight * b.vectors[start + q];
      }
      this.kernel.product(rows);
      for (let p = 0; p < a.size; p++) {
        for (let q = symmetric ? p : 0; q < b.size; q++) total[p * b.size + q] += result[p * columnsB + q];
      }
    }
    if (symmetric) {
      for (let p = 0; p < a.size; p++)
        for (let q = 0; q < p; q++) total[p * a.size + q] = total[q * a.size + p];
    }
    return total;
  }
}

function gramModule(
  columnsA: number,
  columnsB: number,
  places: { readonly a: number; readonly b: number; readonly result: number },
  pages: number,
  symmetric: boolean,
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder({ pages, shared: false });
  const [bytesA, bytesB] = [columnsA * DOUBLE, columnsB * DOUBLE];
  module.export('product', ['i32'], null, (body, rows) => {
    const [left, right, atA, atB, end, to] = body.locals('i32', 6);
    const sums = body.locals('v128', TALL * (WIDE / 2));
    const [b0, b1, splat] = body.locals('v128', 3);
    const move = (variable: Variable, by: number) => variable.set(i32.add(variable.get, i32.const(by)));
    const tile = Array.from({ length: TALL }, (_, p) => [
      splat.set(f64x2.splat(f64.load(atA.get, p * DOUBLE))),
      sums[2 * p].set(f64x2.add(sums[2 * p].get, f64x2.mul(splat.get, b0.get))),
      sums[2 * p + 1].set(f64x2.add(sums[2 * p + 1].get, f64x2.mul(splat.get, b1.get))),
    ]);
    const stores = Array.from({ length: TALL }, (_, p) => [
      v128.store(to.get, sums[2 * p].get, places.result + p * bytesB),
      v128.store(to.get, sums[2 * p + 1].get, places.result + p * bytesB + PAIR),
    ]);
    // `left` and `right` are the bytes before the tile's columns in a row of A and of B.
    return [
      left.set(i32.const(0)),
      whileLoop(i32.ltU(left.get, i32.const(bytesA)), [
        // Tiles are square, so that those on the diagonal hold all that is needed.
        right.set(symmetric ? left.get : i32.const(0)),
        whileLoop(i32.ltU(right.get, i32.const(bytesB)), [
          sums.map((sum) => sum.set(v128.const(0, 0, 0, 0))),
          atA.set(i32.add(i32.const(places.a), left.get)),
          atB.set(i32.add(i32.const(places.b), right.get)),
          end.set(i32.add(atA.get, i32.mul(rows.get, i32.const(bytesA)))),
          whileLoop(i32.ltU(atA.get, end.get), [
            b0.set(v128.load(atB.get)),
            b1.set(v128.load(atB.get, PAIR)),
            tile,
            move(atA, bytesA),
            move(atB, bytesB),
          ]),
          to.set(i32.add(i32.mul(left.get, i32.const(columnsB)), right.get)),
          stores,
          move(right, WIDE * DOUBLE),
        ]),
        move(left, TALL * DOUBLE),
      ]),
    ];
  });
  return module.bytes();
}

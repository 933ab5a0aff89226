/**
 * Products of tall matrices summed over their rows, A^T A, A^T B and B^T B, and what is asked of them: their Frobenius
 * norms. A loop of WebAssembly keeps four columns by four in registers, since engines of JavaScript multiply one pair
 * of numbers at a time. In 64 bits: what is made of such sums is often the small difference of two large ones.
 *
 * Rows are copied a block at a time, A's columns and B's side by side, into panels of four columns: the loop then
 * reads two stretches of memory from one end to the other, which stay in the first cache (Goto and van de Geijn 2008).
 */

import { BinscribeError } from '../error.ts';
import { ModuleBuilder, PAGE, type Variable } from './assembler.ts';
import { wasmEngine } from './engine.ts';
import { f64x2, i32, v128, whileLoop } from './opcodes.ts';

/** Columns of a panel: 4 by 4 sums fill half of the vector registers, and the other half feeds them. */
const PANEL = 4;
/** Numbers of a tile, the products of one panel with another. */
const TILE = PANEL * PANEL;
/** Rows that are copied at a time: two panels of them take 8 KB, and those of 200 columns a usual second cache. */
const BLOCK = 128;
const DOUBLE = 8;
const PAIR = 16;
const PANEL_BYTES = BLOCK * PANEL * DOUBLE;
/** WebAssembly's addresses have 32 bits. */
const MOST_PAGES = 65536;

interface GramExports {
  /** Adds to the tiles at `to` the products of a panel and of each that follows from `first` to `end`. */
  readonly panel: (left: number, first: number, end: number, to: number, rows: number) => void;
}

/** Rows of a matrix, one after another. */
export interface Rows {
  readonly vectors: Float32Array;
  readonly size: number;
}

/** Squared Frobenius norms. */
export interface GramNorms {
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

export class PairGram {
  private readonly x: Rows;
  private readonly y: Rows;
  private readonly panelsX: number;
  private readonly panels: number;
  private readonly block: Float64Array;
  private readonly tiles: Float64Array;
  private readonly kernel: GramExports;

  /** @throws BinscribeError `missing` without WebAssembly's vectors */
  constructor(x: Rows, y: Rows) {
    const engine = wasmEngine();
    if (!engine) throw new BinscribeError('missing', 'sums over pairs need WebAssembly with vectors (SIMD)');
    this.x = x;
    this.y = y;
    this.panelsX = Math.ceil(x.size / PANEL);
    this.panels = this.panelsX + Math.ceil(y.size / PANEL);
    const tiles = this.panels ** 2;
    const pages = Math.ceil((this.panels * PANEL_BYTES + tiles * TILE * DOUBLE) / PAGE);
    const memory = new engine.wasm.Memory({ initial: pages, maximum: pages, shared: false });
    // The same bytes for all sizes: an engine that has compiled them well does not begin again.
    const module = new engine.wasm.Module(gramModule());
    this.kernel = new engine.wasm.Instance(module, { env: { memory } }).exports as GramExports;
    this.block = new Float64Array(memory.buffer, 0, this.panels * BLOCK * PANEL);
    this.tiles = new Float64Array(memory.buffer, this.panels * PANEL_BYTES, tiles * TILE);
  }

  /** Of sum_i weights_i x_i x_i^T, of the same of y_i and y_i, and of x_i and y_i. */
  norms(weights: ArrayLike<number>): GramNorms {
    this.multiply(weights, null, 0, this.panels);
    return this.normsFrom(0, this.panels);
  }

  /** Of sum_i x_i y_order(i)^T, and where asked for of y_order(i) and y_order(i). */
  reordered(order: ArrayLike<number>, right: boolean): Pick<GramNorms, 'xy' | 'yy'> {
    const { panels, panelsX } = this;
    const endLeft = right ? panels : panelsX;
    this.multiply(null, order, panelsX, endLeft);
    return this.normsFrom(panelsX, endLeft);
  }

  /** Of the tiles that `multiply` has filled. */
  private normsFrom(firstRight: number, endLeft: number): GramNorms {
    const { panels, panelsX } = this;
    let [xx, yy, xy] = [0, 0, 0];
    for (let left = 0; left < endLeft; left++) {
      for (let right = Math.max(left, firstRight); right < panels; right++) {
        const norm = this.tileNorm(left, right);
        if (right < panelsX) xx += left === right ? norm : 2 * norm;
        else if (left >= panelsX) yy += left === right ? norm : 2 * norm;
        else xy += norm;
      }
    }
    return { xx, yy, xy };
  }

  /**
   * Fills the tiles of each panel on the left with itself and those after it.
   * @param weights each item once where null
   * @param order of y's rows; the same as x's where null
   * @param firstRight only with panels from there on
   * @param endLeft only of panels before it
   */
  private multiply(
    weights: ArrayLike<number> | null,
    order: ArrayLike<number> | null,
    firstRight: number,
    endLeft: number,
  ): void {
    const { x, y, panels, panelsX, tiles, kernel } = this;
    tiles.fill(0);
    const items = x.vectors.length / x.size;
    let rows = 0;
    for (let item = 0; item < items; item++) {
      const weight = weights === null ? 1 : weights[item];
      if (weight > 0) {
        // Both factors of a product have it.
        const root = Math.sqrt(weight);
        this.pack(x, item, 0, rows, root);
        this.pack(y, order === null ? item : order[item], panelsX, rows, root);
        rows++;
      }
      if (rows === 0 || (rows < BLOCK && item < items - 1)) continue;
      for (let left = 0; left < endLeft; left++) {
        const right = Math.max(left, firstRight);
        const to = panels * PANEL_BYTES + (left * panels + right) * TILE * DOUBLE;
        kernel.panel(left * PANEL_BYTES, right * PANEL_BYTES, panels * PANEL_BYTES, to, rows);
      }
      rows = 0;
    }
  }

  private pack({ vectors, size }: Rows, item: number, panel: number, row: number, root: number): void {
    const { block } = this;
    let from = item * size;
    const end = from + size;
    for (let at = (panel * BLOCK + row) * PANEL; from < end; at += BLOCK * PANEL) {
      for (let k = at; k < at + PANEL && from < end; k++, from++) block[k] = root * vectors[from];
    }
  }

  private tileNorm(left: number, right: number): number {
    const { tiles, panels } = this;
    const from = (left * panels + right) * TILE;
    let sum = 0;
    for (let at = from; at < from + TILE; at++) sum += tiles[at] * tiles[at];
    return sum;
  }
}

function gramModule(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder({ pages: 1, most: MOST_PAGES, shared: false });
  module.export('panel', ['i32', 'i32', 'i32', 'i32', 'i32'], null, (body, left, right, end, to, rows) => {
    const [atA, atB, endA] = body.locals('i32', 3);
    const sums = body.locals('v128', TILE / 2);
    const [b0, b1, splat] = body.locals('v128', 3);
    const move = (variable: Variable, by: number) => variable.set(i32.add(variable.get, i32.const(by)));
    const rowBytes = PANEL * DOUBLE;
    const products = Array.from({ length: PANEL }, (_, p) => [
      splat.set(v128.load64Splat(atA.get, p * DOUBLE)),
      sums[2 * p].set(f64x2.add(sums[2 * p].get, f64x2.mul(splat.get, b0.get))),
      sums[2 * p + 1].set(f64x2.add(sums[2 * p + 1].get, f64x2.mul(splat.get, b1.get))),
    ]);
    return whileLoop(i32.ltU(right.get, end.get), [
      sums.map((sum, i) => sum.set(v128.load(to.get, i * PAIR))),
      atA.set(left.get),
      endA.set(i32.add(left.get, i32.mul(rows.get, i32.const(rowBytes)))),
      atB.set(right.get),
      whileLoop(i32.ltU(atA.get, endA.get), [
        b0.set(v128.load(atB.get)),
        b1.set(v128.load(atB.get, PAIR)),
        products,
        move(atA, rowBytes),
        move(atB, rowBytes),
      ]),
      sums.map((sum, i) => v128.store(to.get, sum.get, i * PAIR)),
      move(to, TILE * DOUBLE),
      move(right, PANEL_BYTES),
    ]);
  });
  return module.bytes();
}

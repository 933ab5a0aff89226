/**
 * Adds rows to a table, the gradient of one that is looked up by numbers: a loop of WebAssembly, since engines of
 * JavaScript add the rows of a bag of fields one number at a time, for longer than the whole network computes.
 */

import type { ModuleBuilder } from '../../wasm/assembler.ts';
import { f32, f32x4, i32, v128, whileLoop } from '../../wasm/opcodes.ts';

/** Bytes of a number, and of the four that an instruction works on. */
const FLOAT = 4;
const QUAD = 16;

/** Numbers that are copied at a time: a quarter of a usual second cache, since each may be taken several times. */
export const ROW_PIECE = 65536;

export interface RowExports {
  /**
   * @param table address of the table
   * @param values address of the rows, one after another
   * @param places address of each row's number in the table, whole numbers of 32 bits
   * @param count of rows
   * @param width numbers of a row
   */
  readonly addRows: (table: number, values: number, places: number, count: number, width: number) => void;
}

/** Adds the export `addRows`; memory is as in `RowExports`, numbers of rows are not checked. */
export function defineAddRows(module: ModuleBuilder): void {
  module.export(
    'addRows',
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, table, from, places, count, width) => {
      const [to, lastPlace, bytes, end, quadsEnd] = body.locals('i32', 5);
      const sum = f32x4.add(v128.load(to.get), v128.load(from.get));
      const one = f32.add(f32.load(to.get), f32.load(from.get));
      const move = (by: number) => [to, from].map((p) => p.set(i32.add(p.get, i32.const(by))));
      return [
        lastPlace.set(i32.add(places.get, i32.mul(count.get, i32.const(FLOAT)))),
        bytes.set(i32.mul(width.get, i32.const(FLOAT))),
        whileLoop(i32.ltU(places.get, lastPlace.get), [
          to.set(i32.add(table.get, i32.mul(i32.load(places.get), bytes.get))),
          end.set(i32.add(from.get, bytes.get)),
          quadsEnd.set(i32.add(from.get, i32.and(bytes.get, i32.const(-QUAD)))),
          whileLoop(i32.ltU(from.get, quadsEnd.get), [v128.store(to.get, sum), move(QUAD)]),
          whileLoop(i32.ltU(from.get, end.get), [f32.store(to.get, one), move(FLOAT)]),
          places.set(i32.add(places.get, i32.const(FLOAT))),
        ]),
      ];
    },
  );
}

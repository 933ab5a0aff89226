/** The list of a program's functions for a person: a line each, its code below it where asked for. */

import type { InstructionLine } from '../inventory.ts';
import type { Inventory, ListedFunction } from '../inventory-schema.ts';
import { type Column, layOut } from './columns.ts';
import type { Style } from './style.ts';

export interface InventoryTextOptions {
  width: number;
  style: Style;
  /** Code to show below each function. */
  disassembly?: (listed: ListedFunction) => InstructionLine[];
}

const COLUMNS: readonly Column[] = [
  { title: 'ADDRESS', align: 'right', most: 18 },
  { title: 'BYTES', align: 'right', most: 9 },
  { title: 'INSTR', align: 'right', most: 8 },
  { title: 'BLOCKS', align: 'right', most: 7 },
  { title: 'KIND', align: 'left', most: 8 },
  { title: 'FOUND BY', align: 'left', most: 9 },
  { title: 'SYMBOL', align: 'left', most: Number.POSITIVE_INFINITY },
];
/** Eight instruction bytes, which most instructions fit, as `xx ` each. */
const BYTES_WIDTH = 24;

/** The list, in pieces. */
export function* renderInventory(inventory: Inventory, options: InventoryTextOptions): Generator<string> {
  const { style, width } = options;
  const [titles, ...rows] = layOut(
    COLUMNS,
    inventory.functions.map((listed) => [
      { text: listed.address },
      { text: String(listed.size) },
      { text: String(listed.instructions) },
      { text: String(listed.blocks) },
      { text: listed.kind, ...(listed.kind !== 'function' && { paint: style.faint }) },
      { text: listed.source },
      {
        text: listed.symbol ?? (listed.parent === null ? '' : `(of ${listed.parent})`),
        paint: listed.symbol === null ? style.faint : style.known,
      },
    ]),
    width,
    style.heading,
  );
  yield `${titles}\n`;
  for (let at = 0; at < rows.length; at++) {
    yield `${rows[at]}\n`;
    for (const line of options.disassembly?.(inventory.functions[at]) ?? []) {
      yield `    ${style.faint(`${line.address}  ${line.bytes.padEnd(BYTES_WIDTH)}`)}  ${line.text}\n`;
    }
  }
  for (const cut of inventory.cuts) yield `${style.warning(`left out: ${cut.where}: ${cut.reason}`)}\n`;
}

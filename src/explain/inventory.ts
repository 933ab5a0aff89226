/** What the front end sees in a program, no model asked: its functions and how each was found. */

import type { Binary, FoundFunction } from '../binary/binary.ts';
import { Budget, type Limits } from '../binary/budget.ts';
import { findFunctions } from '../binary/functions.ts';
import { openBinary } from '../binary/open.ts';
import { disassemble } from '../binary/x86/disassemble.ts';
import { formatCode } from '../binary/x86/format.ts';
import { VERSION } from '../version.ts';
import { describeFile, hex } from './file.ts';
import type { Inventory, ListedFunction } from './inventory-schema.ts';
import { EVIDENCE_LIMITS } from './limits.ts';
import { findRoles } from './roles.ts';
import { sanitize } from './sanitize.ts';
import { selectFunctions } from './select.ts';

export interface InstructionLine {
  /** Hexadecimal, `0x…`. */
  address: string;
  /** Pairs of hexadecimal digits. */
  bytes: string;
  text: string;
}

export interface ListOptions {
  /** The file's path or name, for the document. */
  path: string;
  /** Only these functions: symbols, `main`, or addresses (`0x…`). All where absent or empty. */
  functions?: readonly string[];
  limits?: Partial<Limits>;
  /** Told how many of the functions are done. */
  progress?: (done: number, total: number) => void;
}

export interface Listing {
  inventory: Inventory;
  /** The code of a listed function; made when asked for, because that of a whole program fills memory. */
  disassembly: (listed: ListedFunction) => InstructionLine[];
}

/**
 * Lists the functions of a program.
 * @throws BinscribeError as `explain` does
 */
export async function listFunctions(bytes: Uint8Array, options: ListOptions): Promise<Listing> {
  const budget = new Budget(options.limits);
  const binary = openBinary(bytes, { budget });
  const all = findFunctions(binary);
  const wanted = selectFunctions(all, options.functions ?? [], findRoles(binary, all));
  const functions: ListedFunction[] = [];
  budget.attempt('functions', () => measureAll(binary, wanted, functions, options), undefined);
  // Where the budget ended, the rest is listed without its measures.
  for (const found of wanted.slice(functions.length)) functions.push(list(found, 0, 0));
  return {
    inventory: {
      schema: 'binscribe.functions/1',
      tool: { name: 'binscribe', version: VERSION },
      file: await describeFile(binary, bytes, options.path),
      functions,
      partial: budget.cuts.length > 0,
      cuts: budget.cuts.map((cut) => ({ where: sanitize(cut.where), reason: sanitize(cut.reason) })),
    },
    disassembly: (listed) => {
      const start = Number(listed.address);
      return formatCode(binary.memory.slice(start, listed.size), start).map((line) => ({
        address: hex(line.address),
        bytes: Array.from(line.bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' '),
        text: line.text,
      }));
    },
  };
}

function measureAll(
  binary: Binary,
  wanted: readonly FoundFunction[],
  into: ListedFunction[],
  { progress }: ListOptions,
): void {
  for (const found of wanted) {
    const body = disassemble(binary, found);
    into.push(list(found, body.instructions.length, body.blocks.length));
    progress?.(into.length, wanted.length);
  }
}

function list(found: FoundFunction, instructionCount: number, blockCount: number): ListedFunction {
  return {
    address: hex(found.address),
    size: found.size,
    symbol: found.symbol === null ? null : sanitize(found.symbol, EVIDENCE_LIMITS.nameLength),
    kind: found.kind,
    source: found.source,
    parent: found.parent === null ? null : hex(found.parent),
    instructions: instructionCount,
    blocks: blockCount,
  };
}

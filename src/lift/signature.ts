/** What goes into a function and what comes out of it, by the registers that it reads first and leaves last. */

import {
  ARGUMENTS,
  type Block,
  CannotLift,
  exitValues,
  FIRST_SLOT,
  FLOAT_ARGUMENTS,
  RAX,
  type Statement,
  statementValues,
  XMM,
} from './code.ts';
import { type Blocks, FIRST_WEB, visitBlocks, type Web } from './dataflow.ts';
import { type Expr, isFloat, visit } from './expressions.ts';
import { truncate } from './integers.ts';
import { nameOf } from './registers.ts';
import type { Frame } from './slots.ts';

/**
 * Registers of arguments in the order in which the function stores them at its beginning: without optimisation that is the
 * order of its parameters, which registers alone do not tell where some are floats.
 */
export function storedArguments({ statements }: Block): number[] {
  const holds = new Map<number, number>();
  for (const id of [...ARGUMENTS, ...FLOAT_ARGUMENTS]) holds.set(id, id);
  const stored: number[] = [];
  for (const statement of statements) {
    if (statement.kind !== 'set') continue;
    const source = sourceOf(statement.value);
    const argument = source === undefined ? undefined : holds.get(source);
    if (statement.to < FIRST_SLOT) {
      if (argument === undefined) holds.delete(statement.to);
      else holds.set(statement.to, argument);
    } else if (argument !== undefined && !stored.includes(argument)) stored.push(argument);
  }
  return stored;
}

function sourceOf(value: Expr): number | undefined {
  let inner = value;
  while (inner.kind === 'extend' || inner.kind === 'truncate') inner = inner.value;
  return inner.kind === 'var' ? inner.id : undefined;
}

export type Result = { readonly kind: 'none' } | { readonly kind: 'int' | 'float'; readonly bits: number };

/** Chooses what is returned, and leaves that alone at the exits. */
export function settleResult(blocks: Blocks, webs: readonly Web[], isVoid: boolean): Result {
  const exits = blocks.flatMap((block) => (block?.exit.kind === 'return' ? [block] : []));
  const values = new Map<number, Expr[]>();
  for (const block of blocks) {
    for (const statement of block?.statements ?? []) {
      if (statement.kind !== 'set') continue;
      values.set(statement.to, [...(values.get(statement.to) ?? []), statement.value]);
    }
  }
  const allReads = readsByOthers(blocks);
  const candidates = ([RAX, XMM] as const).map((register, i) => {
    const ids = exits.map(({ exit }) => {
      const value = exit.kind === 'return' ? exit.values[i] : undefined;
      return value?.kind === 'var' ? value.id : -1;
    });
    const isSet = ids.length > 0 && ids.every((id) => isAlwaysSet(id, webs, values));
    const own = new Map<number, number>();
    for (const id of ids) own.set(id, (own.get(id) ?? 0) + 1);
    const onlyReturned = [...own].every(([id, reads]) => allReads.get(id) === reads);
    return { register, ids, isSet, onlyReturned };
  });
  const [general, float] = candidates;
  const isFloatResult =
    float.isSet &&
    (!general.isSet ||
      (float.onlyReturned && !general.onlyReturned) ||
      (float.onlyReturned === general.onlyReturned && laterFloat(exits)));
  const chosen = isVoid ? undefined : isFloatResult ? float : general.isSet ? general : undefined;
  if (!chosen) {
    for (const block of exits) block.exit = { kind: 'return', values: [] };
    return { kind: 'none' };
  }
  const bits = Math.max(...chosen.ids.map((id) => widthOf(id, values, new Set()))) || 32;
  for (const block of exits) {
    const { exit } = block;
    if (exit.kind !== 'return') continue;
    block.exit = { kind: 'return', values: [truncate(exit.values[chosen === float ? 1 : 0], bits)] };
  }
  return { kind: chosen === float ? 'float' : 'int', bits };
}

/** How often each variable is read, but for what it becomes itself, as a sum does. */
function readsByOthers(blocks: Blocks): Map<number, number> {
  const reads = new Map<number, number>();
  const see = (values: readonly Expr[], but: number): void => {
    for (const value of values) {
      visit(value, (expr) => {
        if (expr.kind === 'var' && expr.id !== but) reads.set(expr.id, (reads.get(expr.id) ?? 0) + 1);
      });
    }
  };
  for (const block of blocks) {
    for (const statement of block?.statements ?? []) {
      see(statementValues(statement), statement.kind === 'set' ? statement.to : -1);
    }
    if (block) see(exitValues(block.exit), -1);
  }
  return reads;
}

/** The last of both that is set in the block that returns. */
function laterFloat(exits: readonly Block[]): boolean {
  return exits.every(({ statements, exit }) => {
    const at = (i: number): number => {
      const value = exit.kind === 'return' ? exit.values[i] : undefined;
      return statements.findLastIndex(
        (statement: Statement) =>
          statement.kind === 'set' && value?.kind === 'var' && statement.to === value.id,
      );
    };
    return at(1) > at(0);
  });
}

function isAlwaysSet(
  id: number,
  webs: readonly Web[],
  values: ReadonlyMap<number, readonly Expr[]>,
): boolean {
  if (id < FIRST_WEB || webs[id - FIRST_WEB].entry) return false;
  return values.get(id)?.every(({ kind }) => kind !== 'undefined') ?? false;
}

/** Bits of what is returned: those of what was put into the register last, whatever instructions did above it. */
function widthOf(id: number, values: ReadonlyMap<number, readonly Expr[]>, seen: Set<number>): number {
  if (seen.has(id)) return 0;
  seen.add(id);
  const sets = values.get(id);
  // Nobody narrowed what came in.
  if (sets === undefined) return 64;
  const widths = sets.map((value) => {
    // A small number fits whatever the others are.
    if (value.kind === 'const') return value.value <= 0xffn ? 0 : value.value <= 0xffffffffn ? 32 : 64;
    if (value.kind === 'extend' && !value.signed)
      return value.value.bits > 32 ? 64 : returnedBits(value.value);
    if (value.kind === 'var') return value.id < FIRST_WEB ? 64 : widthOf(value.id, values, seen);
    if (value.kind === 'binary' && value.op === 'or' && value.right.kind === 'extend') {
      // A byte was written into the register.
      return value.left.kind === 'binary' && value.left.op === 'and'
        ? Math.max(8, value.right.value.bits)
        : 64;
    }
    return 64;
  });
  return Math.max(0, ...widths);
}

function returnedBits(value: Expr): number {
  return isFloat(value) ? value.bits : 32;
}

export interface Parameter {
  /** The variable; undefined where nobody reads it. */
  readonly web: number | undefined;
  readonly isFloat: boolean;
  readonly bits: number;
}

/** @param stored see `storedArguments` @throws CannotLift where what nobody has set is read */
export function parametersOf(
  blocks: Blocks,
  webs: readonly Web[],
  widths: readonly number[],
  frame: Frame,
  stored: readonly number[],
): Parameter[] {
  const read = new Map<number, number>();
  visitBlocks(blocks, (expr) => {
    if (expr.kind !== 'var') return;
    const web = webs[expr.id - FIRST_WEB];
    if (web?.entry) read.set(web.of, expr.id);
  });
  const inRegisters = (registers: readonly number[]): number[] => {
    const last = registers.findLastIndex((id) => read.has(id) || stored.includes(id));
    return registers.slice(0, last + 1);
  };
  const known = [...inRegisters(ARGUMENTS), ...inRegisters(FLOAT_ARGUMENTS)];
  const order = [...stored, ...known.filter((id) => !stored.includes(id))];
  const onStack = [...read.keys()]
    .filter((id) => (frame.slots.get(id) ?? -1) >= 8)
    .sort((a, b) => frame.slots.get(a)! - frame.slots.get(b)!);
  const set = new Set(
    blocks.flatMap((block) => block?.statements ?? []).map((one) => (one.kind === 'set' ? one.to : -1)),
  );
  for (const [id, web] of read) {
    // A variable of the source that some path leaves unset is one here as well.
    const isLocal = (frame.slots.get(id) ?? 0) < 0 || set.has(web);
    if (!known.includes(id) && !onStack.includes(id) && !isLocal) {
      throw new CannotLift(`it reads ${nameOf(id)} before it is set`);
    }
  }
  return [...order, ...onStack].map((id) => {
    const web = read.get(id);
    const isFloat = FLOAT_ARGUMENTS.includes(id);
    return { web, isFloat, bits: web === undefined ? (isFloat ? 64 : 32) : widths[web - FIRST_WEB] };
  });
}

/**
 * Bytes that are put into wide registers: the rest of the register stays as it was, but mostly nobody looks at it again.
 * Where that is so, the byte is all that the register holds from then on, and what was in it before is no part of it.
 */

import { type Block, exitValues, RAX, type Statement, statementValues, successors } from './code.ts';
import { type Blocks, predecessors } from './dataflow.ts';
import { children, type Expr, mask } from './expressions.ts';

/** Widths in which parts of registers are written. */
const WIDTHS = [8, 16] as const;

export function freeParts(blocks: Blocks): void {
  for (const width of WIDTHS) {
    const live = liveHighBits(blocks, width, true);
    // What the caller had above a byte that is returned nobody can mean.
    const isByte = live[0]?.has(RAX) ?? false;
    const isLive = isByte ? liveHighBits(blocks, width, false) : live;
    for (const block of blocks) {
      if (block) highBits(block, isLive, { width, returns: !isByte, isFreeing: true });
    }
  }
}

/** For each block the variables of which more than `width` bits are looked at from there on. */
function liveHighBits(blocks: Blocks, width: number, returns: boolean): Set<number>[] {
  const live = blocks.map(() => new Set<number>());
  const before = predecessors(blocks);
  const open = [...blocks.keys()];
  for (let b = open.pop(); b !== undefined; b = open.pop()) {
    const block = blocks[b];
    if (!block) continue;
    const atStart = highBits(block, live, { width, returns, isFreeing: false });
    if ([...atStart].every((id) => live[b].has(id))) continue;
    live[b] = atStart;
    open.push(...before[b]);
  }
  return live;
}

interface Looking {
  readonly width: number;
  /** Whether all of what is returned is looked at. */
  readonly returns: boolean;
  /** Whether parts are made wholes where nobody looks at the rest. */
  readonly isFreeing: boolean;
}

/** @param live for all blocks @returns the same where the block begins */
function highBits(
  block: Block,
  live: readonly ReadonlySet<number>[],
  { width, returns, isFreeing }: Looking,
): Set<number> {
  const here = new Set<number>();
  for (const next of successors(block.exit)) for (const id of live[next]) here.add(id);
  if (returns || block.exit.kind !== 'return') {
    for (const value of exitValues(block.exit)) look(value, width, here);
  }
  for (let i = block.statements.length - 1; i >= 0; i--) {
    const statement = block.statements[i];
    const part = partOf(statement, width);
    if (statement.kind === 'set' && part) {
      if (isFreeing && !here.has(statement.to)) block.statements[i] = { ...statement, value: part };
      look(part, width, here);
      continue;
    }
    if (statement.kind === 'set') here.delete(statement.to);
    for (const value of statementValues(statement)) look(value, width, here);
  }
  return here;
}

/** What is put into the low bits of a variable that keeps the others. */
function partOf(statement: Statement, width: number): Expr | undefined {
  if (statement.kind !== 'set') return undefined;
  const { value, to } = statement;
  if (value.kind !== 'binary' || value.op !== 'or') return undefined;
  const { left, right } = value;
  const isKept =
    left.kind === 'binary' &&
    left.op === 'and' &&
    left.left.kind === 'var' &&
    left.left.id === to &&
    left.right.kind === 'const' &&
    left.right.value === (mask(value.bits) ^ mask(width));
  const isPart = right.kind === 'extend' && !right.signed && right.value.bits <= width;
  const isNumber = right.kind === 'const' && right.value <= mask(width);
  return isKept && (isPart || isNumber) ? right : undefined;
}

function look(expr: Expr, width: number, found: Set<number>): void {
  const open = [expr];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (one.kind === 'truncate' && one.bits <= width && one.value.kind === 'var') continue;
    if (one.kind === 'var') found.add(one.id);
    open.push(...children(one));
  }
}

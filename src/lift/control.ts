/** The control flow graph made simple: empty blocks go, tests in a row become one condition, tables become cases. */

import type { FunctionBody } from '../binary/instruction.ts';
import type { AddressSpace } from '../binary/memory.ts';
import { CannotLift, type Exit, redirect, type Statement, successors } from './code.ts';
import { type Blocks, predecessors } from './dataflow.ts';
import { children, constant, type Expr, same, visit } from './expressions.ts';
import { compare, logic, opposite, select } from './truths.ts';

/** Entries of a jump table that are read. */
const MOST_CASES = 4096;

/** A jump to where nothing but a return is left returns itself, so that each path says what it returns. */
export function returnAtOnce(blocks: Blocks): void {
  for (const block of blocks) {
    if (block?.exit.kind !== 'jump') continue;
    const target = blocks[block.exit.to];
    if (target?.exit.kind === 'return' && target.statements.length === 0) block.exit = target.exit;
  }
  dropUnreached(blocks);
}

export function dropUnreached(blocks: Blocks): void {
  const seen = new Set([0]);
  const open = [0];
  for (let b = open.pop(); b !== undefined; b = open.pop()) {
    const block = blocks[b];
    for (const next of block ? successors(block.exit) : []) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  for (const b of blocks.keys()) if (!seen.has(b)) blocks[b] = undefined;
}

/** @param keeps whether a variable is the source's, to which alternatives are assigned as they stand */
export function simplifyControl(blocks: Blocks, keeps: (id: number) => boolean): boolean {
  let changedAtAll = false;
  for (let changed = true; changed;) {
    changed = false;
    const before = predecessors(blocks);
    for (const [b, block] of blocks.entries()) {
      if (!block) continue;
      const exit = simplerExit(blocks, b, block.exit);
      if (exit) {
        block.exit = exit;
        changed = true;
        break;
      }
      if (
        block.exit.kind === 'jump' &&
        block.exit.to !== b &&
        block.exit.to !== 0 &&
        before[block.exit.to].length === 1
      ) {
        const next = blocks[block.exit.to]!;
        blocks[block.exit.to] = undefined;
        block.statements.push(...next.statements);
        block.exit = next.exit;
        changed = true;
        break;
      }
      if (block.exit.kind === 'branch') {
        const merged =
          joined(blocks, before, b, block.exit) ?? alternatives(blocks, before, block.exit, keeps);
        if (merged) {
          if (merged.set) block.statements.push(merged.set);
          block.exit = merged.exit;
          changed = true;
          break;
        }
      }
    }
    if (changed) {
      changedAtAll = true;
      dropUnreached(blocks);
    }
  }
  return changedAtAll;
}

function simplerExit(blocks: Blocks, own: number, exit: Exit): Exit | undefined {
  if (exit.kind === 'branch') {
    if (exit.test.kind === 'const') return { kind: 'jump', to: exit.test.value === 1n ? exit.yes : exit.no };
    if (exit.yes === exit.no) return { kind: 'jump', to: exit.yes };
  }
  const through = (b: number): number => {
    const block = blocks[b];
    const isEmpty = block?.statements.length === 0 && block.exit.kind === 'jump' && b !== 0;
    return isEmpty && block.exit.kind === 'jump' && block.exit.to !== b && b !== own ? block.exit.to : b;
  };
  const next = redirect(exit, through);
  const [old, now] = [successors(exit), successors(next)];
  return old.length !== now.length || old.some((to, i) => to !== now[i]) ? next : undefined;
}

/** What a block ends with instead. */
interface Rewritten {
  exit: Exit;
  set?: Statement;
}

type Branch = Extract<Exit, { kind: 'branch' }>;

/** `a && b`, `a || b`: a second test to which only this one leads, and which shares one of its ways. */
function joined(
  blocks: Blocks,
  before: readonly number[][],
  own: number,
  { test, yes, no }: Branch,
): Rewritten | undefined {
  for (const [second, other, taken] of [
    [yes, no, true],
    [no, yes, false],
  ] as const) {
    const block = blocks[second];
    if (!block || second === own || second === 0) continue;
    if (block.statements.length > 0 || before[second].length !== 1) continue;
    const { exit } = block;
    if (exit.kind === 'switch' && exit.other === undefined) {
      // What the bound leaves out is the default.
      if (isBound(taken ? test : opposite(test), exit)) return { exit: { ...exit, other } };
    }
    if (exit.kind !== 'branch') continue;
    if (exit.no === other || exit.yes === other) {
      const inner = exit.no === other ? exit.test : opposite(exit.test);
      const onward = exit.no === other ? exit.yes : exit.no;
      const first = taken ? test : opposite(test);
      const both = logic('and', first, inner);
      // As `a || b` where the second way is the one of both.
      return taken
        ? { exit: { kind: 'branch', test: both, yes: onward, no: other } }
        : { exit: { kind: 'branch', test: opposite(both), yes: other, no: onward } };
    }
  }
  return undefined;
}

/** `x <= n`, for a switch whose cases are 0 to n. */
function isBound(test: Expr, { value, cases }: Extract<Exit, { kind: 'switch' }>): boolean {
  if (test.kind !== 'compare' || test.op !== 'ule' || test.right.kind !== 'const') return false;
  const first = cases[0]?.value ?? 0n;
  const shifted = first === 0n ? value : undefined;
  if (shifted && same(test.left, shifted)) return true;
  const { left } = test;
  return (
    left.kind === 'binary' &&
    (left.op === 'sub' || left.op === 'add') &&
    same(left.left, value) &&
    left.right.kind === 'const' &&
    BigInt.asIntN(left.bits, left.op === 'sub' ? left.right.value : -left.right.value) ===
      BigInt.asIntN(64, first)
  );
}

/** Two ways that only put different values into the same variable: `t ? x : y`. */
function alternatives(
  blocks: Blocks,
  before: readonly number[][],
  { test, yes, no }: Branch,
  keeps: (id: number) => boolean,
): Rewritten | undefined {
  const [a, b] = [blocks[yes], blocks[no]];
  if (!a || !b || before[yes].length !== 1 || before[no].length !== 1) return undefined;
  const [first, second] = [a.statements[0], b.statements[0]];
  if (a.statements.length !== 1 || b.statements.length !== 1) return undefined;
  if (first.kind !== 'set' || second.kind !== 'set' || first.to !== second.to || keeps(first.to))
    return undefined;
  if (a.exit.kind !== 'jump' || b.exit.kind !== 'jump' || a.exit.to !== b.exit.to) return undefined;
  if (a.exit.to === yes || a.exit.to === no) return undefined;
  return { exit: a.exit, set: { kind: 'set', to: first.to, value: select(test, first.value, second.value) } };
}

/** @throws CannotLift where a jump goes by what is no table that we know */
export function resolveTables(blocks: Blocks, body: FunctionBody, memory: AddressSpace | undefined): void {
  const starts = new Map(body.blocks.map(({ start }, i) => [start, i]));
  const before = predecessors(blocks);
  for (const [b, block] of blocks.entries()) {
    if (block?.exit.kind !== 'table') continue;
    const table = memory && tableOf(block.exit.value);
    if (!table) throw new CannotLift('a jump through a table that is not known');
    const { address, size, base } = table;
    let index: Expr = table.index;
    while (index.kind === 'extend') index = index.value;
    const bound = boundOf(blocks, before[b], index, b);
    const cases: { value: bigint; to: number }[] = [];
    for (let i = 0; i < Math.min(MOST_CASES, bound); i++) {
      const bytes = memory.slice(address + i * size, size);
      if (bytes.length < size) break;
      const view = new DataView(bytes.buffer, bytes.byteOffset, size);
      const target = size === 4 ? base + view.getInt32(0, true) : Number(view.getBigUint64(0, true));
      const to = starts.get(target);
      if (to === undefined || !block.exit.targets.includes(to)) break;
      cases.push({ value: BigInt(i), to });
    }
    if (cases.length === 0) throw new CannotLift('a jump through a table that is not known');
    let value: Expr = index;
    if (
      index.kind === 'binary' &&
      (index.op === 'sub' || index.op === 'add') &&
      index.right.kind === 'const'
    ) {
      const moved = index.op === 'sub' ? index.right.value : -index.right.value;
      value = index.left;
      for (const one of cases) one.value += moved;
    }
    block.exit = { kind: 'switch', value, cases, other: undefined };
  }
}

interface Table {
  address: number;
  size: 4 | 8;
  /** To which entries of 4 bytes are added. */
  base: number;
  index: Expr;
}

function tableOf(value: Expr): Table | undefined {
  let found: Table | undefined;
  const globals: number[] = [];
  visit(value, (expr) => {
    if (expr.kind === 'global') globals.push(expr.address);
    if (expr.kind !== 'load' || found) return;
    const { address, bits } = expr;
    const terms = termsOf(address);
    const scaled = terms.find((term) => term.kind === 'binary' && term.op === 'mul');
    const start = terms.find((term) => term.kind === 'global' || term.kind === 'const');
    if (terms.length !== 2 || scaled?.kind !== 'binary' || !start) return;
    const size = bits / 8;
    if ((size !== 4 && size !== 8) || scaled.right.kind !== 'const' || scaled.right.value !== BigInt(size))
      return;
    const at = start.kind === 'global' ? start.address : start.kind === 'const' ? Number(start.value) : 0;
    found = { address: at, size, base: at, index: scaled.left };
  });
  if (found && globals.some((address) => address !== found!.address)) return undefined;
  return found;
}

function termsOf(expr: Expr): Expr[] {
  return expr.kind === 'binary' && expr.op === 'add' ? children(expr).flatMap(termsOf) : [expr];
}

/** How many cases the test before a switch lets through. */
function boundOf(blocks: Blocks, before: readonly number[], index: Expr, own: number): number {
  for (const b of before) {
    const exit = blocks[b]?.exit;
    if (exit?.kind !== 'branch') continue;
    const test = exit.yes === own ? exit.test : opposite(exit.test);
    if (test.kind === 'compare' && test.op === 'ule' && test.right.kind === 'const') {
      if (same(compare('ule', index, constant(test.right.value, index.bits)), test)) {
        return Number(test.right.value) + 1;
      }
    }
  }
  return MOST_CASES;
}

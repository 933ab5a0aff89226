/** Which assignments reach which uses: variables become webs, one for what belongs together, and what nobody uses goes. */

import {
  type Block,
  exitValues,
  mapExit,
  mapStatement,
  type Statement,
  statementValues,
  successors,
} from './code.ts';
import { type Expr, rebuild, some, variable, visit } from './expressions.ts';

export type Blocks = (Block | undefined)[];

/** Changes all expressions. */
export function mapBlocks(blocks: Blocks, change: (expr: Expr) => Expr): void {
  for (const block of blocks) {
    if (!block) continue;
    block.statements = block.statements.map((statement) => mapStatement(statement, change));
    block.exit = mapExit(block.exit, change);
  }
}

/** From the leaves up. */
export function rewrite(expr: Expr, change: (expr: Expr) => Expr): Expr {
  return change(rebuild(expr, (child) => rewrite(child, change)));
}

export function visitBlocks(blocks: Blocks, see: (expr: Expr) => void): void {
  for (const block of blocks) {
    if (!block) continue;
    for (const statement of block.statements) {
      for (const value of statementValues(statement)) visit(value, see);
    }
    for (const value of exitValues(block.exit)) visit(value, see);
  }
}

/** Blocks that lead to each. */
export function predecessors(blocks: Blocks): number[][] {
  const before: number[][] = blocks.map(() => []);
  for (const [b, block] of blocks.entries()) {
    for (const next of block ? new Set(successors(block.exit)) : []) before[next].push(b);
  }
  return before;
}

function variablesIn(values: readonly Expr[]): Set<number> {
  const found = new Set<number>();
  for (const value of values) {
    visit(value, (one) => {
      if (one.kind === 'var') found.add(one.id);
    });
  }
  return found;
}

export function hasCall(expr: Expr): boolean {
  return some(expr, ({ kind }) => kind === 'call');
}

/** Assignments to what nobody reads go; of calls the call stays. */
export function eliminateDead(blocks: Blocks): void {
  for (;;) {
    const live = liveAtEnd(blocks);
    let changed = false;
    for (const [b, block] of blocks.entries()) {
      if (!block) continue;
      const alive = new Set(live[b]);
      for (const id of variablesIn(exitValues(block.exit))) alive.add(id);
      const kept: Statement[] = [];
      for (let i = block.statements.length - 1; i >= 0; i--) {
        let statement = block.statements[i];
        if (statement.kind === 'set' && !alive.has(statement.to)) {
          changed = true;
          if (!hasCall(statement.value)) continue;
          statement = { kind: 'do', value: callIn(statement.value) };
        }
        if (statement.kind === 'set') alive.delete(statement.to);
        for (const id of variablesIn(statementValues(statement))) alive.add(id);
        kept.push(statement);
      }
      block.statements = kept.reverse();
    }
    if (!changed) return;
  }
}

/** What is around a call needs no computing. */
function callIn(value: Expr): Expr {
  let inner = value;
  while (
    inner.kind === 'extend' ||
    inner.kind === 'truncate' ||
    inner.kind === 'asBits' ||
    inner.kind === 'asFloat'
  ) {
    inner = inner.value;
  }
  return inner;
}

function liveAtEnd(blocks: Blocks): Set<number>[] {
  const uses: Set<number>[] = [];
  const sets: Set<number>[] = [];
  for (const block of blocks) {
    const use = new Set<number>();
    const set = new Set<number>();
    for (const statement of block?.statements ?? []) {
      for (const id of variablesIn(statementValues(statement))) if (!set.has(id)) use.add(id);
      if (statement.kind === 'set') set.add(statement.to);
    }
    for (const id of variablesIn(block ? exitValues(block.exit) : [])) if (!set.has(id)) use.add(id);
    uses.push(use);
    sets.push(set);
  }
  const before = predecessors(blocks);
  const atEnd = blocks.map(() => new Set<number>());
  const atStart = uses.map((use) => new Set(use));
  const open = [...blocks.keys()];
  for (let b = open.pop(); b !== undefined; b = open.pop()) {
    for (const pred of before[b]) {
      let grew = false;
      for (const id of atStart[b]) {
        if (atEnd[pred].has(id)) continue;
        atEnd[pred].add(id);
        if (!sets[pred].has(id) && !atStart[pred].has(id)) {
          atStart[pred].add(id);
          grew = true;
        }
      }
      if (grew) open.push(pred);
    }
  }
  return atEnd;
}

/** What belongs together of a variable: all assignments that reach a use, over all its uses. */
export interface Web {
  /** The register or slot that it was. */
  readonly of: number;
  /** Holds what the variable held at entry. */
  entry: boolean;
}

/** Numbers of webs, which are variables from then on; machine variables and slots lie below. */
export const FIRST_WEB = 10_000;

/**
 * Gives each web a number of its own.
 * @param former webs that are split further, since less hangs together than did
 * @returns webs by number, less `FIRST_WEB`
 */
export function splitIntoWebs(blocks: Blocks, former?: readonly Web[]): Web[] {
  const definitions: { of: number; block: number; at: number }[] = [];
  const ofVariable = new Map<number, number[]>();
  const define = (of: number, block: number, at: number): void => {
    const list = ofVariable.get(of) ?? [];
    if (list.length === 0) {
      // What the variable holds at entry.
      ofVariable.set(of, list);
      list.push(definitions.push({ of, block: -1, at: -1 }) - 1);
    }
    if (block >= 0) list.push(definitions.push({ of, block, at }) - 1);
  };
  visitBlocks(blocks, (expr) => {
    if (expr.kind === 'var' && !ofVariable.has(expr.id)) define(expr.id, -1, -1);
  });
  for (const [b, block] of blocks.entries()) {
    for (const [i, statement] of (block?.statements ?? []).entries()) {
      if (statement.kind === 'set') define(statement.to, b, i);
    }
  }
  const parents = definitions.map((_, i) => i);
  const find = (i: number): number => {
    let root = i;
    while (parents[root] !== root) root = parents[root];
    while (parents[i] !== root) [parents[i], i] = [root, parents[i]];
    return root;
  };
  const reaching = reachingDefinitions(blocks, ofVariable);
  const numbers = new Map<number, number>();
  const webs: Web[] = [];
  const numberOf = (definition: number): number => {
    const root = find(definition);
    let number = numbers.get(root);
    if (number === undefined) {
      const { of } = definitions[root];
      number = FIRST_WEB + webs.push({ of: former?.[of - FIRST_WEB]?.of ?? of, entry: false }) - 1;
      numbers.set(root, number);
    }
    return number;
  };
  const definitionAt = new Map<string, number>();
  for (const [d, { block, at }] of definitions.entries()) {
    if (block >= 0) definitionAt.set(`${block} ${at}`, d);
  }
  walk(blocks, reaching, definitionAt, (_, found) => {
    for (let i = 1; i < found.length; i++) parents[find(found[i])] = find(found[0]);
  });
  const renamed: Blocks = blocks.map(() => undefined);
  walk(
    blocks,
    reaching,
    definitionAt,
    () => undefined,
    (b, block) => (renamed[b] = block),
    (found, bits) => variable(numberOf(found[0]), bits),
    numberOf,
  );
  for (const [b, block] of renamed.entries()) blocks[b] = block;
  for (const [d, { block }] of definitions.entries()) {
    const number = numbers.get(find(d));
    if (block < 0 && number !== undefined) webs[number - FIRST_WEB].entry = true;
  }
  return webs;
}

/** For each block and variable the definitions that reach its start. */
type Reaching = (block: number, of: number) => readonly number[];

function reachingDefinitions(blocks: Blocks, ofVariable: ReadonlyMap<number, readonly number[]>): Reaching {
  const atStart = blocks.map(() => new Map<number, Set<number>>());
  const lastIn = blocks.map((block) => {
    const last = new Map<number, number>();
    for (const [i, statement] of (block?.statements ?? []).entries()) {
      if (statement.kind === 'set') last.set(statement.to, i);
    }
    return last;
  });
  // By place: the n-th definition of a variable after that at entry.
  const next = new Map<number, number>();
  const lastDefinition = blocks.map(() => new Map<number, number>());
  for (const [b, block] of blocks.entries()) {
    for (const [i, statement] of (block?.statements ?? []).entries()) {
      if (statement.kind !== 'set') continue;
      const n = (next.get(statement.to) ?? 0) + 1;
      next.set(statement.to, n);
      if (lastIn[b].get(statement.to) === i)
        lastDefinition[b].set(statement.to, ofVariable.get(statement.to)![n]);
    }
  }
  for (const [of, [entry]] of ofVariable) atStart[0].set(of, new Set([entry]));
  const open = [0];
  const seen = new Set<number>();
  for (let b = open.pop(); b !== undefined; b = open.pop()) {
    const block = blocks[b];
    if (!block) continue;
    const isNew = !seen.has(b);
    seen.add(b);
    for (const to of new Set(successors(block.exit))) {
      let grew = isNew && !seen.has(to);
      for (const of of ofVariable.keys()) {
        const own = lastDefinition[b].get(of);
        const coming = own === undefined ? atStart[b].get(of) : [own];
        if (!coming) continue;
        let there = atStart[to].get(of);
        if (!there) atStart[to].set(of, (there = new Set()));
        for (const one of coming) {
          if (there.has(one)) continue;
          there.add(one);
          grew = true;
        }
      }
      if (grew) open.push(to);
    }
  }
  return (block, of) => [...(atStart[block].get(of) ?? [])];
}

function walk(
  blocks: Blocks,
  reaching: Reaching,
  definitionAt: ReadonlyMap<string, number>,
  see: (of: number, found: readonly number[]) => void,
  done: (b: number, block: Block) => void = () => undefined,
  rename?: (found: readonly number[], bits: number) => Expr,
  numberOf: (definition: number) => number = (definition) => definition,
): void {
  for (const [b, block] of blocks.entries()) {
    if (!block) continue;
    const here = new Map<number, readonly number[]>();
    const change = (expr: Expr): Expr => {
      if (expr.kind !== 'var') return expr;
      let found = here.get(expr.id);
      if (!found) here.set(expr.id, (found = reaching(b, expr.id)));
      see(expr.id, found);
      return rename && found.length > 0 ? rename(found, expr.bits) : expr;
    };
    const statements: Statement[] = [];
    for (const [i, statement] of block.statements.entries()) {
      const changed = mapStatement(statement, (value) => rewrite(value, change));
      if (changed.kind === 'set') {
        const definition = definitionAt.get(`${b} ${i}`)!;
        here.set(changed.to, [definition]);
        statements.push({ ...changed, to: numberOf(definition) });
      } else statements.push(changed);
    }
    const exit = mapExit(block.exit, (value) => rewrite(value, change));
    done(b, { statements, exit });
  }
}

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
import { type Expr, some, variable, visit } from './expressions.ts';
import { rebuild } from './rebuild.ts';

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
  return liveness(blocks).atEnd;
}

/** Variables that are read later, on some way, before they are set again. */
function liveness(blocks: Blocks): { atStart: Set<number>[]; atEnd: Set<number>[] } {
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
  return { atStart, atEnd };
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
 * Gives each web a number of its own. Where a variable is live at the start of a block, all that reaches the block reaches a
 * use: what its predecessors leave in it belongs together.
 *
 * @param former webs that are split further, since less hangs together than did
 * @returns webs by number, less `FIRST_WEB`
 */
export function splitIntoWebs(blocks: Blocks, former?: readonly Web[]): Web[] {
  const { atStart } = liveness(blocks);
  const parents: number[] = [];
  const variables: number[] = [];
  const add = (of: number): number => {
    variables.push(of);
    return parents.push(parents.length) - 1;
  };
  const find = (i: number): number => {
    let root = i;
    while (parents[root] !== root) root = parents[root];
    while (parents[i] !== root) [parents[i], i] = [root, parents[i]];
    return root;
  };
  // What each variable is made of where a block begins, and where it ends.
  const incoming = atStart.map((live) => new Map([...live].map((of) => [of, add(of)])));
  const definitions = blocks.map((block) =>
    (block?.statements ?? []).map((statement) => (statement.kind === 'set' ? add(statement.to) : -1)),
  );
  for (const [b, block] of blocks.entries()) {
    if (!block) continue;
    const outgoing = new Map(incoming[b]);
    for (const [i, statement] of block.statements.entries()) {
      if (statement.kind === 'set') outgoing.set(statement.to, definitions[b][i]);
    }
    for (const next of new Set(successors(block.exit))) {
      for (const [of, there] of incoming[next]) {
        const here = outgoing.get(of);
        if (here !== undefined) parents[find(here)] = find(there);
      }
    }
  }
  const numbers = new Map<number, number>();
  const webs: Web[] = [];
  const numberOf = (definition: number): number => {
    const root = find(definition);
    let number = numbers.get(root);
    if (number === undefined) {
      const of = variables[root];
      number = FIRST_WEB + webs.push({ of: former?.[of - FIRST_WEB]?.of ?? of, entry: false }) - 1;
      numbers.set(root, number);
    }
    return number;
  };
  for (const [b, block] of blocks.entries()) {
    if (!block) continue;
    const here = new Map(incoming[b]);
    const rename = (expr: Expr): Expr =>
      expr.kind === 'var' ? variable(numberOf(here.get(expr.id)!), expr.bits) : expr;
    const statements = block.statements.map((statement, i): Statement => {
      const changed = mapStatement(statement, (value) => rewrite(value, rename));
      if (changed.kind !== 'set') return changed;
      here.set(changed.to, definitions[b][i]);
      return { ...changed, to: numberOf(definitions[b][i]) };
    });
    blocks[b] = { statements, exit: mapExit(block.exit, (value) => rewrite(value, rename)) };
  }
  for (const definition of incoming[0].values()) {
    const number = numbers.get(find(definition));
    if (number !== undefined) webs[number - FIRST_WEB].entry = true;
  }
  return webs;
}

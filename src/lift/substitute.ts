/**
 * Values go where they are used: a variable that is set once and read once disappears, where nothing between could have
 * changed what its value is made of.
 */

import { type Block, exitValues, mapExit, mapStatement, statementValues, successors } from './code.ts';
import { type Blocks, eliminateDead, hasCall, predecessors, rewrite } from './dataflow.ts';
import { type Expr, nodes, some, visit } from './expressions.ts';

/** Operations of one expression: more is hard to read. */
const MOST_NODES = 120;
/** Rounds of a function: chains of temporaries are as long as a statement of C. */
const MOST_ROUNDS = 200;

interface Place {
  readonly block: number;
  /** Index of the statement; that after the last is the exit. */
  readonly at: number;
}

interface Uses {
  readonly sets: Place[];
  readonly reads: Place[];
}

/** @param keeps whether a variable stays as it is, since the source had it */
export function substitute(
  blocks: Blocks,
  isEntry: (id: number) => boolean,
  keeps: (id: number) => boolean,
): void {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (!substituteOnce(blocks, isEntry, keeps)) return;
    eliminateDead(blocks);
  }
}

function substituteOnce(
  blocks: Blocks,
  isEntry: (id: number) => boolean,
  keeps: (id: number) => boolean,
): boolean {
  const uses = usesOf(blocks);
  const paths = new Paths(blocks);
  const touched = new Set<string>();
  let changed = false;
  for (const [id, { sets, reads }] of uses) {
    if (sets.length !== 1 || reads.length === 0 || keeps(id) || isEntry(id)) continue;
    const [set] = sets;
    const places = [set, ...reads].map(({ block, at }) => `${block} ${at}`);
    if (places.some((place) => touched.has(place))) continue;
    const statement = blocks[set.block]!.statements[set.at];
    if (statement.kind !== 'set') continue;
    const { value } = statement;
    if (reads.length > 1 && !isTrivial(value)) continue;
    if (!reads.every((read) => mayMove(blocks, uses, paths, value, set, read))) continue;
    const change = (expr: Expr): Expr => (expr.kind === 'var' && expr.id === id ? value : expr);
    for (const { block, at } of reads) {
      const there = blocks[block]!;
      if (at === there.statements.length) {
        there.exit = mapExit(there.exit, (one) => rewrite(one, change));
      } else {
        there.statements[at] = mapStatement(there.statements[at], (one) => rewrite(one, change));
      }
    }
    // What was read there is read in other places now.
    blocks[set.block]!.statements[set.at] = {
      kind: 'set',
      to: id,
      value: { kind: 'undefined', bits: value.bits },
    };
    for (const place of places) touched.add(place);
    visit(value, (one) => {
      if (one.kind === 'var')
        for (const { block, at } of uses.get(one.id)?.sets ?? []) touched.add(`${block} ${at}`);
    });
    changed = true;
  }
  return changed;
}

function usesOf(blocks: Blocks): Map<number, Uses> {
  const uses = new Map<number, Uses>();
  const of = (id: number): Uses => {
    let known = uses.get(id);
    if (!known) uses.set(id, (known = { sets: [], reads: [] }));
    return known;
  };
  const read = (values: readonly Expr[], place: Place): void => {
    for (const value of values) {
      visit(value, (one) => {
        if (one.kind === 'var') of(one.id).reads.push(place);
      });
    }
  };
  for (const [block, { statements, exit }] of present(blocks)) {
    for (const [at, statement] of statements.entries()) {
      read(statementValues(statement), { block, at });
      if (statement.kind === 'set') of(statement.to).sets.push({ block, at });
    }
    read(exitValues(exit), { block, at: statements.length });
  }
  return uses;
}

function present(blocks: Blocks): [number, Block][] {
  return blocks.flatMap((block, b): [number, Block][] => (block ? [[b, block]] : []));
}

/** Products of this size are of divisions, which are seen where they stand whole. */
const LEAST_MAGIC = 2n ** 16n;

/** What costs nothing to say twice. */
function isTrivial(value: Expr): boolean {
  if (value.kind === 'binary' && value.op === 'mul' && value.left.kind === 'extend') {
    return value.right.kind === 'const' && value.right.value > LEAST_MAGIC && isTrivial(value.left);
  }
  if (value.kind === 'extend' || value.kind === 'truncate') return isTrivial(value.value);
  return value.kind === 'const' || value.kind === 'stack' || value.kind === 'global' || value.kind === 'var';
}

function mayMove(
  blocks: Blocks,
  uses: ReadonlyMap<number, Uses>,
  paths: Paths,
  value: Expr,
  from: Place,
  to: Place,
): boolean {
  const target = blocks[to.block]!;
  const statement = target.statements[to.at];
  const targetValues = statement ? statementValues(statement) : exitValues(target.exit);
  if (
    nodes(value) + targetValues.reduce((sum, one) => sum + nodes(one), 0) > MOST_NODES &&
    !isTrivial(value)
  ) {
    return false;
  }
  const reads = new Set<number>();
  visit(value, (one) => {
    if (one.kind === 'var') reads.add(one.id);
  });
  const calls = hasCall(value);
  const loads = calls || some(value, ({ kind }) => kind === 'load');
  if (calls) {
    // What else the statement computes might be computed before the call then.
    const disturbs = (one: Expr): boolean =>
      one.kind === 'call' || one.kind === 'load' || one.kind === 'select' || one.kind === 'logic';
    if (from.block !== to.block || targetValues.some((one) => some(one, disturbs))) return false;
    for (let at = from.at + 1; at < to.at; at++) {
      const between = target.statements[at];
      if (between.kind !== 'set') return false;
      if (
        statementValues(between).some((one) => some(one, ({ kind }) => kind === 'call' || kind === 'load'))
      ) {
        return false;
      }
    }
  }
  if (from.block === to.block && to.at > from.at) {
    for (let at = from.at + 1; at < to.at; at++) {
      const between = target.statements[at];
      if (between.kind === 'set' ? reads.has(between.to) : loads) return false;
      if (loads && hasCall(between.value)) return false;
    }
    return true;
  }
  if (loads) return false;
  // Elsewhere: nothing on any way from here to there may set what the value is made of.
  const between = paths.between(from.block, to.block);
  for (const id of reads) {
    for (const { block, at } of uses.get(id)?.sets ?? []) {
      if (between.has(block)) return false;
      if (block === from.block && at > from.at) return false;
      if (block === to.block && at < to.at) return false;
    }
  }
  return true;
}

/** Blocks that may run between two. */
class Paths {
  private readonly blocks: Blocks;
  private readonly before: number[][];
  private readonly known = new Map<string, ReadonlySet<number>>();

  constructor(blocks: Blocks) {
    this.blocks = blocks;
    this.before = predecessors(blocks);
  }

  /** Without the two, unless one runs again on the way, not counting ways on which the first begins anew. */
  between(from: number, to: number): ReadonlySet<number> {
    const key = `${from} ${to}`;
    let found = this.known.get(key);
    if (!found) {
      const onward = reach([from], (b) => (this.blocks[b] ? successors(this.blocks[b].exit) : []), from);
      const back = reach([to], (b) => this.before[b], from);
      found = new Set([...onward].filter((b) => back.has(b)));
      this.known.set(key, found);
    }
    return found;
  }
}

function reach(start: readonly number[], next: (b: number) => readonly number[], stop: number): Set<number> {
  const found = new Set<number>();
  const open = [...start];
  for (let b = open.pop(); b !== undefined; b = open.pop()) {
    for (const one of next(b)) {
      if (found.has(one) || one === stop) continue;
      found.add(one);
      open.push(one);
    }
  }
  return found;
}

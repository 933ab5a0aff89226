/**
 * From a graph of blocks to nested statements, after Ramsey, "Beyond Relooper" (ICFP 2022), with C's means: what a block
 * dominates stands inside or behind it, blocks with several ways to them stand where all of these can reach them, and a
 * way that is neither the next statement nor `break` or `continue` is a `goto`. Every graph has such a text.
 */

import { CannotLift, type Exit, type Statement, successors } from './code.ts';
import { type Blocks, predecessors } from './dataflow.ts';
import type { Expr } from './expressions.ts';
import { opposite } from './truths.ts';

export type Node =
  | { readonly kind: 'statement'; readonly statement: Statement }
  | { readonly kind: 'if'; readonly test: Expr; readonly yes: Node[]; readonly no: Node[] }
  | { readonly kind: 'loop'; readonly head: number; readonly body: Node[] }
  | { readonly kind: 'while'; readonly test: Expr; readonly body: Node[] }
  | { readonly kind: 'do'; readonly test: Expr; readonly body: Node[] }
  | {
      readonly kind: 'for';
      readonly start: Statement;
      readonly test: Expr;
      readonly step: Statement;
      readonly body: Node[];
    }
  | { readonly kind: 'switch'; readonly value: Expr; readonly cases: readonly Case[] }
  | { readonly kind: 'label'; readonly block: number }
  | { readonly kind: 'goto'; readonly block: number }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'return'; readonly values: readonly Expr[] };

export interface Case {
  /** None for the default. */
  readonly values: readonly bigint[];
  readonly isDefault: boolean;
  readonly body: Node[];
}

/** Depth of blocks in the dominator tree, which the writing recurses into. */
const MOST_DEPTH = 1200;

interface Context {
  /** The block that comes next in the text. */
  readonly follow: number | undefined;
  readonly breakTo: number | undefined;
  readonly continueTo: number | undefined;
  readonly depth: number;
}

export function structure(blocks: Blocks): Node[] {
  return new Structurer(blocks).run();
}

/** What ends a list of statements: nothing runs on from it. */
export function ends(nodes: readonly Node[]): boolean {
  const last = nodes.at(-1);
  if (last === undefined) return false;
  if (last.kind === 'if') return ends(last.yes) && ends(last.no);
  return last.kind === 'goto' || last.kind === 'break' || last.kind === 'continue' || last.kind === 'return';
}

class Structurer {
  private readonly blocks: Blocks;
  /** Place in reverse postorder; -1 for what is not reached. */
  private readonly order: number[];
  private readonly dominators: number[];
  private readonly children: number[][];
  /** Ways to a block that do not close a loop. */
  private readonly forward: number[];
  /** Blocks of each loop by its head. */
  private readonly loops = new Map<number, Set<number>>();
  /** Blocks whose text is or will be somewhere: other ways there are jumps. */
  private readonly placed = new Set<number>();
  private readonly labels = new Set<number>();

  constructor(blocks: Blocks) {
    this.blocks = blocks;
    const before = predecessors(blocks);
    const sequence = reversePostorder(blocks);
    this.order = blocks.map(() => -1);
    for (const [i, b] of sequence.entries()) this.order[b] = i;
    this.dominators = immediateDominators(sequence, this.order, before, blocks.length);
    this.children = blocks.map(() => []);
    for (const b of sequence.slice(1)) this.children[this.dominators[b]].push(b);
    this.forward = blocks.map(() => 0);
    for (const b of sequence) {
      for (const pred of before[b]) {
        if (this.order[pred] < 0) continue;
        if (this.dominates(b, pred)) this.addLoop(b, pred, before);
        else this.forward[b]++;
      }
    }
  }

  run(): Node[] {
    this.placed.add(0);
    const nodes = this.tree(0, { follow: undefined, breakTo: undefined, continueTo: undefined, depth: 0 });
    return this.withLabels([{ kind: 'label', block: 0 }, ...nodes]);
  }

  private dominates(a: number, b: number): boolean {
    let at = b;
    while (this.order[at] > this.order[a]) at = this.dominators[at];
    return at === a;
  }

  private addLoop(head: number, latch: number, before: readonly number[][]): void {
    const members = this.loops.get(head) ?? new Set([head]);
    this.loops.set(head, members);
    const open = [latch];
    for (let b = open.pop(); b !== undefined; b = open.pop()) {
      if (members.has(b)) continue;
      members.add(b);
      open.push(...before[b].filter((pred) => this.order[pred] >= 0));
    }
  }

  /** The text of a block and of all that it dominates. */
  private tree(b: number, context: Context): Node[] {
    if (context.depth > MOST_DEPTH) throw new CannotLift('control that is nested too deep');
    const members = this.loops.get(b);
    const deeper = { ...context, depth: context.depth + 1 };
    if (!members) return this.inner(b, deeper);
    const after = this.exitsOf(b, members);
    for (const one of after) this.placed.add(one);
    const breakTo = after[0] ?? context.follow;
    const body = this.inner(b, { ...deeper, follow: b, breakTo, continueTo: b });
    return [{ kind: 'loop', head: b, body }, ...this.sequence(after, context)];
  }

  /** Blocks outside of a loop that only ways through it lead to, and that stand behind it. */
  private exitsOf(head: number, members: ReadonlySet<number>): number[] {
    const found: number[] = [];
    for (const member of members) {
      for (const child of this.children[member]) {
        if (!members.has(child) && !this.placed.has(child)) found.push(child);
      }
    }
    found.sort((x, y) => this.order[x] - this.order[y]);
    if (found.length < 2) return found;
    // Of several exits, those that end soon stand where they are taken; but one is the loop's own.
    const ending = found.filter((b) => this.isShortEnd(b) && this.forward[b] === 1);
    const own = new Set(successors(this.blocks[head]!.exit));
    const main =
      found.find((b) => !ending.includes(b)) ?? found.find((b) => own.has(b)) ?? found[found.length - 1];
    return found.filter((b) => b === main || !ending.includes(b));
  }

  private isShortEnd(b: number): boolean {
    const block = this.blocks[b]!;
    return block.statements.length <= 4 && (block.exit.kind === 'return' || block.exit.kind === 'stop');
  }

  private sequence(blocks: readonly number[], context: Context): Node[] {
    return blocks.flatMap((b, i) => [
      { kind: 'label' as const, block: b },
      ...this.tree(b, { ...context, follow: blocks[i + 1] ?? context.follow }),
    ]);
  }

  private inner(b: number, context: Context): Node[] {
    const { statements, exit } = this.blocks[b]!;
    const nodes: Node[] = statements.map((statement) => ({ kind: 'statement', statement }));
    const cases = exit.kind === 'switch' ? new Set(successors(exit)) : undefined;
    const merges = this.children[b].filter((child) => this.forward[child] > 1 && !this.placed.has(child));
    const behind = cases
      ? merges.filter((child) => !cases.has(child) || child === this.joinOf(b, merges))
      : merges;
    for (const one of merges) this.placed.add(one);
    const own = { ...context, follow: behind[0] ?? context.follow };
    if (exit.kind === 'switch')
      nodes.push(this.switch(exit, new Set(merges.filter((one) => !behind.includes(one))), own));
    else nodes.push(...this.leave(exit, own));
    return [...nodes, ...this.sequence(behind, context)];
  }

  /** Of blocks behind a switch the last, to which its cases lead when they are done. */
  private joinOf(b: number, merges: readonly number[]): number | undefined {
    const last = merges.at(-1);
    return last !== undefined && this.dominators[last] === b && this.forward[last] > 1 ? last : undefined;
  }

  private leave(exit: Exit, context: Context): Node[] {
    switch (exit.kind) {
      case 'jump':
        return this.jump(exit.to, context);
      case 'branch':
        return alternative(exit.test, this.jump(exit.yes, context), this.jump(exit.no, context));
      case 'return':
        return [{ kind: 'return', values: exit.values }];
      case 'stop':
        return [];
      default:
        throw new CannotLift('a jump through a table that is not known');
    }
  }

  private jump(to: number, context: Context): Node[] {
    const { follow, breakTo, continueTo } = context;
    if (to === follow) return [];
    if (!this.placed.has(to)) {
      this.placed.add(to);
      return [{ kind: 'label', block: to }, ...this.tree(to, context)];
    }
    if (to === continueTo) return [{ kind: 'continue' }];
    if (to === breakTo) return [{ kind: 'break' }];
    const block = this.blocks[to]!;
    if (block.exit.kind === 'return' && block.statements.length === 0) {
      return [{ kind: 'return', values: block.exit.values }];
    }
    this.labels.add(to);
    return [{ kind: 'goto', block: to }];
  }

  private switch(
    exit: Extract<Exit, { kind: 'switch' }>,
    inside: ReadonlySet<number>,
    context: Context,
  ): Node {
    const targets = [...successors(exit)].sort((x, y) => this.order[x] - this.order[y]);
    const within = { ...context, breakTo: context.follow };
    const cases = targets.map((to, i): Case => {
      const values = exit.cases.filter((one) => one.to === to).map(({ value }) => value);
      const next = targets[i + 1];
      const isOwn = inside.has(to);
      const follow = next ?? context.follow;
      const body = isOwn
        ? [{ kind: 'label' as const, block: to }, ...this.tree(to, { ...within, follow })]
        : to === context.follow
          ? [{ kind: 'break' as const }]
          : this.jump(to, { ...within, follow });
      // A case that is at its end goes on with the next: what follows there is what it was told to be followed by.
      return { values, isDefault: exit.other === to, body };
    });
    return { kind: 'switch', value: exit.value, cases };
  }

  /** Labels to which nothing jumps go. */
  private withLabels(nodes: readonly Node[]): Node[] {
    const filter = (list: readonly Node[]): Node[] =>
      list.flatMap((node): Node[] => {
        if (node.kind === 'label') return this.labels.has(node.block) ? [node] : [];
        if (node.kind === 'if') return [{ ...node, yes: filter(node.yes), no: filter(node.no) }];
        if (node.kind === 'loop') return [{ ...node, body: filter(node.body) }];
        if (node.kind === 'switch') {
          return [{ ...node, cases: node.cases.map((one) => ({ ...one, body: filter(one.body) })) }];
        }
        return [node];
      });
    return filter(nodes);
  }
}

/** What was reached by falling through is said first, as compilers turn conditions around to get there. */
export function alternative(test: Expr, yes: Node[], no: Node[]): Node[] {
  if (no.length === 0) return yes.length === 0 ? [] : [{ kind: 'if', test, yes, no: [] }];
  if (yes.length === 0) return [{ kind: 'if', test: opposite(test), yes: no, no: [] }];
  if (ends(yes) && !(ends(no) && no.length < yes.length)) return [{ kind: 'if', test, yes, no: [] }, ...no];
  if (ends(no)) return [{ kind: 'if', test: opposite(test), yes: no, no: [] }, ...yes];
  return [{ kind: 'if', test: opposite(test), yes: no, no: yes }];
}

function reversePostorder(blocks: Blocks): number[] {
  const order: number[] = [];
  const seen = new Set([0]);
  const open: { b: number; next: number }[] = [{ b: 0, next: 0 }];
  while (open.length > 0) {
    const top = open[open.length - 1];
    const ways = successors(blocks[top.b]!.exit);
    if (top.next < ways.length) {
      // The last first, so that in the reverse the first comes first.
      const to = ways[ways.length - 1 - top.next++];
      if (seen.has(to)) continue;
      seen.add(to);
      open.push({ b: to, next: 0 });
    } else {
      order.push(top.b);
      open.pop();
    }
  }
  return order.reverse();
}

/** Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001). */
function immediateDominators(
  sequence: readonly number[],
  order: readonly number[],
  before: readonly number[][],
  count: number,
): number[] {
  const dominators = new Array<number>(count).fill(-1);
  dominators[0] = 0;
  for (let changed = true; changed;) {
    changed = false;
    for (const b of sequence.slice(1)) {
      let best = -1;
      for (const pred of before[b]) {
        if (order[pred] < 0 || dominators[pred] < 0) continue;
        best = best < 0 ? pred : common(best, pred);
      }
      if (best !== dominators[b]) {
        dominators[b] = best;
        changed = true;
      }
    }
  }
  function common(a: number, b: number): number {
    let [left, right] = [a, b];
    while (left !== right) {
      while (order[left] > order[right]) left = dominators[left];
      while (order[right] > order[left]) right = dominators[right];
    }
    return left;
  }
  return dominators;
}

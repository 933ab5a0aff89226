/** Endless loops with a test at their beginning or end become `while`, `do` and `for`. */

import { type Statement, statementValues } from './code.ts';
import { type Expr, visit } from './expressions.ts';
import { opposite } from './truths.ts';
import { ends, type Node } from './structure.ts';

export function tidyLoops(nodes: readonly Node[]): Node[] {
  const tidy: Node[] = [];
  for (const node of nodes) {
    const made = within(node);
    const last = tidy.at(-1);
    const loop =
      made.kind === 'while' && last?.kind === 'statement' ? counted(last.statement, made) : undefined;
    if (loop) tidy[tidy.length - 1] = loop;
    else tidy.push(made);
  }
  return tidy;
}

function within(node: Node): Node {
  switch (node.kind) {
    case 'if':
      return { ...node, yes: tidyLoops(node.yes), no: tidyLoops(node.no) };
    case 'switch':
      return { ...node, cases: node.cases.map((one) => ({ ...one, body: tidyLoops(one.body) })) };
    case 'loop':
      return tested({ ...node, body: tidyLoops(node.body) });
    case 'while':
    case 'do':
      return { ...node, body: tidyLoops(node.body) };
    default:
      return node;
  }
}

const isBreak = (nodes: readonly Node[]): boolean => nodes.length === 1 && nodes[0].kind === 'break';

function tested(loop: Extract<Node, { kind: 'loop' }>): Node {
  const { body } = loop;
  const first = body.at(0);
  if (first?.kind === 'if') {
    if (isBreak(first.yes))
      return { kind: 'while', test: opposite(first.test), body: [...first.no, ...body.slice(1)] };
    // All of it under a condition, and out of it otherwise.
    if (body.length === 2 && isBreak(body.slice(1)) && first.no.length === 0) {
      const inner = first.yes;
      return {
        kind: 'while',
        test: first.test,
        body: inner.at(-1)?.kind === 'continue' ? inner.slice(0, -1) : inner,
      };
    }
    if (body.length === 1 && isBreak(first.no)) return { kind: 'while', test: first.test, body: first.yes };
  }
  if (body.length > 1 && isBreak(body.slice(-1))) {
    const before = body.at(-2);
    if (
      before?.kind === 'if' &&
      before.no.length === 0 &&
      before.yes.length === 1 &&
      before.yes[0].kind === 'continue'
    ) {
      const rest = body.slice(0, -2);
      if (!continues(rest)) return { kind: 'do', test: before.test, body: rest };
    }
  }
  const last = body.at(-1);
  if (last?.kind === 'if' && isBreak(last.yes) && last.no.length === 0 && !continues(body)) {
    return { kind: 'do', test: opposite(last.test), body: body.slice(0, -1) };
  }
  return loop;
}

/** Whether a `continue` of this loop is among them. */
function continues(nodes: readonly Node[]): boolean {
  return nodes.some((node) => {
    if (node.kind === 'continue') return true;
    if (node.kind === 'if') return continues(node.yes) || continues(node.no);
    return node.kind === 'switch' && node.cases.some(({ body }) => continues(body));
  });
}

/** `i = 0; while (i < n) { …; i++; }` */
function counted(start: Statement, loop: Extract<Node, { kind: 'while' }>): Node | undefined {
  const last = loop.body.at(-1);
  if (start.kind !== 'set' || last?.kind !== 'statement' || last.statement.kind !== 'set') return undefined;
  const { to } = start;
  if (last.statement.to !== to || !reads(loop.test, to)) return undefined;
  if (!statementValues(last.statement).some((value) => reads(value, to))) return undefined;
  let body = loop.body.slice(0, -1);
  if (continues(body) || ends(body)) return undefined;
  const end = body.at(-1);
  if (end?.kind === 'label') {
    // Who jumps to the step goes on with the next round.
    body = body.slice(0, -1).map((node) => continuing(node, end.block));
    if (body.some((node) => jumpsTo(node, end.block))) body.push(end);
  }
  return { kind: 'for', start, test: loop.test, step: last.statement, body };
}

function continuing(node: Node, block: number): Node {
  if (node.kind === 'goto') return node.block === block ? { kind: 'continue' } : node;
  const all = (nodes: readonly Node[]): Node[] => nodes.map((one) => continuing(one, block));
  if (node.kind === 'if') return { ...node, yes: all(node.yes), no: all(node.no) };
  if (node.kind !== 'switch') return node;
  return { ...node, cases: node.cases.map((one) => ({ ...one, body: all(one.body) })) };
}

function jumpsTo(node: Node, block: number): boolean {
  const among = (nodes: readonly Node[]): boolean => nodes.some((one) => jumpsTo(one, block));
  if (node.kind === 'goto') return node.block === block;
  if (node.kind === 'if') return among(node.yes) || among(node.no);
  if (node.kind === 'switch') return node.cases.some(({ body }) => among(body));
  return 'body' in node && among(node.body);
}

function reads(expr: Expr, id: number): boolean {
  let found = false;
  visit(expr, (one) => (found ||= one.kind === 'var' && one.id === id));
  return found;
}

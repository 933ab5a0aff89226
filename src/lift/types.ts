/**
 * A C type for each variable, from what is done with it. Types decide how the text reads, not what it does: where one does
 * not fit, the text has a cast. What is copied has one type (Steensgaard's unification).
 */

import { exitValues, type Statement, statementValues } from './code.ts';
import type { CType } from './ctype.ts';
import { type Blocks, FIRST_WEB } from './dataflow.ts';
import { children, type Expr, isFloat } from './expressions.ts';
import { prototypeOf } from './prototypes.ts';
import type { Region } from './slots.ts';

/** What is known of a value, and of others that have its type. */
class TypeNode {
  parent: TypeNode | undefined;
  bits = 0;
  floats = 0;
  signed = 0;
  unsigned = 0;
  /** Arithmetic that no pointer takes part in. */
  integers = 0;
  isPointer = false;
  /** What it points to is read in several widths. */
  mixed = false;
  target: TypeNode | undefined;
}

function find(node: TypeNode): TypeNode {
  let root = node;
  while (root.parent) root = root.parent;
  return root;
}

function unify(a: TypeNode, b: TypeNode): void {
  const open: [TypeNode, TypeNode][] = [[a, b]];
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [left, right] = pair.map(find);
    if (left === right) continue;
    right.parent = left;
    if (left.bits !== 0 && right.bits !== 0 && left.bits !== right.bits) left.mixed = true;
    left.bits ||= right.bits;
    left.floats += right.floats;
    left.signed += right.signed;
    left.unsigned += right.unsigned;
    left.integers += right.integers;
    left.isPointer ||= right.isPointer;
    left.mixed ||= right.mixed;
    if (left.target && right.target) open.push([left.target, right.target]);
    else left.target ??= right.target;
  }
}

export interface Types {
  variable(id: number): CType;
  /** Of the elements of an array in the frame, or of data; undefined where they are read in several ways. */
  region(region: Region): CType | undefined;
  global(address: number): CType | undefined;
  /** The part of an address that is the pointer. */
  base(address: Expr): Expr | undefined;
  regionAt(offset: number): Region | undefined;
}

/** The parts of a sum, each with its factor. */
export interface AddressTerm {
  readonly expr: Expr;
  readonly factor: bigint;
}

export function addressTerms(expr: Expr, factor = 1n): AddressTerm[] {
  if (expr.kind === 'binary') {
    const { op, left, right } = expr;
    if (op === 'add' || op === 'sub') {
      return [...addressTerms(left, factor), ...addressTerms(right, op === 'add' ? factor : -factor)];
    }
    if (op === 'mul' && right.kind === 'const') {
      return [{ expr: left, factor: factor * BigInt.asIntN(64, right.value) }];
    }
  }
  return [{ expr, factor }];
}

/** @param widths of webs in bits */
export function inferTypes(
  blocks: Blocks,
  widths: readonly number[],
  regions: readonly Region[],
  entryWebs: ReadonlySet<number>,
): Types {
  return new Inference(widths, regions, entryWebs).run(blocks);
}

class Inference implements Types {
  private readonly webs: readonly TypeNode[];
  private readonly regionNodes: readonly TypeNode[];
  private readonly globals = new Map<number, TypeNode>();
  private readonly regions: readonly Region[];
  private readonly entryWebs: ReadonlySet<number>;
  /** Whether an address without a certain pointer takes the likeliest. */
  private guesses = false;
  private counts = true;

  constructor(widths: readonly number[], regions: readonly Region[], entryWebs: ReadonlySet<number>) {
    this.webs = widths.map((bits) => Object.assign(new TypeNode(), { bits }));
    this.regions = regions;
    this.regionNodes = regions.map(() => Object.assign(new TypeNode(), { bits: 64, isPointer: true }));
    this.entryWebs = entryWebs;
  }

  run(blocks: Blocks): Types {
    // What is a pointer in one place tells which part of a sum is one in another.
    for (let round = 0; round < 4; round++) {
      this.guesses = round >= 2;
      this.counts = round === 0;
      for (const block of blocks) {
        for (const statement of block?.statements ?? []) this.statement(statement);
        for (const value of block ? exitValues(block.exit) : []) this.look(value);
      }
    }
    return this;
  }

  private statement(statement: Statement): void {
    for (const value of statementValues(statement)) this.look(value);
    if (statement.kind === 'set') this.flow(this.webs[statement.to - FIRST_WEB], statement.value);
    if (statement.kind === 'store') {
      const target = this.access(statement.address, statement.value.bits);
      if (target) this.flow(target, statement.value);
    }
  }

  /** A value goes to where a type is. */
  private flow(node: TypeNode | undefined, value: Expr): void {
    if (!node) return;
    const own = find(node);
    if (value.kind === 'asBits') {
      own.floats++;
      return;
    }
    if (value.kind === 'select') {
      this.flow(node, value.yes);
      this.flow(node, value.no);
      return;
    }
    if (value.kind === 'extend') {
      if (this.counts && value.bits < 64) own[value.signed ? 'signed' : 'integers']++;
      return;
    }
    const other = this.nodeOf(value);
    if (other && (value.bits === own.bits || own.bits === 0)) {
      unify(own, other);
      return;
    }
    if (value.bits !== 64 || value.kind !== 'binary' || (value.op !== 'add' && value.op !== 'sub')) return;
    const base = this.base(value);
    const baseNode = base && this.nodeOf(base);
    if (baseNode && (find(baseNode).isPointer || own.isPointer)) unify(own, baseNode);
  }

  private nodeOf(expr: Expr): TypeNode | undefined {
    switch (expr.kind) {
      case 'var':
        return this.webs[expr.id - FIRST_WEB];
      case 'load':
        return this.access(expr.address, expr.bits);
      case 'stack': {
        const region = this.regionAt(expr.offset);
        return region && this.regionNodes[this.regions.indexOf(region)];
      }
      case 'global': {
        let node = this.globals.get(expr.address);
        if (!node) {
          node = Object.assign(new TypeNode(), { bits: 64, isPointer: true });
          this.globals.set(expr.address, node);
        }
        return node;
      }
      case 'call': {
        const node = Object.assign(new TypeNode(), { bits: expr.bits });
        const result = prototypeOf(expr.name)?.result;
        if (result === 's' || result === 'p') node.isPointer = true;
        if (result === 's') node.target = character();
        if (result === 'i' || result === 'l') node.signed = 1;
        if (result === 'z' || result === 'u') node.integers = 1;
        return node;
      }
      default:
        return undefined;
    }
  }

  /** What an address leads to, read or written in so many bits. */
  private access(address: Expr, bits: number): TypeNode | undefined {
    const base = this.base(address);
    const node = base && this.nodeOf(base);
    if (!node) return undefined;
    const pointer = find(node);
    pointer.isPointer = true;
    pointer.target ??= new TypeNode();
    const target = find(pointer.target);
    if (target.bits !== 0 && target.bits !== bits) {
      target.mixed = true;
      return undefined;
    }
    target.bits = bits;
    return target;
  }

  base(address: Expr): Expr | undefined {
    const all = addressTerms(address).filter(({ factor, expr }) => factor === 1n && expr.bits === 64);
    const possible = all
      .map(({ expr }) => expr)
      .filter(
        ({ kind }) =>
          kind === 'var' ||
          kind === 'load' ||
          kind === 'stack' ||
          kind === 'global' ||
          kind === 'call' ||
          kind === 'select',
      );
    const sure = possible.filter(({ kind }) => kind === 'stack' || kind === 'global');
    if (sure.length === 1) return sure[0];
    if (possible.length <= 1) return possible[0];
    const pointers = possible.filter((expr) => {
      const node = this.nodeOf2(expr);
      return node !== undefined && find(node).isPointer;
    });
    if (pointers.length === 1) return pointers[0];
    if (!this.guesses) return undefined;
    return (
      pointers[0] ??
      possible.find((expr) => expr.kind === 'var' && this.entryWebs.has(expr.id)) ??
      possible[0]
    );
  }

  /** Without recording an access, so that asking changes nothing. */
  private nodeOf2(expr: Expr): TypeNode | undefined {
    if (expr.kind !== 'load') return this.nodeOf(expr);
    const terms = addressTerms(expr.address);
    const inner = terms.find(
      ({ expr: one, factor }) =>
        factor === 1n && (one.kind === 'var' || one.kind === 'stack' || one.kind === 'global'),
    );
    const node = inner && this.nodeOf(inner.expr);
    return node && find(node).target;
  }

  private look(expr: Expr): void {
    if (this.counts) this.vote(expr);
    if (expr.kind === 'load') this.access(expr.address, expr.bits);
    if (expr.kind === 'compare' && (expr.op === 'eq' || expr.op === 'ne') && expr.left.bits === 64) {
      const [a, b] = [this.nodeOf(expr.left), this.nodeOf(expr.right)];
      if (a && b && (find(a).isPointer || find(b).isPointer)) unify(a, b);
    }
    if (expr.kind === 'call') this.arguments(expr);
    for (const child of children(expr)) this.look(child);
  }

  private vote(expr: Expr): void {
    const node = (one: Expr): TypeNode | undefined => {
      const found = one.kind === 'var' || one.kind === 'load' ? this.nodeOf(one) : undefined;
      return found && find(found);
    };
    const count = (one: Expr, what: 'signed' | 'unsigned' | 'floats' | 'integers', by = 1): void => {
      const found = node(one);
      if (found) found[what] += by;
    };
    switch (expr.kind) {
      case 'extend':
        return count(expr.value, expr.signed ? 'signed' : 'unsigned');
      case 'asFloat':
        return count(expr.value, 'floats');
      case 'toFloat':
        return isFloat(expr.value) ? undefined : count(expr.value, 'signed');
      case 'compare':
        for (const one of [expr.left, expr.right]) {
          if (expr.op.startsWith('s')) count(one, 'signed');
          if (expr.op.startsWith('u')) count(one, 'unsigned');
        }
        return undefined;
      case 'binary': {
        const { op, left, right } = expr;
        if (op === 'sar' || op === 'sdiv' || op === 'srem') count(left, 'signed', 2);
        if (op === 'shr' || op === 'udiv' || op === 'urem') count(left, 'unsigned', 2);
        if (op === 'sdiv' || op === 'srem') count(right, 'signed');
        if (op !== 'add' && op !== 'sub') {
          count(left, 'integers');
          count(right, 'integers');
        }
        return undefined;
      }
      default:
        return undefined;
    }
  }

  private arguments(call: Extract<Expr, { kind: 'call' }>): void {
    const letters = prototypeOf(call.name)?.parameters ?? '';
    for (const [i, letter] of letters.split('').entries()) {
      const arg = call.args[i];
      if (arg === undefined || (letter !== 's' && letter !== 'p')) continue;
      const base = this.base(arg);
      const node = base && this.nodeOf(base);
      if (!node) continue;
      const pointer = find(node);
      pointer.isPointer = true;
      if (letter !== 's') continue;
      if (pointer.target) unify(pointer.target, character());
      else pointer.target = character();
    }
  }

  regionAt(offset: number): Region | undefined {
    return (
      this.regions.find((one) => offset >= one.offset && offset < one.offset + one.size) ??
      // One past the end.
      this.regions.find((one) => offset === one.offset + one.size)
    );
  }

  variable(id: number): CType {
    const node = this.webs[id - FIRST_WEB];
    return typeOf(node, node.bits, 0) ?? { kind: 'int', bits: node.bits, signed: true };
  }

  region(region: Region): CType | undefined {
    return elementOf(this.regionNodes[this.regions.indexOf(region)]);
  }

  global(address: number): CType | undefined {
    const node = this.globals.get(address);
    return node && elementOf(node);
  }
}

function character(): TypeNode {
  return Object.assign(new TypeNode(), { bits: 8, signed: 1 });
}

function elementOf(node: TypeNode): CType | undefined {
  const { target } = find(node);
  return target && targetOf(target, 0);
}

/** Of what is written as a float and computed with as a number, it is not known which of both others take it for. */
function targetOf(node: TypeNode, stars: number): CType | undefined {
  const { bits, floats, integers } = find(node);
  return floats > 0 && integers > 0 ? undefined : typeOf(node, bits, stars);
}

/** Pointers to pointers that are believed. */
const MOST_STARS = 3;

function typeOf(node: TypeNode, bits: number, stars: number): CType | undefined {
  const root = find(node);
  if (root.mixed || bits === 0) return undefined;
  if (root.floats > 0 && (bits === 32 || bits === 64) && root.integers === 0 && !root.isPointer) {
    return { kind: 'float', bits };
  }
  if (bits === 64 && root.isPointer) {
    if (stars >= MOST_STARS) return { kind: 'pointer', to: undefined };
    const to = root.target && targetOf(root.target, stars + 1);
    // Of pointers to what nobody looks at, one says as much as many.
    const isEndless = to?.kind === 'pointer' && to.to?.kind === 'pointer' && to.to.to === undefined;
    return { kind: 'pointer', to: isEndless ? { kind: 'pointer', to: undefined } : to };
  }
  return { kind: 'int', bits, signed: root.unsigned === 0 || root.signed >= root.unsigned };
}

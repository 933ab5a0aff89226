/**
 * Variables as wide as they are used: a 64-bit register of which only the low half is looked at holds an int, and so does
 * one into which only extended ints are put.
 */

import { type Blocks, FIRST_WEB, hasCall, mapBlocks, rewrite, type Web } from './dataflow.ts';
import { children, constant, type Expr, variable } from './expressions.ts';
import { extend, truncate } from './integers.ts';
import { exitValues, type Statement, statementValues } from './code.ts';

/** Widths that variables have in C. */
function widthFor(bits: number): number {
  return bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64;
}

/**
 * @param asUsed only by how they are used, and not by what is put into them
 * @returns the width of each web, in bits
 */
export function narrowWebs(blocks: Blocks, webs: readonly Web[], asUsed = false): number[] {
  const widths = widthsOf(blocks, webs);
  // Each round narrows one variable at least, and there are four widths.
  for (let round = 0; round < 4 * webs.length + 1; round++) {
    const next = demanded(blocks, widths);
    for (const [w, signed] of asUsed ? [] : extendedOnly(blocks, webs, widths)) {
      if (next[w] === widths[w]) next[w] = signed ? -32 : 32;
    }
    if (next.every((bits, i) => bits === widths[i])) break;
    const narrow = (expr: Expr): Expr => {
      if (expr.kind !== 'var' || expr.id < FIRST_WEB) return expr;
      const bits = next[expr.id - FIRST_WEB];
      return extend(variable(expr.id, Math.abs(bits)), expr.bits, bits < 0);
    };
    mapBlocks(blocks, (value) => rewrite(value, narrow));
    for (const block of blocks) {
      if (!block) continue;
      block.statements = block.statements.map((statement): Statement => {
        if (statement.kind !== 'set') return statement;
        return { ...statement, value: truncate(statement.value, Math.abs(next[statement.to - FIRST_WEB])) };
      });
    }
    for (const [i, bits] of next.entries()) widths[i] = Math.abs(bits);
  }
  return widths;
}

function widthsOf(blocks: Blocks, webs: readonly Web[]): number[] {
  const widths = webs.map(() => 8);
  const see = (id: number, bits: number): void => {
    if (id >= FIRST_WEB) widths[id - FIRST_WEB] = Math.max(widths[id - FIRST_WEB], bits);
  };
  for (const block of blocks) {
    for (const statement of block?.statements ?? []) {
      if (statement.kind === 'set') see(statement.to, statement.value.bits);
    }
  }
  mapBlocks(blocks, (value) =>
    rewrite(value, (expr) => {
      if (expr.kind === 'var') see(expr.id, expr.bits);
      return expr;
    }),
  );
  return widths;
}

/** Bits of each variable that somebody looks at, counted from the lowest. */
function demanded(blocks: Blocks, widths: readonly number[]): number[] {
  const demand = widths.map(() => 0);
  let changed = true;
  const ask = (expr: Expr, bits: number): void => {
    // A call happens, whatever becomes of its result.
    if (bits <= 0 && !hasCall(expr)) return;
    switch (expr.kind) {
      case 'var': {
        const w = expr.id - FIRST_WEB;
        if (w >= 0 && demand[w] < bits) {
          demand[w] = bits;
          changed = true;
        }
        return;
      }
      case 'truncate':
      case 'extend':
        return ask(expr.value, Math.min(bits, expr.bits, expr.value.bits));
      case 'unary':
        return ask(expr.value, bits);
      case 'select':
        ask(expr.test, 1);
        ask(expr.yes, bits);
        return ask(expr.no, bits);
      case 'binary': {
        const { op, left, right } = expr;
        if (op === 'and' && right.kind === 'const') {
          const kept = right.value & ((1n << BigInt(bits)) - 1n);
          return ask(left, kept === 0n ? 0 : kept.toString(2).length);
        }
        if (op === 'shl' && right.kind === 'const') return ask(left, bits - Number(right.value));
        if (op === 'add' || op === 'sub' || op === 'mul' || op === 'and' || op === 'or' || op === 'xor') {
          ask(left, bits);
          return ask(right, bits);
        }
        break;
      }
      default:
        break;
    }
    for (const child of children(expr)) ask(child, child.bits);
  };
  while (changed) {
    changed = false;
    for (const block of blocks) {
      if (!block) continue;
      for (const statement of block.statements) {
        if (statement.kind === 'set') {
          ask(statement.value, demand[statement.to - FIRST_WEB] ?? 64);
          continue;
        }
        for (const value of statementValues(statement)) ask(value, value.bits);
      }
      for (const value of exitValues(block.exit)) ask(value, value.bits);
    }
  }
  return demand.map((bits, i) => Math.min(widths[i], widthFor(bits)));
}

/** Wide variables into which only extended values of half the width are put; true where by their sign. */
function extendedOnly(blocks: Blocks, webs: readonly Web[], widths: readonly number[]): Map<number, boolean> {
  const put = new Map<number, Expr[]>();
  for (const block of blocks) {
    for (const statement of block?.statements ?? []) {
      if (statement.kind !== 'set') continue;
      const w = statement.to - FIRST_WEB;
      put.set(w, [...(put.get(w) ?? []), statement.value]);
    }
  }
  const found = new Map<number, boolean>();
  for (const [w, values] of put) {
    if (webs[w].entry || widths[w] !== 64) continue;
    const open = values.filter(({ kind }) => kind !== 'undefined');
    for (const signed of [true, false]) {
      const fits = (value: Expr): boolean => {
        if (value.kind === 'const') {
          return extend(constant(value.value, 32), 64, signed).kind === 'const' && value.value <= 0x7fffffffn;
        }
        return (
          value.kind === 'extend' &&
          value.value.bits <= 32 &&
          (value.signed === signed || (value.value.bits < 32 && !value.signed))
        );
      };
      if (open.every(fits) && open.some(({ kind }) => kind === 'extend')) found.set(w, signed);
    }
  }
  return found;
}

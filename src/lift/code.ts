/** A function between machine code and C: blocks of assignments to variables, and how control leaves each. */

import type { Expr } from './expressions.ts';

/**
 * Variables are numbers. Those below `FIRST_SLOT` are the machine's: general registers by their number in the encoding,
 * then the lower and the upper halves of the vector registers, then what instructions leave for the next.
 */
export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RBX = 3;
export const RSP = 4;
export const RBP = 5;
export const RSI = 6;
export const RDI = 7;
export const XMM = 16;
export const XMM_HIGH = 32;
/** What the flags were made of: both sides of a comparison, or a result. */
export const FLAG_LEFT = 48;
export const FLAG_RIGHT = 49;
export const TEMPORARY = 50;
/** Where the memory of the thread begins. */
export const THREAD = 51;
export const FIRST_SLOT = 64;

/** Registers of arguments in order (psABI, "Parameter Passing"). */
export const ARGUMENTS: readonly number[] = [RDI, RSI, RDX, RCX, 8, 9];
export const FLOAT_ARGUMENTS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7].map((number) => XMM + number);
/** General registers that a called function leaves undefined. */
export const CLOBBERED: readonly number[] = [RAX, RCX, RDX, RSI, RDI, 8, 9, 10, 11];

/** Those that it leaves as they were. */
export const CALLEE_SAVED: readonly number[] = [RBX, RBP, 12, 13, 14, 15];

export type Statement =
  | { readonly kind: 'set'; readonly to: number; readonly value: Expr }
  | { readonly kind: 'store'; readonly address: Expr; readonly value: Expr }
  /** A call whose result nobody uses. */
  | { readonly kind: 'do'; readonly value: Expr };

export type Exit =
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'branch'; readonly test: Expr; readonly yes: number; readonly no: number }
  /** To an address that is computed, of which it is known where it may lead. */
  | { readonly kind: 'table'; readonly value: Expr; readonly targets: readonly number[] }
  /** By cases; where there is no `other`, no other value comes. */
  | {
      readonly kind: 'switch';
      readonly value: Expr;
      readonly cases: readonly { readonly value: bigint; readonly to: number }[];
      readonly other: number | undefined;
    }
  | { readonly kind: 'return'; readonly values: readonly Expr[] }
  /** Nothing follows: the last call does not return. */
  | { readonly kind: 'stop' };

export interface Block {
  statements: Statement[];
  exit: Exit;
}

/** The function cannot be lifted; the message says why, and is what a user reads. */
export class CannotLift extends Error {}

export function successors(exit: Exit): readonly number[] {
  switch (exit.kind) {
    case 'jump':
      return [exit.to];
    case 'branch':
      return [exit.yes, exit.no];
    case 'table':
      return exit.targets;
    case 'switch': {
      const targets = exit.cases.map(({ to }) => to);
      return [...new Set(exit.other === undefined ? targets : [...targets, exit.other])];
    }
    default:
      return [];
  }
}

/** Expressions that an exit looks at. */
export function exitValues(exit: Exit): readonly Expr[] {
  if (exit.kind === 'branch') return [exit.test];
  if (exit.kind === 'switch' || exit.kind === 'table') return [exit.value];
  return exit.kind === 'return' ? exit.values : [];
}

export function statementValues(statement: Statement): readonly Expr[] {
  return statement.kind === 'store' ? [statement.address, statement.value] : [statement.value];
}

export function mapStatement(statement: Statement, change: (expr: Expr) => Expr): Statement {
  return statement.kind === 'store'
    ? { kind: 'store', address: change(statement.address), value: change(statement.value) }
    : { ...statement, value: change(statement.value) };
}

export function mapExit(exit: Exit, change: (expr: Expr) => Expr): Exit {
  switch (exit.kind) {
    case 'branch':
      return { ...exit, test: change(exit.test) };
    case 'switch':
    case 'table':
      return { ...exit, value: change(exit.value) };
    case 'return':
      return { ...exit, values: exit.values.map(change) };
    default:
      return exit;
  }
}

/** The same with other blocks. */
export function redirect(exit: Exit, to: (block: number) => number): Exit {
  switch (exit.kind) {
    case 'jump':
      return { kind: 'jump', to: to(exit.to) };
    case 'branch':
      return { ...exit, yes: to(exit.yes), no: to(exit.no) };
    case 'table':
      return { ...exit, targets: exit.targets.map(to) };
    case 'switch':
      return {
        ...exit,
        cases: exit.cases.map((one) => ({ ...one, to: to(one.to) })),
        other: exit.other === undefined ? undefined : to(exit.other),
      };
    default:
      return exit;
  }
}

/**
 * What is given to a writer beside the code: texts of the nearest functions of the training, and for source the strings,
 * names and numbers that stand in the code, and what rules make of it. A function of the training is given what one that was
 * never seen would be given: texts of code that other packages have and its own has not.
 */

import { type Bpe, SPECIAL } from '../../tokens/bpe/bpe.ts';
import type { WrittenColumn } from './functions.ts';
import type { Neighbour } from './neighbours.ts';

export interface HintOptions {
  readonly column: WrittenColumn;
  /** Texts that are given, at most. */
  readonly count: number;
  /** Tokens of all of them together. */
  readonly longest: number;
}

/** What is said of a function's code besides itself. */
export interface Hinted {
  readonly assembly: string;
  /** A draft of its source by rules; null where there is none. */
  readonly lifted: string | null;
}

/** Of all tokens those that a draft by rules leaves to the nearest texts at least: a long one would leave them nothing. */
const NEIGHBOURS_SHARE = 1 / 3;

/** The hints one after another, each with an end, cut where there is no more room. */
export function hintTokens(
  { assembly, lifted }: Hinted,
  found: readonly Neighbour[],
  bpe: Bpe,
  { column, count, longest }: HintOptions,
): number[] {
  const tokens: number[] = [];
  /** @param most tokens of all that is there by then, but for the end */
  const add = (text: string, most: number): void => {
    if (tokens.length < most) tokens.push(...bpe.encode(text, most - tokens.length), SPECIAL.end);
  };
  if (column === 'source') {
    add(saidIn(assembly), longest);
    if (lifted !== null) add(lifted, longest - Math.ceil(longest * NEIGHBOURS_SHARE) - 1);
  }
  for (const { text } of found.slice(0, count)) add(text, longest);
  return tokens.slice(0, longest);
}

/** Different things that are told: tables of them would leave no room for texts. */
const MOST_SAID = 24;

/**
 * What source must have that compiles to the code: its strings, names of imports and numbers, in their order, as people
 * write them: small numbers by tens, others both ways. What moves the stack pointer is no number of the source.
 */
export function saidIn(assembly: string): string {
  const found = new Set<string>();
  for (const line of assembly.split('\n')) {
    if (found.size >= MOST_SAID) break;
    const [said] = STRING.exec(line) ?? [];
    const [, name] = IMPORT.exec(line) ?? [];
    const [, decimal] = DECIMAL.exec(line) ?? [];
    const [, sign, digits] = IMMEDIATE.exec(line) ?? [];
    for (const one of [said, name, decimal]) if (one !== undefined && one !== 'function') found.add(one);
    if (digits === undefined || STACK.test(line)) continue;
    const value = BigInt(`0x${digits}`);
    found.add(`${sign}${value}`);
    if (value >= 10n) found.add(`${sign}0x${digits}`);
  }
  return [...found].slice(0, MOST_SAID).join(' ');
}

const STRING = /"(?:[^"\\]|\\.)*"/;
/** Registers have no names of imports. */
const IMPORT = /^(?:call|jmp) (?!r(?:[a-d]x|[sb]p|[sd]i|\d+)$)([A-Za-z_]\w*)$/;
const DECIMAL = /\[(-?\d+\.\d+)\]/;
/** The last operand, where it is a number. */
const IMMEDIATE = /[ ,](-?)0x([0-9a-f]+)$/;
const STACK = /^\w+ rsp,/;

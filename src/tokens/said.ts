/** What a function's code says in words and numbers of its own, read off its normalised assembly (assembly.ts). */

import { type Bpe, SPECIAL } from './bpe/bpe.ts';

/** Different things that are told: tables of them would leave no room for texts. */
const MOST_SAID = 24;

export interface SaidOptions {
  /** Whether numbers are told: source must have them, and a sentence about the code seldom does. */
  readonly numbers: boolean;
}

/**
 * Strings, names of imports and, where they are wanted, numbers, in their order, as people write them: small numbers by
 * tens, others both ways. What moves the stack pointer is no number of the source.
 */
export function saidIn(assembly: string, { numbers }: SaidOptions): string {
  const found = new Set<string>();
  for (const line of assembly.split('\n')) {
    if (found.size >= MOST_SAID) break;
    const [said] = STRING.exec(line) ?? [];
    const [, name] = IMPORT.exec(line) ?? [];
    if (said !== undefined) found.add(said);
    if (name !== undefined && name !== 'function') found.add(name);
    if (!numbers) continue;
    const [, decimal] = DECIMAL.exec(line) ?? [];
    const [, sign, digits] = IMMEDIATE.exec(line) ?? [];
    if (decimal !== undefined) found.add(decimal);
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

/**
 * Texts one after another as a writer is given them, each with an end, cut where there is no more room.
 * @param longest tokens of all of them together
 */
export function tokensOfTexts(texts: readonly string[], bpe: Bpe, longest: number): number[] {
  const tokens: number[] = [];
  for (const text of texts) {
    if (tokens.length < longest) tokens.push(...bpe.encode(text, longest - tokens.length), SPECIAL.end);
  }
  return tokens.slice(0, longest);
}

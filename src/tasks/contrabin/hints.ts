/**
 * What is given to a writer beside the code: texts of the nearest functions of the training, and for source the numbers
 * that stand in the code. A function of the training is given what one that was never seen would be given: texts of code
 * that other packages have and its own has not.
 */

import { disassembleRange } from '../../binary/x86/disassemble.ts';
import type { FunctionBody } from '../../binary/instruction.ts';
import { type Bpe, SPECIAL } from '../../tokens/bpe/bpe.ts';
import { type DraftRetrieval, indexDrafts, type RetrievedDraft } from '../drafts/retrieval.ts';
import type { WrittenColumn, WrittenFunction } from './functions.ts';

/** Texts of functions that are known, by their code. */
export function indexTexts(training: readonly WrittenFunction[]): DraftRetrieval {
  return indexDrafts(
    (function* () {
      for (const one of training) {
        const { text, package: from, build, code } = one;
        const origin = { package: from, version: '', compiler: build.compiler, optimization: build.level };
        yield { draft: { text }, origin, code, body: bodyOf(one) };
      }
    })(),
  );
}

export function bodyOf({ code, address }: Pick<WrittenFunction, 'code' | 'address'>): FunctionBody {
  return disassembleRange(code, address);
}

export interface HintOptions {
  readonly column: WrittenColumn;
  /** Texts that are given, at most. */
  readonly count: number;
  /** Tokens of all of them together. */
  readonly longest: number;
}

/** The nearest texts one after another, each with an end, cut where there is no more room. */
export function hintTokens(
  assembly: string,
  found: readonly RetrievedDraft[],
  bpe: Bpe,
  { column, count, longest }: HintOptions,
): number[] {
  const texts = found.slice(0, count).map(({ text }) => text);
  if (column === 'source') texts.unshift(numbersIn(assembly));
  const tokens: number[] = [];
  for (const text of texts) {
    if (tokens.length < longest) tokens.push(...bpe.encode(text, longest - tokens.length), SPECIAL.end);
  }
  return tokens.slice(0, longest);
}

/** Different numbers that are told: tables of them would leave no room for texts. */
const MOST_NUMBERS = 16;

/**
 * Operands that are numbers, in their order, as people write them: small ones by tens, others both ways. What moves the
 * stack pointer is no number of the source.
 */
export function numbersIn(assembly: string): string {
  const found = new Set<string>();
  for (const line of assembly.split('\n')) {
    const [, sign, digits] = IMMEDIATE.exec(line) ?? [];
    if (digits === undefined || STACK.test(line)) continue;
    const value = BigInt(`0x${digits}`);
    found.add(`${sign}${value}`);
    if (value >= 10n) found.add(`${sign}0x${digits}`);
    if (found.size >= MOST_NUMBERS) break;
  }
  return [...found].slice(0, MOST_NUMBERS).join(' ');
}

/** The last operand, where it is a number. */
const IMMEDIATE = /[ ,](-?)0x([0-9a-f]+)$/;
const STACK = /^\w+ rsp,/;

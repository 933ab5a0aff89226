/**
 * What a search for words would find: those that a question shares with the strings that a function refers to and the
 * imports that it calls. A stripped program holds no other words.
 */

import { readFileSync } from 'node:fs';
import type { Binary } from '../../binary/binary.ts';
import { openBinary } from '../../binary/open.ts';
import { disassemble } from '../../binary/x86/disassemble.ts';
import { identifierParts } from '../../metrics/text/words.ts';
import type { Pool } from './pools.ts';

/** Of each function of a pool, the words that its program holds of it. @param path of the program */
export function wordsOfPool({ functions }: Pick<Pool, 'functions'>, path: string): ReadonlySet<string>[] {
  const binary = openBinary(readFileSync(path));
  return functions.map((one) => wordsOf(binary, one));
}

function wordsOf(binary: Binary, place: { address: number; size: number }): Set<string> {
  const { strings, calls } = disassemble(binary, place);
  const called = calls.flatMap(({ to }) => binary.imports.get(to) ?? []);
  return new Set([...strings.map(({ text }) => text), ...called].flatMap(identifierParts));
}

/**
 * Of each function, how much it has in common with a question: words count as they are rare in the program
 * (Spärck Jones 1972).
 */
export function sharedWords(question: string, functions: readonly ReadonlySet<string>[]): Float64Array {
  const scores = new Float64Array(functions.length);
  for (const word of new Set(identifierParts(question))) {
    const having = functions.flatMap((words, i) => (words.has(word) ? [i] : []));
    for (const i of having) scores[i] += Math.log(1 + functions.length / having.length);
  }
  return scores;
}

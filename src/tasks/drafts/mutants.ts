/** Near misses of a function: its text with one operator or small number exchanged, as a network might err. */

import { functionsOf } from '../../corpus/c/functions.ts';
import { lex } from '../../corpus/fragments/lex.ts';
import type { Random } from '../../random.ts';

/** What stands for what. */
const EXCHANGES: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>'],
  '>': ['>=', '<'],
  '==': ['!='],
  '!=': ['=='],
  '+': ['-'],
  '-': ['+'],
  '*': ['+'],
  '&&': ['||'],
  '||': ['&&'],
  '++': ['--'],
  '+=': ['-='],
  '0': ['1'],
  '1': ['2'],
  '2': ['3'],
};

/** At most `count`, each another text, of the last function that `source` defines; whether one compiles is not known. */
export function mutantsOf(source: string, count: number, random: Random): string[] {
  const last = functionsOf(source).at(-1);
  if (last === undefined) return [];
  const from = source.lastIndexOf(last.text) + last.text.indexOf('{');
  const places = lex(source).filter(({ text, start }) => start > from && Object.hasOwn(EXCHANGES, text));
  const chosen = random.shuffle([...places.keys()]).slice(0, count);
  return chosen.map((place) => {
    const { text, start, end } = places[place];
    const others = EXCHANGES[text];
    return source.slice(0, start) + others[random.below(others.length)] + source.slice(end);
  });
}

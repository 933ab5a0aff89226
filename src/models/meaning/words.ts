/**
 * Words that a question and a function have in common: strings and names of imports are all the English that a stripped
 * program holds. What a network of a few million numbers has never read it does not know, and here it may stand as asked.
 */

import { contentWords } from '../../content-words.ts';

/** Words that tell something by their stems, each as it was first written, in small letters. */
export type Words = ReadonlyMap<string, string>;

/** Where a capital begins a word: `parseBuffer`, `XMLParser`, `sha256Init`. */
const CAPITALS = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu;

export function wordsOf(text: string): Words {
  return contentWords(text.replace(CAPITALS, ' '));
}

/** A string in quotes, or the name of an import: called, jumped to, or in place of an address. */
const SAID = /"(?:[^"\\]|\\.)*"|(?<=^(?:call|jmp) |\[)[A-Za-z_][\w.$]*/gm;
/** What stands in code where the program has no name (tokens/assembly.ts), and registers. */
const NO_NAME = /^(?:function|data|address|r(?:[a-d]x|[sbi]p|[sd]i|\d+)|[c-g]s)$/;
/** A letter after a backslash in quotes belongs to no word. */
const ESCAPE = /\\(?:u[0-9a-f]{4}|.)/g;

/** @param code normalised assembly */
export function wordsOfCode(code: string): Words {
  const said = (code.match(SAID) ?? []).filter((one) => !NO_NAME.test(one));
  return wordsOf(said.map((one) => one.replace(ESCAPE, ' ')).join('\n'));
}

/** What a function shares with a question. */
export interface Shared {
  /** Of what the question's words weigh, from 0 to 1; a word weighs as it is rare in the program (Spärck Jones 1972). */
  readonly share: number;
  /** As the question has them. */
  readonly words: readonly string[];
}

/** @returns of each function of a program what it shares with the question */
export function sharedWords(question: Words, functions: readonly Words[]): Shared[] {
  const found = functions.map(() => ({ share: 0, words: [] as string[] }));
  let all = 0;
  for (const [stem, word] of question) {
    const having = found.filter((_, i) => functions[i].has(stem));
    // One that no function has weighs as one that a single function has.
    const weight = Math.log(1 + functions.length / Math.max(1, having.length));
    all += weight;
    for (const one of having) {
      one.share += weight;
      one.words.push(word);
    }
  }
  return found.map(({ share, words }) => ({ share: share / Math.max(all, Number.MIN_VALUE), words }));
}

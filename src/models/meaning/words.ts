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

/**
 * Strings, in quotes, and names of imports that a function refers to, in the order of its code.
 * @param code normalised assembly
 */
export function saidIn(code: string): string[] {
  return (code.match(SAID) ?? []).filter((one) => !NO_NAME.test(one)).map((one) => one.replace(ESCAPE, ' '));
}

/** @param code normalised assembly */
export function wordsOfCode(code: string): Words {
  return wordsOf(saidIn(code).join('\n'));
}

/** What a function shares with a question. */
export interface Shared {
  /**
   * Of what the question's words weigh, from 0 to 1; a word weighs as it is rare in the program (Spärck Jones 1972). Of a
   * function that says much, a share counts less: it would have some of any question's words.
   */
  readonly share: number;
  /** As the question has them. */
  readonly words: readonly string[];
}

/** The words of a program's functions. */
export class ProgramWords {
  private readonly having = new Map<string, number[]>();
  /** How much a function says: at least 1. */
  private readonly lengths: Float64Array;

  /** @param functions words of each */
  constructor(functions: readonly Words[]) {
    functions.forEach((words, i) => {
      for (const stem of words.keys()) {
        const having = this.having.get(stem);
        if (having) having.push(i);
        else this.having.set(stem, [i]);
      }
    });
    // As of vectors that have a number for each word, and one more as large as the rarest word has it.
    this.lengths = new Float64Array(functions.length).fill(1);
    const most = Math.log(1 + functions.length);
    for (const having of this.having.values()) {
      const part = (this.weightOf(having.length) / most) ** 2;
      for (const i of having) this.lengths[i] += part;
    }
    this.lengths.forEach((length, i) => (this.lengths[i] = Math.sqrt(length)));
  }

  private weightOf(having: number): number {
    // A word that no function has weighs as one that a single function has.
    return Math.log(1 + this.lengths.length / Math.max(1, having));
  }

  /** @returns of each function what it shares with the question */
  shared(question: Words): Shared[] {
    const found = Array.from(this.lengths, () => ({ share: 0, words: [] as string[] }));
    let all = 0;
    for (const [stem, word] of question) {
      const having = this.having.get(stem) ?? [];
      const weight = this.weightOf(having.length);
      all += weight;
      for (const i of having) {
        found[i].share += weight / this.lengths[i];
        found[i].words.push(word);
      }
    }
    return found.map(({ share, words }) => ({ share: all === 0 ? 0 : share / all, words }));
  }
}

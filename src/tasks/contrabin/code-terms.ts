/** What is counted in a text of code where nothing is learned, whatever the view. */

/**
 * Ways of counting. Pairs are the baseline of FIELD.md section 6; words are what whoever searches a listing would go by:
 * strings and what they are made of, names of imports, numbers.
 */
export const COUNTED = {
  'opcode pairs': (text: string) => pairsOf(opcodesOf(text)),
  'pairs and words': (text: string) => [...pairsOf(opcodesOf(text)), ...wordsOf(text)],
} as const satisfies Record<string, (text: string) => string[]>;
export type Counted = keyof typeof COUNTED;
export const WAYS_OF_COUNTING = Object.keys(COUNTED) as Counted[];

/** Terms of texts, a number each. */
export type TermLists = readonly Uint32Array[];

/** Numbers of terms, given as they come: one for all texts that are compared. */
export class TermNumbers {
  private readonly numbers = new Map<string, number>();

  of(terms: readonly string[]): Uint32Array {
    return Uint32Array.from(terms, (term) => {
      const known = this.numbers.get(term) ?? this.numbers.size;
      this.numbers.set(term, known);
      return known;
    });
  }
}

/** Of assembly a line's first word, of LLVM IR the word that says what is done. Labels (`.3:`, `label:`) have none. */
const OPCODE = /^(?:% = )?([A-Za-z][\w.]*)(?!\w*:)/;

function opcodesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => OPCODE.exec(line)?.[1] ?? []);
}

function pairsOf(opcodes: readonly string[]): string[] {
  return opcodes.slice(1).map((opcode, i) => `${opcodes[i]} ${opcode}`);
}

const STRING = /"((?:[^"\\]|\\.)*)"/g;
/** Conversions of printf and scanf too. */
const IN_STRING = /%[\d.]*l*[a-z]|\w+/g;
/** Of an import: called, in place of an address, or as LLVM IR has it. */
const NAME = /(?:^(?:call|jmp) |\[|@)([A-Za-z_][\w.$]*)/g;
/** Outside of memory operands, where numbers are places in a frame; those with a point are data. */
const NUMBER = /(?<![\w+*.-])-?(?:0x[0-9a-f]+|\d+(?:\.\d+)?)\b/g;

function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const line of text.split('\n')) {
    const bare = line.replace(STRING, (_, said: string) => {
      words.push(`"${said}"`, ...(said.match(IN_STRING) ?? []));
      return '';
    });
    for (const [, name] of bare.matchAll(NAME)) words.push(`@${name}`);
    const outside = bare.replace(/\[(?!-?\d+\.\d)[^\]]*\]/g, '');
    for (const [number] of outside.matchAll(NUMBER)) words.push(`#${number}`);
  }
  return words;
}

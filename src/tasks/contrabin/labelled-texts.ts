/** Texts of code with what they are to be told apart by, and who reads code into them. */

import type { Vocabulary } from '../../models/contrabin/vocabulary.ts';
import { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import { COUNTED, type Counted, type TermLists, type TermNumbers, WAYS_OF_COUNTING } from './code-terms.ts';

export interface LabelledTexts {
  readonly texts: TokenTexts;
  /** What is counted in the texts where nothing is learned. */
  readonly terms: Readonly<Record<Counted, TermLists>>;
  /** Class of each text. */
  readonly classes: readonly number[];
  /** Texts of each program or function: its builds. */
  readonly programs: readonly (readonly number[])[];
}

/** How code becomes tokens: the same for all sides of a question. */
export interface CodeReader {
  readonly vocabulary: Vocabulary;
  /** Tokens that are read of a text. */
  readonly limit: number;
  readonly terms: TermNumbers;
}

/** One side while its texts come. */
export class LabelledTextsBuilder {
  private readonly texts = new TokenTexts();
  private readonly terms: Record<Counted, Uint32Array[]> = { 'opcode pairs': [], 'pairs and words': [] };
  private readonly classes: number[] = [];
  private readonly programs = new Map<string, number[]>();
  private readonly reader: CodeReader;

  constructor(reader: CodeReader) {
    this.reader = reader;
  }

  /** @param program the same for all builds, and for nothing else */
  add(program: string, code: string, label: number): void {
    const { vocabulary, limit, terms } = this.reader;
    const builds = this.programs.get(program);
    if (builds) builds.push(this.texts.length);
    else this.programs.set(program, [this.texts.length]);
    this.texts.add(vocabulary.encode(code, limit));
    for (const way of WAYS_OF_COUNTING) this.terms[way].push(terms.of(COUNTED[way](code)));
    this.classes.push(label);
  }

  build(): LabelledTexts {
    const { texts, terms, classes } = this;
    return { texts, terms, classes, programs: [...this.programs.values()] };
  }
}

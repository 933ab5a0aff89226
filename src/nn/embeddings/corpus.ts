/** A corpus as numbers: what the kernels read. */

import { BinscribeError } from '../../error.ts';
import type { Sentences, Vocabulary } from './vocabulary.ts';

/** Set in a token that starts an instruction (`asm2vec`): its first token, the mnemonic. */
export const HEAD = 0x80000000;

/** Longer sentences are cut, as in gensim: a corpus on one line would otherwise be one unit of work. */
const SENTENCE_LIMIT = 10_000;

/** Sequences of tokens within which words see each other. */
export interface Corpus {
  /** Numbers of words, sequence after sequence. [tokens] */
  readonly tokens: Uint32Array;
  /** Where each sequence starts, and the end. [sequences + 1] */
  readonly starts: Uint32Array;
  /** Which document each sequence is of; those of a document follow one another. [sequences] */
  readonly owners: Uint32Array;
  readonly documents: number;
}

class CorpusBuilder {
  private tokens = new Uint32Array(1 << 16);
  private length = 0;
  private readonly starts: number[] = [0];
  private readonly owners: number[] = [];

  add(token: number): void {
    if (this.length === this.tokens.length) {
      const larger = new Uint32Array(2 * this.length);
      larger.set(this.tokens);
      this.tokens = larger;
    }
    this.tokens[this.length++] = token;
  }

  get open(): number {
    return this.length - this.starts[this.starts.length - 1];
  }

  /** Ends a sequence; an empty one leaves no trace. */
  end(owner: number): void {
    if (this.open === 0) return;
    this.starts.push(this.length);
    this.owners.push(owner);
  }

  corpus(documents: number): Corpus {
    return {
      tokens: this.tokens.slice(0, this.length),
      starts: Uint32Array.from(this.starts),
      owners: Uint32Array.from(this.owners),
      documents,
    };
  }
}

/** Each sentence is a document of its own. Words that the vocabulary lacks are passed over. */
export function encodeSentences(sentences: Sentences, vocabulary: Vocabulary): Corpus {
  const builder = new CorpusBuilder();
  let owner = 0;
  for (const sentence of sentences) {
    for (const word of sentence) {
      const number = vocabulary.numberOf(word);
      if (number === undefined) continue;
      builder.add(number);
      if (builder.open === SENTENCE_LIMIT) builder.end(owner);
    }
    builder.end(owner);
    owner++;
  }
  return builder.corpus(owner);
}

/** A function as `asm2vec` sees it: walks along its control flow, of instructions, of tokens, mnemonic first. */
export type Walks = readonly (readonly (readonly string[])[])[];

/** An instruction whose mnemonic the vocabulary lacks is passed over, as is an operand that it lacks. */
export function encodeWalks(functions: Iterable<Walks>, vocabulary: Vocabulary): Corpus {
  const builder = new CorpusBuilder();
  let owner = 0;
  for (const walks of functions) {
    for (const walk of walks) {
      for (const [mnemonic, ...operands] of walk) {
        const head = vocabulary.numberOf(mnemonic);
        if (head === undefined) continue;
        builder.add((head | HEAD) >>> 0);
        for (const operand of operands) {
          const number = vocabulary.numberOf(operand);
          if (number !== undefined) builder.add(number);
        }
      }
      builder.end(owner);
    }
    owner++;
  }
  return builder.corpus(owner);
}

/**
 * The kernels believe what stands in a corpus, so it is looked at before.
 * @param walks whether the model wants walks, or sentences
 * @throws BinscribeError `usage` where it is empty, of the other kind or of another vocabulary
 */
export function checkCorpus({ tokens }: Corpus, vocabulary: Vocabulary, walks: boolean): void {
  const wrong = (text: string): BinscribeError => new BinscribeError('usage', `embeddings: ${text}`);
  if (tokens.length === 0) throw wrong('the corpus has no word of the vocabulary');
  // A walk starts with an instruction.
  if (tokens[0] >= HEAD !== walks) {
    throw wrong(
      walks
        ? 'asm2vec takes a corpus of encodeWalks, got one of sentences'
        : 'this model takes a corpus of encodeSentences, got one of walks',
    );
  }
  const largest = tokens.reduce((most, token) => Math.max(most, (token & (HEAD - 1)) >>> 0), 0);
  if (largest >= vocabulary.size) {
    throw wrong(
      `numbers below ${vocabulary.size} expected, got ${largest}: the corpus is of another vocabulary`,
    );
  }
}

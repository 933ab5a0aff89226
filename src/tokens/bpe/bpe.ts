/** Texts as tokens by byte-pair encoding, and back. */

import { BYTE_OF_LETTER, LETTER_OF_BYTE } from './bytes.ts';
import { LETTERS, pairOf, type Merge } from './learn.ts';
import { piecesOf, type Cut } from './pieces.ts';

/** Tokens that no text has, in front of the vocabulary, and how many they are. */
export const SPECIAL = { padding: 0, mask: 1, begin: 2, end: 3 } as const;
export const SPECIALS = Object.keys(SPECIAL).length;

/** What a vocabulary is, for files. */
export interface BpeVocabulary {
  readonly cut: Cut;
  readonly merges: readonly Merge[];
}

/** Pieces whose tokens are remembered: most of a text are among the most frequent. */
const REMEMBERED = 65_536;

/**
 * @example
 * const counter = new PieceCounter('lines');
 * for (const text of texts) counter.add(text);
 * const bpe = new Bpe({ cut: 'lines', merges: learnMerges(counter.counts, 4096) });
 * bpe.decode(bpe.encode('push rbp\nret')); // 'push rbp\nret'
 */
export class Bpe {
  readonly vocabulary: BpeVocabulary;
  /** When a pair is merged, by its number. */
  private readonly ranks: ReadonlyMap<number, number>;
  private readonly bytes: readonly Uint8Array[];
  private readonly remembered = new Map<string, readonly number[]>();
  private readonly encoder = new TextEncoder();

  constructor(vocabulary: BpeVocabulary) {
    this.vocabulary = vocabulary;
    const { merges } = vocabulary;
    this.ranks = new Map(merges.map(([left, right], rank) => [pairOf(left, right), rank]));
    const bytes = Array.from({ length: LETTERS }, (_, letter) => Uint8Array.of(BYTE_OF_LETTER[letter]));
    for (const [left, right] of merges) bytes.push(Uint8Array.of(...bytes[left], ...bytes[right]));
    this.bytes = bytes;
  }

  /** Of the tokens, those that no text has included. */
  get size(): number {
    return SPECIALS + this.bytes.length;
  }

  /** @param limit tokens to stop at: the rest of the text is not read */
  encode(text: string, limit = Infinity): number[] {
    const tokens: number[] = [];
    for (const piece of piecesOf(text, this.vocabulary.cut)) {
      for (const token of this.tokensOf(piece)) {
        if (tokens.length >= limit) return tokens;
        tokens.push(token);
      }
    }
    return tokens;
  }

  /** What stands for no text is left out; bytes that are no UTF-8, of a text cut short, become U+FFFD. */
  decode(tokens: Iterable<number>): string {
    const bytes: number[] = [];
    for (const token of tokens) {
      if (token >= SPECIALS && token < this.size) bytes.push(...this.bytes[token - SPECIALS]);
    }
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }

  private tokensOf(piece: string): readonly number[] {
    const known = this.remembered.get(piece);
    if (known) return known;
    const tokens = this.merge(piece);
    if (this.remembered.size === REMEMBERED) this.remembered.clear();
    this.remembered.set(piece, tokens);
    return tokens;
  }

  /** Merges in the order in which they were learned, wherever they apply. */
  private merge(piece: string): number[] {
    const tokens = Array.from(this.encoder.encode(piece), (byte) => LETTER_OF_BYTE[byte]);
    while (tokens.length > 1) {
      let best = Infinity;
      let at = -1;
      for (let i = 0; i + 1 < tokens.length; i++) {
        const rank = this.ranks.get(pairOf(tokens[i], tokens[i + 1])) ?? Infinity;
        if (rank < best) [best, at] = [rank, i];
      }
      if (at < 0) break;
      tokens.splice(at, 2, LETTERS + best);
    }
    return tokens.map((token) => token + SPECIALS);
  }
}

/** Vocabularies as a file holds them: how many merges each has, and the two tokens of each. */

import { Bpe } from '../../tokens/bpe/bpe.ts';
import { LETTERS, type Merge } from '../../tokens/bpe/learn.ts';
import type { Cut } from '../../tokens/bpe/pieces.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';

/** How each side's texts are cut: frequent instructions become a token, words of sources and comments too. */
export const CUTS = { code: 'lines', text: 'words' } as const satisfies Record<string, Cut>;

/**
 * Bytes of a token, and of all tokens of a vocabulary: merges of a hostile file double them each time. Those that were
 * learned have some dozens, a row of dashes some hundreds.
 */
const MOST_BYTES = { token: 1 << 14, all: 1 << 24 } as const;

export type Vocabularies = Readonly<Record<keyof typeof CUTS, Bpe>>;

const SIDES = ['code', 'text'] as const;

export function encodeVocabularies(vocabularies: Vocabularies): Uint8Array {
  const writer = new ByteWriter();
  for (const side of SIDES) {
    const { merges } = vocabularies[side].vocabulary;
    writer.uint(merges.length);
    for (const [left, right] of merges) {
      writer.uint(left);
      writer.uint(right);
    }
  }
  return writer.finish();
}

/** @throws BinscribeError of kind `corrupt` */
export function decodeVocabularies(bytes: Uint8Array, where: string): Vocabularies {
  const reader = new ByteReader(bytes, where);
  const bpeOf = (cut: Cut): Bpe => {
    const merges: Merge[] = [];
    const lengths = Array.from({ length: LETTERS }, () => 1);
    let all = 0;
    for (let left = reader.count(2); left > 0; left--) {
      // A merge joins what is there already.
      const known = LETTERS + merges.length;
      const merge: Merge = [reader.below(known, 'token'), reader.below(known, 'token')];
      const length = lengths[merge[0]] + lengths[merge[1]];
      all += length;
      if (length > MOST_BYTES.token || all > MOST_BYTES.all) reader.fail('tokens of too many bytes');
      merges.push(merge);
      lengths.push(length);
    }
    return new Bpe({ cut, merges });
  };
  const vocabularies = { code: bpeOf(CUTS.code), text: bpeOf(CUTS.text) };
  if (reader.left > 0) reader.fail('more than two vocabularies');
  return vocabularies;
}

/** Byte-pair encoding beside Hugging Face's tokenizers (scripts/goldens/bpe.py). */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bpe, SPECIAL } from '../../src/tokens/bpe/bpe.ts';
import { learnMerges, PieceCounter, type Merge } from '../../src/tokens/bpe/learn.ts';
import { piecesOf, type Cut } from '../../src/tokens/bpe/pieces.ts';

const goldens = JSON.parse(readFileSync(new URL('bpe.json', import.meta.url), 'utf8')) as {
  cut: Cut;
  size: number;
  texts: string[];
  merges: Merge[];
  tokens: [text: string, tokens: number[]][];
}[];

function learned(cut: Cut, texts: readonly string[], size: number): Bpe {
  const counter = new PieceCounter(cut);
  for (const text of texts) counter.add(text);
  return new Bpe({ cut, merges: learnMerges(counter.counts, size) });
}

describe.each(goldens)('byte-pair encoding of $cut', ({ cut, size, texts, merges, tokens }) => {
  const bpe = learned(cut, texts, size);

  it('learns the merges that Hugging Face learns', () => {
    expect(merges.length).toBeGreaterThan(100);
    expect(bpe.vocabulary.merges).toEqual(merges);
  });

  it.each(tokens)('gives its tokens: %j', (text, expected) => {
    expect(bpe.encode(text)).toEqual(expected);
  });

  it('gives any text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (text) => {
        expect(bpe.decode([SPECIAL.begin, ...bpe.encode(text), SPECIAL.end])).toBe(text);
        expect(piecesOf(text, cut).join('')).toBe(text);
      }),
    );
  });

  it('stops at a limit', () => {
    const [text, expected] = tokens[0];
    expect(bpe.encode(text, 7)).toEqual(expected.slice(0, 7));
  });
});

it('takes a line of megabytes in the time of its length', () => {
  const bpe = learned('lines', goldens[1].texts, 50);
  const text = 'mov rax, rbx; '.repeat(100_000);
  expect(bpe.decode(bpe.encode(text))).toBe(text);
});

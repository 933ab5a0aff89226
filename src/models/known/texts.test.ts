import { expect, it } from 'vitest';
import { mutate, randomFrom } from '../../../test/support/mutate.ts';
import { BinscribeError } from '../../error.ts';
import { decodeTexts, encodeTexts, KnownTexts, type Quotation } from './texts.ts';

const QUOTATIONS: Quotation[] = [
  { package: 'zlib', name: 'inflate', text: 'Inflate a stream.' },
  { package: 'zlib', name: 'adler32', text: 'Sum bytes — all of them.' },
  { package: 'less', name: 'inflate', text: 'Show a file that grows.' },
];

it('quotations come back from their file, whose bytes do not depend on their order', () => {
  const bytes = encodeTexts(QUOTATIONS);
  expect(encodeTexts([...QUOTATIONS].reverse())).toEqual(bytes);
  const texts = new KnownTexts(decodeTexts(bytes, 'texts.bin'));
  for (const one of QUOTATIONS) expect(texts.of(one.package, one.name)).toBe(one.text);
  expect(texts.of('less', 'adler32')).toBeUndefined();
  expect(decodeTexts(encodeTexts([]), 'texts.bin')).toEqual([]);
});

it('a damaged file of quotations is read or refused in a line', () => {
  const bytes = encodeTexts(Array.from({ length: 40 }, (_, i) => ({ ...QUOTATIONS[i % 3], name: `n${i}` })));
  const random = randomFrom(11);
  let refused = 0;
  for (let round = 0; round < 2000; round++) {
    try {
      decodeTexts(mutate(bytes, [{ offset: 0, size: 16 }], random), 'texts.bin');
    } catch (error) {
      if (!(error instanceof BinscribeError)) throw error;
      expect(error.kind).toBe('corrupt');
      expect(error.message).toMatch(/^texts\.bin: .*$/);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(500);
});

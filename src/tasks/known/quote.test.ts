import { expect, it } from 'vitest';
import { quote } from './quote.ts';

it.each([
  ['Open a file. Then close it.', 'Open a file.'],
  ['Copy bytes, e.g. of a\n  string, to BUF.  More.', 'Copy bytes, e.g. of a string, to BUF.'],
  ['Return the sum of both', 'Return the sum of both'],
  ['Is version 1.2.3 supported? See below.', 'Is version 1.2.3 supported?'],
  ['Frees it.', null],
  ['See etc.', null],
  ['', null],
  ['-- see zlib.h --', null],
  ['Arguments: code points to start of expression', null],
  ['NOTE: If a page consists of a packet, it is read.', null],
  ['@@@@ add to the unit tests', null],
  ['==--- Streaming Decompression operations ---==', null],
  ['-- return version like that.', 'return version like that.'],
  ['(re)initialize a state: nothing is kept', '(re)initialize a state: nothing is kept'],
])('of %j its first sentence is quoted: %j', (comment, expected) => {
  expect(quote(comment)).toBe(expected);
});

it('a long sentence is cut at a word', () => {
  const text = quote(`${'word '.repeat(100)}end.`)!;
  expect(text.length).toBeLessThanOrEqual(160);
  expect(text).toMatch(/ word…$/);
});

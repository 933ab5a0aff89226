import { expect, it } from 'vitest';
import { wordsOf } from '../../models/meaning/words.ts';
import { kindsOf } from './kinds.ts';

const words = (texts: readonly string[]) => texts.map(wordsOf);

it('takes for a kind what several comments of the validation and enough of the training say', () => {
  const validation = words([
    'Compress the block.',
    'Compressing what is left.',
    'Decide whether it can be compressed',
    'Sort the names.',
    'Hash the name.',
    'Hash the key',
    'Free the list',
    'Open it',
    'Close it',
    'Hashes all',
    'Seek',
    'Tell',
  ]);
  const training = words([
    'compress a buffer',
    'hash one',
    'the compressed size',
    'compress two',
    'sort three',
    'compresses four',
    'hash five',
    'compress six',
  ]);
  // Of `hash` training has two sentences only, `name` occurs twice in the validation.
  expect(kindsOf(training, validation)).toEqual([
    { word: 'compress', sentences: [0, 2, 3, 5], members: [0, 1, 2] },
  ]);
});

it('takes no word that more than a quarter of the comments say', () => {
  const all = words(['read one', 'read two', 'read three', 'four', 'five', 'six']);
  expect(kindsOf([...all, ...all], all)).toEqual([]);
});

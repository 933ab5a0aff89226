import { expect, it } from 'vitest';
import { contentWords } from '../../content-words.ts';
import { saysAboutTheSame } from './same.ts';

it.each([
  ['Free the list of entries.', 'Frees all entries in a list', true],
  ['Print the usage message and exit.', 'usage: print it, then exit with an error', true],
  // A long comment, and half of the words of the short one.
  ['Open the file.', 'Opens a file for reading; returns NULL and sets errno if it cannot be opened.', true],
  // One word in common is chance, but for texts that have no other.
  ['Search the list.', 'Append to the list', false],
  ['Destructor', 'The destructor.', true],
  ['Destructor', 'Destructor of the parser state', false],
  // Less than half of three.
  ['Compute the hash value', 'Compute square roots quickly', false],
  ['This function returns it.', 'This function returns it.', false],
  ['', 'Open the file.', false],
])('%s | %s: %s', (a, b, same) => {
  expect(saysAboutTheSame(a, b)).toBe(same);
  expect(saysAboutTheSame(b, a)).toBe(same);
});

it('content words are stems, with the word as it stands there first', () => {
  expect([...contentWords('The Sockets, a socket: 42 of SHA-256 is x 2d')]).toEqual([
    ['socket', 'sockets'],
    ['sha', 'sha'],
    ['2d', '2d'],
  ]);
});

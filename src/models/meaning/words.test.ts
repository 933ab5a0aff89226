/** Words of a real program, as a question finds them. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { functionsOf, subjectProgram } from '../../../test/support/subjects.ts';
import { findFunctions } from '../../binary/functions.ts';
import { openBinary } from '../../binary/open.ts';
import { disassemble } from '../../binary/x86/disassemble.ts';
import { normalizedAssembly } from '../../tokens/assembly.ts';
import { visibleNames } from '../../tokens/visible-names.ts';
import { ProgramWords, wordsOf, wordsOfCode } from './words.ts';

it('sees strings and imports of the program, and no names of its own', () => {
  const binary = openBinary(readFileSync(subjectProgram('gamma')));
  const named = new Set(functionsOf('gamma').map(({ name }) => name));
  const functions = findFunctions(binary).filter(({ symbol }) => symbol !== null && named.has(symbol));
  const words = functions.map((one) =>
    wordsOfCode(normalizedAssembly(disassemble(binary, one), visibleNames(binary))),
  );
  functions.forEach(({ symbol }, i) => {
    if (!symbol!.startsWith('memory')) expect([...words[i].values()]).toEqual([]);
    // malloc, puts and abort are imports; "out of" is told by any text, and so is a number.
    else expect([...words[i].values()].sort()).toEqual(['abort', 'malloc', 'memory', 'puts']);
  });
  const shared = new ProgramWords(words).shared(wordsOf('Out of memory in the loop'));
  shared.forEach(({ share, words: own }, i) => {
    const isMemory = functions[i].symbol!.startsWith('memory');
    expect(own).toEqual(isMemory ? ['memory'] : []);
    // A quarter of all have the one word, and the other is in none: as if one had it. They say three words more, imports.
    const [some, none] = [Math.log(1 + 4), Math.log(1 + functions.length)];
    const length = Math.sqrt(1 + 4 * (some / none) ** 2);
    expect(share).toBeCloseTo(isMemory ? some / (some + none) / length : 0, 9);
  });
});

it('compares words by their stems, and has them as they are asked', () => {
  const said = wordsOfCode('lea rdi, ["compressing %s: no such file"]');
  const [{ words, share }] = new ProgramWords([said]).shared(wordsOf('Compresses files'));
  expect(words).toEqual(['compresses', 'files']);
  // All of the question, of a function that says two words: the square root of 1 + 2.
  expect(share).toBeCloseTo(1 / Math.sqrt(3), 12);
});

it('cuts names where a capital begins a word, and leaves out what stands for names', () => {
  const code = [
    'call SHA256_Update',
    'call function',
    'call rax',
    'mov rax, qword [stderr]',
    'mov rax, qword [rbp-0x8]',
    'mov rax, qword fs:[0x28]',
    'lea rdi, [data]',
    'lea rsi, ["tab\\tquoted \\"Word\\""]',
    'jmp XML_ParseBuffer',
  ].join('\n');
  expect([...wordsOfCode(code).values()]).toEqual([
    'sha256',
    'update',
    'stderr',
    'tab',
    'quoted',
    'word',
    'xml',
    'parse',
    'buffer',
  ]);
});

it('prefers, of functions with the same words of a question, the one that says less', () => {
  const usage = Array.from({ length: 50 }, (_, i) => `word${i}`).join(' ');
  const program = new ProgramWords([
    wordsOf(`sort files ${usage}`),
    wordsOf('sort files'),
    ...Array.from({ length: 20 }, () => wordsOf('other')),
  ]);
  const [long, short, none] = program.shared(wordsOf('sort files'));
  expect(short.share).toBeGreaterThan(2 * long.share);
  expect(long.words).toEqual(short.words);
  expect(none).toEqual({ share: 0, words: [] });
});

it('says of a question without a word that it shares nothing', () => {
  expect(new ProgramWords([wordsOfCode('call puts')]).shared(wordsOf('?'))).toEqual([
    { share: 0, words: [] },
  ]);
  expect(new ProgramWords([]).shared(wordsOf('puts'))).toEqual([]);
});

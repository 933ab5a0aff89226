/** Comments as packages have them, with what a reader would take from each. */

import { describe, expect, it } from 'vitest';
import { humanText } from './index.ts';

const of = (name: string, text = `int ${name} (char *file, int count) {}`) => ({ name, text });

describe('a description', () => {
  it.each([
    ['plain', 'swap', '/*\n * Exchange the bytes of a word.\n */', 'Exchange the bytes of a word.'],
    [
      'gnu',
      'copy',
      '/* Copy COUNT bytes of FILE\n   to standard output.\n\n   Return 0 if it worked.  */',
      'Copy COUNT bytes of FILE to standard output.\nReturn 0 if it worked.',
    ],
    [
      'kernel-doc',
      'kfree_rcu',
      '/**\n * kfree_rcu() - free an object after a grace period.\n * @file: what to free\n *\tand where\n *\n * Many structures call it.\n *\n * Return: nothing\n */',
      'free an object after a grace period.\nMany structures call it.',
    ],
    [
      'kernel-doc',
      'mnt_lock',
      '/**\n * mnt_lock:\n * @ml: handler\n * @enable: TRUE or\n *  FALSE\n *\n * Blocks or unblocks signals.\n *\n * Since: 2.33\n */',
      'Blocks or unblocks signals.',
    ],
    [
      'kernel-doc',
      'is_verbose',
      '/*\n * is_verbose\n * @cxt: context\n *\n * Returns: 1 if verbose\n * and else 0.\n */',
      'Returns: 1 if verbose and else 0.',
    ],
    [
      'plain',
      'TclOpen',
      '/*\n *----------\n *\n * TclOpen, TclClose --\n *\n *\tOpens a socket.\n *\n * Results:\n *\tNone.\n *\n * Side effects:\n *\tNone.\n *\n *----------\n */',
      'Opens a socket.',
    ],
    [
      'plain',
      'yyerror',
      '/* yyerror --- print a syntax error message, show where */',
      'print a syntax error message, show where',
    ],
    ['plain', 'next', '/*\n * next(item)\n *\n * Return the next byte.\n */', 'Return the next byte.'],
    [
      'plain',
      'log',
      '/* log (x) is the natural\n   logarithm of x. */',
      'log (x) is the natural logarithm of x.',
    ],
    ['plain', 'cut', '/* cut-off values\n   are large. */', 'cut-off values are large.'],
    [
      'doxygen',
      'crc',
      '/**\n * @brief Computes a checksum\n * over \\p file.\n *\n * @param file the text\n * @return the sum\n */',
      'Computes a checksum over file.',
    ],
    ['doxygen', 'crc', '/// Adds one to \\c count.\n/// @param count a number', 'Adds one to count.'],
    ['plain', 'boxed', '/*****************\n * Draws a frame. *\n *****************/', 'Draws a frame.'],
    ['plain', 'lines', '// Reads a line\n// of input; skips blanks.', 'Reads a line of input; skips blanks.'],
    [
      'plain',
      'paren',
      '/* Conditional expression (expr ? expr : expr) */',
      'Conditional expression (expr ? expr : expr)',
    ],
  ])('of style %s, above %s, is found', (style, name, comment, text) => {
    expect(humanText(comment, of(name))).toEqual({ style, text });
  });

  it('needs more than a word that looks like an argument', () => {
    expect(humanText('/* Uses TCP to send. */', of('send'))).toMatchObject({ style: 'plain' });
  });
});

describe('no description', () => {
  it.each([
    ['licence', '/* Copyright (C) 2022 Free Software Foundation, Inc. */'],
    ['licence', '/* This program is free software: you can redistribute it and/or modify it. */'],
    ['banner', '/* ------------- Main ------------- */'],
    ['banner', '/* static functions */'],
    ['banner', '/* HELPER ROUTINES FOR PARSING */'],
    ['banner', '/* swap */'],
    ['empty', '/*\n * swap --\n * @a: one\n */'],
    ['code', '/* int x = next (p); */'],
    ['code', '// if (verbose) {\n//   print (x);\n// }'],
    ['code', '/* #define HAVE_FLOAT 0 */'],
    ['note', '/* ARGSUSED */'],
    ['note', '/* FIXME: rewrite this with a hash table */'],
    ['empty', '/*\n */'],
    ['empty', '/**\n * @param file what to read\n */'],
  ])('is a %s: %s', (why, comment) => {
    expect(humanText(comment, of('swap'))).toEqual({ text: null, why });
  });
});

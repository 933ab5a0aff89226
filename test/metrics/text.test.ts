/** Metrics of text against the values that FIELD.md section 5 gives: CodeXGLUE's script, NLTK's GLEU and METEOR. */

import { describe, expect, it } from 'vitest';
import { smoothedBleu4 } from '../../src/metrics/text/bleu.ts';
import { corpusGleu4, gleu4 } from '../../src/metrics/text/gleu.ts';
import { exactMatch, nameAgreement } from '../../src/metrics/text/match.ts';
import { meteor } from '../../src/metrics/text/meteor.ts';
import { rouge2, rougeL } from '../../src/metrics/text/rouge.ts';
import { identifierParts } from '../../src/metrics/text/words.ts';

const SUM = 'returns the sum of two integers';

/** reference, candidate, BLEU-4, GLEU, METEOR */
const GOLDENS = [
  [SUM, SUM, 1, 1, 0.9976851851851852],
  [SUM, 'return the sum of integers', 0.4501840284324669, 0.3888888888888889, 0.8203389830508474],
  [
    'initialize the device driver',
    'initialize the device driver context',
    0.7521206186172787,
    0.7142857142857143,
    0.9679878048780488,
  ],
  ['a b c d e f g h', 'a b c d e f g', 0.8824969025845955, 0.8461538461538461, 0.884784293464221],
  [
    'copies the string, then frees it.',
    'copies the string then frees it',
    0.4468310718440575,
    0.46153846153846156,
    0.754985754985755,
  ],
  ['open a file and read its contents', 'close socket', 1.6311615420503302e-78, 0, 0],
] as const;

describe.each(GOLDENS)('%s | %s', (reference, candidate, bleu, gleu, golden) => {
  it('has the golden values', () => {
    expect(smoothedBleu4(reference, candidate) / bleu).toBeCloseTo(1, 9);
    expect(gleu4(reference, candidate)).toBeCloseTo(gleu, 12);
    expect(meteor(reference, candidate)).toBeCloseTo(golden, 12);
  });
});

it('an answer without a word has no BLEU-4, and not the 1/e of an answer that is a word short', () => {
  expect(smoothedBleu4('gcd', '')).toBe(0);
  expect(smoothedBleu4('gcd', ' ')).toBe(0);
});

it('GLEU of all six together has the golden value', () => {
  expect(corpusGleu4(GOLDENS.map(([reference, candidate]) => [reference, candidate]))).toBeCloseTo(
    0.5564516129032258,
    12,
  );
});

it('ROUGE counts shared pairs of words, and the longest common subsequence', () => {
  // Of Lin 2004, section 3: both candidates share three words in order with the reference, or two.
  const reference = 'police killed the gunman';
  expect(rougeL(reference, 'police kill the gunman')).toBeCloseTo(0.75, 12);
  expect(rougeL(reference, 'the gunman kill police')).toBeCloseTo(0.5, 12);
  expect(rouge2(reference, 'police kill the gunman')).toBeCloseTo(1 / 3, 12);
  expect(rouge2(reference, 'gunman')).toBe(0);
});

it('matches but for white space around', () => {
  expect(exactMatch(' frees it\n', 'frees it')).toBe(true);
  expect(exactMatch('frees it', 'Frees it')).toBe(false);
});

it.each([
  ['free_list', ['free', 'list']],
  ['parseHTTPHeader2', ['parse', 'http', 'header2']],
  ['__xstat64', ['xstat64']],
])('takes the name %s apart', (name, parts) => {
  expect(identifierParts(name)).toEqual(parts);
});

it('agrees on names by their sets of parts', () => {
  expect(nameAgreement('free_list', 'listFree')).toEqual({ precision: 1, recall: 1, f1: 1 });
  expect(nameAgreement('free_list_entry', 'free_all')).toEqual({ precision: 0.5, recall: 1 / 3, f1: 0.4 });
  expect(nameAgreement('main', 'usage').f1).toBe(0);
});

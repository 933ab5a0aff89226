/** A lexicon learned from functions of three packages that are easy to tell apart, its answers and its file. */

import { describe, expect, it } from 'vitest';
import { featuresOf } from '../../models/meaning/features.ts';
import { type Lexicon, spoken } from '../../models/meaning/lexicon.ts';
import { decodeLexicon, encodeLexicon } from '../../models/meaning/lexicon-file.ts';
import { wordsOf } from '../../models/meaning/words.ts';
import { Random } from '../../random.ts';
import { learnLexicon } from './lexicon.ts';
import { SaidCollector } from './said.ts';

const KINDS = [
  {
    code: 'push rbp\nlea rdi, ["cannot reach host"]\ncall socket\ncall connect\npop rbp\nret',
    said: 'Open a socket to the host',
  },
  {
    code: 'mov eax, edi\nrol eax, 0x5\nxor eax, 0x9e3779b9\nrol eax, 0x5\nimul eax, eax, 0x1000193\nret',
    said: 'Mix the bits into a hash',
  },
  { code: 'push rbp\nmov eax, edi\nadd eax, esi\nmov ebx, eax\npop rbp\nret', said: 'Add the numbers' },
] as const;
const [CONNECTS, HASHES, ADDS] = KINDS.map(({ code }) => code);
/** What one package alone says and does. */
const OWN = 'call frobnicate\ncall frobnicate\nmov eax, 0x1234\nmov ebx, 0x1234\nmov ecx, 0x1234\nret';

function learned(): { lexicon: Lexicon; shares: number[] } {
  const random = new Random(1);
  const said = new SaidCollector();
  for (let i = 0; i < 480; i++) {
    // Most functions are of the last kind: what tells the others is rare.
    const kind = KINDS[Math.min(i % 20, KINDS.length - 1)];
    // What differs between functions is about nothing.
    const filler = Array.from({ length: 3 + random.below(3) }, () => `mov r${8 + random.below(8)}, rax`);
    said.add(`package ${Math.floor(i / 20) % 4}`, [...filler, kind.code].join('\n'), kind.said);
  }
  for (let i = 0; i < 9; i++)
    said.add('package 0', `mov r${8 + (i % 8)}, rax\n${OWN}`, 'Frobnicate the widget');
  const steps = learnLexicon(said);
  const shares: number[] = [];
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) shares.push(step.value);
  return { lexicon: step.value, shares };
}

function says(lexicon: Lexicon, code: string, text: string): number {
  return spoken(lexicon.read(code), lexicon.weigh([wordsOf(text)]));
}

describe('a lexicon', () => {
  const { lexicon, shares } = learned();

  it('tells by what code says and does which words people use of it', () => {
    for (const [question, right] of [
      ['connects to a host', CONNECTS],
      ['a hash function', HASHES],
      ['adding two numbers', ADDS],
    ]) {
      for (const other of [CONNECTS, HASHES, ADDS].filter((code) => code !== right)) {
        expect(says(lexicon, right, question)).toBeGreaterThan(says(lexicon, other, question) + 0.1);
      }
    }
    expect(shares.at(-1)).toBeGreaterThan(shares[0]);
  });

  it('finds a word that no string has by the company that it keeps, and names what it goes by', () => {
    const weights = lexicon.weigh([wordsOf('open')]);
    const reasons = lexicon.reasons(CONNECTS, weights);
    expect(reasons).toHaveLength(4);
    const told = ['socket', 'connect', '"cannot"', '"reach"', '"host"', 'lea', 'call'];
    for (const reason of reasons) expect(told).toContain(reason);
    expect(lexicon.reasons(HASHES, lexicon.weigh([wordsOf('hash')]))).toContain('rol');
    expect(lexicon.reasons(ADDS, weights)).toEqual([]);
  });

  it('has no opinion of words that it does not know, nor of what one package alone says', () => {
    expect(lexicon.weigh([wordsOf('quaternion')])).toBeNull();
    expect(says(lexicon, CONNECTS, 'quaternion')).toBe(0);
    expect(lexicon.reasons(CONNECTS, null)).toEqual([]);
    expect(lexicon.weigh([wordsOf('frobnicate widget')])).toBeNull();
    expect(lexicon.parts.features).not.toContain('name frobnicate');
    expect(lexicon.read('').indices).toHaveLength(0);
  });

  it('takes several texts for what they have in common', () => {
    const [one, other] = ['open a socket', 'the host'].map((text) => wordsOf(text));
    const together = spoken(lexicon.read(CONNECTS), lexicon.weigh([one, other]));
    expect(together).toBeGreaterThan(says(lexicon, CONNECTS, 'the host') / 2);
    expect(lexicon.weigh([one, one])).toEqual(lexicon.weigh([one]));
  });

  it('is the same, but for a hundredth, once it has been through a file', () => {
    const background = [CONNECTS, HASHES].map((code) => lexicon.read(code));
    const file = encodeLexicon(lexicon, background);
    const again = decodeLexicon(file, 'here');
    expect(again.lexicon.parts.features).toEqual(lexicon.parts.features);
    expect(again.lexicon.parts.terms).toEqual(lexicon.parts.terms);
    for (const { code, said } of KINDS) {
      expect(says(again.lexicon, code, said)).toBeCloseTo(says(lexicon, code, said), 2);
    }
    background.forEach(({ indices, values }, i) => {
      expect(again.background[i].indices).toEqual(indices);
      values.forEach((value, k) => expect(again.background[i].values[k]).toBeCloseTo(value, 2));
    });
    // What has been through a file once is not changed by another.
    expect(encodeLexicon(again.lexicon, again.background)).toEqual(file);
  });

  it('says of a damaged file that it is damaged, wherever that is', () => {
    const file = encodeLexicon(lexicon, [lexicon.read(CONNECTS)]);
    const random = new Random(4);
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      const damaged = file.slice(0, i % 3 === 0 ? random.below(file.length) : file.length);
      for (let flips = 0; flips < 3 && damaged.length > 0; flips++) {
        damaged[random.below(damaged.length)] = random.below(256);
      }
      try {
        says(decodeLexicon(damaged, 'here').lexicon, CONNECTS, 'socket');
      } catch (error) {
        expect(error).toMatchObject({ kind: 'corrupt', message: expect.stringMatching(/^here: /) as string });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(150);
  });
});

it('reads words, names, numbers and instructions, each once', () => {
  const features = featuresOf(
    '.1:\nmov eax, 0x10\nmov ebx, 0xedb88320\ncall memcpy\ncall function\nlea rdi, ["bad CRC"]',
  );
  expect([...features].map(([name, { strength, shown }]) => [name, strength, shown])).toEqual([
    ['word memcpi', 1, '"memcpy"'],
    ['word bad', 1, '"bad"'],
    ['word crc', 1, '"crc"'],
    ['name memcpy', 1, 'memcpy'],
    ['number 0xedb88320', 1, '0xedb88320'],
    ['instruction mov', 1 + Math.log(2), 'mov'],
    ['instruction call', 1 + Math.log(2), 'call'],
    ['instruction lea', 1, 'lea'],
    ['instructions mov mov', 1, null],
    ['instructions mov call', 1, null],
    ['instructions call call', 1, null],
    ['instructions call lea', 1, null],
    ['size 4', 1, null],
  ]);
});

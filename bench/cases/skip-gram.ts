/**
 * Word vectors of a corpus that looks like functions: instructions of an opcode and up to three operands, both of Zipf
 * distributions, half of the operands from what the function is about. Three million tokens, 40,000 words.
 */

import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { Random } from '../../src/random.ts';
import type { Duel } from '../duel.ts';

const FUNCTIONS = 16_000;
/** Instructions of a function; the mean of an exponential distribution. */
const INSTRUCTIONS = 75;
const OPCODES = 300;
const OPERANDS = 60_000;
const TOPICS = 150;
const TOPIC_WORDS = 150;

/** What both sides train with. */
export const SETTINGS = {
  size: 100,
  window: 5,
  negative: 5,
  sample: 1e-3,
  alpha: 0.025,
  epochs: 1,
  minCount: 5,
} as const;

/** Pairs of words near one another, with words drawn at random, of which both sides tell the loss at the end. */
const JUDGED = 20_000;

export interface SkipGramTask {
  readonly settings: typeof SETTINGS;
  /** A word, one beside it, and words of the noise. */
  readonly judged: readonly (readonly string[])[];
}

/** Ranks from 0, rank r in proportion to 1 / (r + 1). */
function zipf(random: Random, count: number): number {
  return Math.floor((count + 1) ** random.uniform()) - 1;
}

function oneFunction(random: Random): string[] {
  const topic = random.below(TOPICS);
  const length = Math.ceil(-Math.log(1 - random.uniform()) * INSTRUCTIONS);
  return Array.from({ length }, () => [
    `op${zipf(random, OPCODES)}`,
    ...Array.from({ length: random.below(4) }, () =>
      random.uniform() < 0.5 ? `t${topic}.${zipf(random, TOPIC_WORDS)}` : `${zipf(random, OPERANDS)}`,
    ),
  ]).flat();
}

function judgedWords(functions: readonly string[][], random: Random): string[][] {
  const counts = new Map<string, number>();
  for (const word of functions.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  const known = (word: string): boolean => counts.get(word)! >= SETTINGS.minCount;
  const any = (): string => {
    const words = functions[random.below(functions.length)];
    return words[random.below(words.length)];
  };
  const found: string[][] = [];
  while (found.length < JUDGED) {
    const words = functions[random.below(functions.length)];
    const at = random.below(words.length);
    const beside = words[at + 1 + random.below(SETTINGS.window)];
    const row = [words[at], beside, ...Array.from({ length: SETTINGS.negative }, any)];
    if (beside !== undefined && row.every(known)) found.push(row);
  }
  return found;
}

export const skipGram: Duel = {
  name: 'skipgram',
  ours: 'ours-skip-gram.js',
  peer: 'gensim_skipgram.py',
  module: 'gensim',
  steps: 1,
  warm: 0,
  async write(folder) {
    const random = new Random(11);
    const functions = Array.from({ length: FUNCTIONS }, () => oneFunction(random));
    const stream = createWriteStream(join(folder, 'corpus.txt'));
    for (const words of functions) stream.write(`${words.join(' ')}\n`);
    stream.end();
    await finished(stream);
    const task: SkipGramTask = { settings: SETTINGS, judged: judgedWords(functions, random) };
    await writeFile(join(folder, 'task.json'), JSON.stringify(task));
  },
};

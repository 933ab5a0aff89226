/**
 * A dump in the real format of any size: sizes, scores and tags drawn from what `measure.py` found in real files, text
 * from a list of words and code from patterns of our own. The same seed gives the same bytes; memory does not grow.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/random.ts';
import { codeBlock, type Dialect } from './code.ts';

/** Percentiles, from the 0th to the 100th. */
type Quantiles = readonly number[];

interface Profile {
  proseLength: { question: Quantiles; answer: Quantiles };
  blocks: { question: Quantiles; answer: Quantiles };
  blockLength: Quantiles;
  score: Quantiles;
  answers: Quantiles;
  tagCount: Quantiles;
  acceptedShare: number;
  tags: Record<string, number>;
}

const PROFILE = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../bench/posts/profile.json'), 'utf8'),
) as Profile;

const TAGS = Object.entries(PROFILE.tags);
const TAG_TOTAL = TAGS.reduce((sum, [, count]) => sum + count, 0);

const WORDS = (
  'the to a is of and in it that you for this with i be not on as can if are have but or an do your will use at from ' +
  'which when so there would like code by my what function value one then array pointer how file memory using string ' +
  'only no all more program call just get because first way two also should any time need type number list loop return ' +
  'compiler error works example problem data some does line each other want different set into void char size address ' +
  'buffer reads copies sorts prints counts finds converts allocates frees compares'
).split(' ');

/** One word in so many: of the real rows of Stack Overflow 3 % have a character beyond ASCII. */
const FOREIGN_WORDS = ['naïve', 'Größe', '“quoted”', '→', '日本語', '🎉'];
const FOREIGN_EVERY = 4000;

/** Seconds between two posts: a million in three years, so that all licences occur. */
const SECONDS_BETWEEN = 100;
const FIRST_DATE = Date.UTC(2008, 6, 31);

export interface GenerateOptions {
  /** Posts at most, and answers: one of them ends the dump. */
  posts?: number;
  answers?: number;
  seed: number;
  /** Share of questions that get one of the tags of C, C++ and assembly besides those drawn. */
  wantedShare: number;
}

/** Text of the dump, some rows at a time. */
export function* generateDump({
  posts = Infinity,
  answers: mostAnswers = Infinity,
  seed,
  wantedShare,
}: GenerateOptions): Generator<string, void> {
  const random = new Random(seed);
  const draw = (quantiles: Quantiles): number => quantiles[random.below(quantiles.length)];
  yield '<?xml version="1.0" encoding="utf-8"?>\n<posts>\n';
  let written = 0;
  for (let id = 1; id <= posts && written < mostAnswers;) {
    const question = id++;
    const answers = Math.min(draw(PROFILE.answers), posts - question, mostAnswers - written);
    written += answers;
    const accepted =
      answers > 0 && random.uniform() < PROFILE.acceptedShare ? question + 1 + random.below(answers) : 0;
    const tags = drawTags(random, draw(PROFILE.tagCount));
    if (random.uniform() < wantedShare) tags.unshift(WANTED[random.below(WANTED.length)]);
    const dialect = dialectOf(tags);
    const title = prose(random, 50);
    const body = (kind: 'question' | 'answer'): string =>
      postBody(
        random,
        draw(PROFILE.proseLength[kind]),
        drawMany(random, draw(PROFILE.blocks[kind])),
        dialect,
      );
    yield row(random, [
      ['Id', question],
      ['PostTypeId', 1],
      ['AcceptedAnswerId', accepted || undefined],
      ['CreationDate', dateOf(question)],
      ['Score', draw(PROFILE.score)],
      ['ViewCount', random.below(100_000)],
      ['Body', body('question')],
      ['OwnerUserId', 1 + random.below(2_000_000)],
      ['LastActivityDate', dateOf(question + 10)],
      ['Title', title],
      ['Tags', tags.map((tag) => `<${tag}>`).join('')],
      ['AnswerCount', answers],
      ['CommentCount', random.below(10)],
    ]);
    for (let i = 0; i < answers; i++, id++) {
      yield row(random, [
        ['Id', id],
        ['PostTypeId', 2],
        ['ParentId', question],
        ['CreationDate', dateOf(id)],
        ['Score', draw(PROFILE.score)],
        ['Body', body('answer')],
        ['OwnerUserId', 1 + random.below(2_000_000)],
        ['LastActivityDate', dateOf(id + 10)],
        ['CommentCount', random.below(10)],
      ]);
    }
  }
  yield '</posts>\n';
}

const WANTED = ['c', 'c++', 'c', 'c++', 'c', 'c++', 'assembly'];

function drawTags(random: Random, count: number): string[] {
  const tags = new Set<string>();
  for (let i = 0; i < count; i++) {
    let left = random.below(TAG_TOTAL);
    const drawn = TAGS.find(([, weight]) => (left -= weight) < 0);
    if (drawn) tags.add(drawn[0]);
  }
  return [...tags];
}

function dialectOf(tags: readonly string[]): Dialect {
  if (tags.includes('assembly')) return 'assembly';
  if (tags.includes('c++')) return 'c++';
  return tags.includes('c') ? 'c' : 'other';
}

function drawMany(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => PROFILE.blockLength[random.below(101)]);
}

function dateOf(id: number): string {
  return new Date(FIRST_DATE + id * SECONDS_BETWEEN * 1000).toISOString().slice(0, 23);
}

/** About so many characters; short words are drawn more often, as in a language. */
function prose(random: Random, length: number): string {
  const words: string[] = [];
  for (let size = 0; size < length;) {
    const isForeign = random.below(FOREIGN_EVERY) === 0;
    const word = isForeign
      ? FOREIGN_WORDS[random.below(FOREIGN_WORDS.length)]
      : WORDS[Math.floor(random.uniform() ** 2 * WORDS.length)];
    words.push(word);
    size += word.length + 1;
  }
  return words.join(' ');
}

function postBody(random: Random, length: number, blocks: readonly number[], dialect: Dialect): string {
  const part = length / (blocks.length + 1);
  const parts = [`<p>${prose(random, part)}</p>`];
  for (const size of blocks) {
    parts.push(`<pre><code>${escapeHtml(codeBlock(random, size, dialect))}\n</code></pre>`);
    parts.push(`<p>${prose(random, part)} <code>x-&gt;y</code>.</p>`);
  }
  return `${parts.join('\n\n')}\n`;
}

function row(
  random: Random,
  attributes: readonly (readonly [string, string | number | undefined])[],
): string {
  const edited = random.uniform() < 0.3 ? ' LastEditDate="2019-05-01T00:00:00.000"' : '';
  const texts = attributes.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${typeof value === 'string' ? escapeXml(value) : value}"`],
  );
  return `  <row ${texts.join(' ')}${edited} />\n`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As the real files have it: line ends as references, apostrophes bare. */
function escapeXml(text: string): string {
  return escapeHtml(text).replaceAll('"', '&quot;').replaceAll('\n', '&#xA;');
}

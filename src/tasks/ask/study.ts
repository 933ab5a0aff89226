/**
 * How well questions are answered: people's comments on functions of test packages are asked of the programs that the
 * functions are in, beside what the network, the lexicon and a search for words find alone, and what chance does.
 */

import { openDataset } from '../../corpus/dataset.ts';
import { BinscribeError } from '../../error.ts';
import { bootstrap, type Interval, quantile } from '../../metrics/bootstrap.ts';
import type { MeaningModel, ReadCode, ReadText } from '../../models/meaning/model.ts';
import { ProgramWords, type Words, wordsOfCode } from '../../models/meaning/words.ts';
import { learnedFrom } from '../learned.ts';
import { collectPools, type Pool, type Pools } from './pools.ts';
import { mean } from '../../numbers.ts';

/** What one way of ranking makes of one question. */
export interface Reached {
  /** Whether the right function is the first, is among the first ten, and one over its rank: 0 to 1, by chance between. */
  readonly first: number;
  readonly ten: number;
  readonly reciprocal: number;
}

export interface Figure extends Interval {
  readonly value: number;
}

export type WayFigures = Readonly<Record<'recall@1' | 'recall@10' | 'MRR', Figure>>;

/** Figures of a set of questions. */
export interface AskSet {
  readonly name: string;
  readonly questions: number;
  readonly packages: number;
  /** Functions that a question is asked about: of the questions' programs. */
  readonly pool: { readonly smallest: number; readonly median: number; readonly largest: number };
  readonly ways: Readonly<Record<string, WayFigures>>;
  /** Share of the questions that the model answers, and how many of those first functions are right. */
  readonly answered: { readonly share: number; readonly right: number };
}

export interface AskReport {
  readonly programs: number;
  readonly functions: number;
  readonly sets: readonly AskSet[];
  /** Of all questions, by package. */
  readonly packages: readonly (Pick<AskSet, 'questions'> & {
    readonly package: string;
    readonly functions: number;
    readonly recall10: number;
  })[];
}

export interface AskStudyOptions {
  readonly model: MeaningModel;
  /** `gcc-12 O2` and the like; all where it is left out. */
  readonly builds?: readonly string[] | undefined;
  /** Folders of other data sets that the model has learned from. */
  readonly learned?: readonly string[] | undefined;
  readonly progress: (step: string, done: number, total: number) => void;
}

/** One question of one program. */
interface Item {
  readonly package: string;
  readonly functions: number;
  readonly ways: Readonly<Record<string, Reached>>;
  /** Neither code nor text are in a training package. */
  readonly isNew: boolean;
  readonly answered: boolean;
}

const ASK = 'ask: all together';
const NETWORK = 'the network alone';
const LEXICON = 'the lexicon alone';
const WORDS = 'words in common alone';
const CHANCE = 'chance';
/** Of `recall@10`. */
const TEN = 10;

/** @throws BinscribeError `usage` where nobody says anything of a test function, and what the reader of data sets throws */
export async function studyAsk(folder: string, options: AskStudyOptions): Promise<AskReport> {
  const { model, builds, learned = [], progress } = options;
  const dataset = openDataset(folder);
  const found = await collectPools(
    dataset,
    model.floor,
    await learnedFrom(learned),
    builds && new Set(builds),
  );
  if (found.texts.length === 0) {
    throw new BinscribeError('usage', `${folder}: no function of the test side has a comment`, {
      hint: builds === undefined ? 'Another data set has: see its card.md.' : 'See --build, and its card.md.',
    });
  }
  const codes = await model.readCode(found.codes, (done) =>
    progress('reading functions', done, found.codes.length),
  );
  const texts = await model.readTexts(found.texts);
  const known: Asking = { model, codes, said: found.codes.map(wordsOfCode), texts };
  const items: Item[] = [];
  found.pools.forEach((pool, i) => {
    items.push(...itemsOf(pool, found.known, known));
    progress('asking', i + 1, found.pools.length);
  });
  const fresh = items.filter(({ isNew }) => isNew);
  return {
    programs: found.pools.length,
    functions: found.codes.length,
    sets: [
      setOf('all questions', items),
      ...(fresh.length > 0 ? [setOf('neither code nor comment in a training package', fresh)] : []),
    ],
    packages: packagesOf(items),
  };
}

interface Asking {
  readonly model: MeaningModel;
  /** Each with its words. */
  readonly codes: readonly ReadCode[];
  readonly said: readonly Words[];
  readonly texts: readonly ReadText[];
}

function itemsOf(pool: Pool, known: Pools['known'], { model, codes, said, texts }: Asking): Item[] {
  const { functions } = pool;
  const asked = [...new Set(functions.flatMap((one) => one.texts))];
  const words = new ProgramWords(functions.map(({ code }) => said[code]));
  const program = { functions: functions.map(({ code }) => codes[code]), words };
  return asked.map((text) => {
    const fits = model.match([texts[text]]).rank(program);
    const shared = words.shared(texts[text].words);
    // Whichever function was meant, where two have the same comment.
    const right = functions.flatMap((one, i) => (one.texts.includes(text) ? [i] : []));
    const best = fits.reduce((most, { score }) => Math.max(most, score), 0);
    return {
      package: pool.package,
      functions: functions.length,
      ways: {
        [ASK]: reachedBy(
          fits.map(({ score }) => score),
          right,
        ),
        [NETWORK]: reachedBy(
          fits.map(({ cosine }) => cosine),
          right,
        ),
        [LEXICON]: reachedBy(
          fits.map(({ spoken }) => spoken),
          right,
        ),
        [WORDS]: reachedBy(
          shared.map(({ share }) => share),
          right,
        ),
        [CHANCE]: chance(functions.length, right.length),
      },
      isNew: !known.has(text) && right.every((i) => !functions[i].isKnown),
      answered: best >= model.thresholdFor(functions.length),
    };
  });
}

/**
 * By scores, the highest first; others with the score of the right one come before it, so that a constant score never
 * looks like a find.
 */
export function reachedBy(scores: ArrayLike<number>, right: readonly number[]): Reached {
  const best = right.reduce((most, i) => Math.max(most, scores[i]), -Infinity);
  const own = new Set(right);
  let rank = 1;
  for (let i = 0; i < scores.length; i++) if (scores[i] >= best && !own.has(i)) rank++;
  return { first: Number(rank === 1), ten: Number(rank <= TEN), reciprocal: 1 / rank };
}

/** What an order drawn at random reaches in the mean. @param right how many of the functions are right */
export function chance(functions: number, right: number): Reached {
  let none = 1;
  let [first, ten, reciprocal] = [0, 0, 0];
  for (let rank = 1; rank <= functions && none > 0; rank++) {
    const here = (none * right) / (functions - rank + 1);
    if (rank === 1) first = here;
    if (rank <= TEN) ten += here;
    reciprocal += here / rank;
    none -= here;
  }
  return { first, ten, reciprocal };
}

const FIGURES = { 'recall@1': 'first', 'recall@10': 'ten', MRR: 'reciprocal' } as const;

function setOf(name: string, items: readonly Item[]): AskSet {
  const packages = [...new Set(items.map((item) => item.package))];
  const sizes = items.map(({ functions }) => functions).sort((a, b) => a - b);
  const answered = items.filter((item) => item.answered);
  const ways = [ASK, NETWORK, LEXICON, WORDS, CHANCE].map((way): [string, WayFigures] => {
    const figures = Object.entries(FIGURES).map(([figure, value]) => [
      figure,
      figureOf(
        items.map((item) => item.ways[way][value]),
        items.map((item) => packages.indexOf(item.package)),
      ),
    ]);
    return [way, Object.fromEntries(figures) as WayFigures];
  });
  return {
    name,
    questions: items.length,
    packages: packages.length,
    pool: { smallest: sizes[0], median: Math.round(quantile(sizes, 0.5)), largest: sizes[sizes.length - 1] },
    ways: Object.fromEntries(ways),
    answered: {
      share: answered.length / items.length,
      right: answered.length === 0 ? 0 : mean(answered.map(({ ways: own }) => own[ASK].first)),
    },
  };
}

/** The mean over questions; its interval draws whole packages. */
function figureOf(values: readonly number[], clusters: readonly number[]): Figure {
  const weighted = (weights: Float64Array): number => {
    const total = weights.reduce((a, b) => a + b, 0);
    return values.reduce((sum, value, i) => sum + value * weights[i], 0) / total;
  };
  return { value: mean(values), ...bootstrap(values.length, (i) => clusters[i], weighted, { seed: 1 }) };
}

function packagesOf(items: readonly Item[]): AskReport['packages'] {
  const names = [...new Set(items.map((item) => item.package))].sort();
  return names.map((name) => {
    const own = items.filter((item) => item.package === name);
    const sizes = own.map(({ functions }) => functions).sort((a, b) => a - b);
    return {
      package: name,
      questions: own.length,
      functions: Math.round(quantile(sizes, 0.5)),
      recall10: mean(own.map(({ ways }) => ways[ASK].ten)),
    };
  });
}

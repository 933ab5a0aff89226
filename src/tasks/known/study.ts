/**
 * What it is worth that an encoder knows more functions than it learned from: names and sentences of the same functions
 * with and without, on programs of other packages and on static libraries as their distribution built them.
 */

import { bootstrap, type Interval } from '../../metrics/bootstrap.ts';
import { smoothedBleu4 } from '../../metrics/text/bleu.ts';
import { saysAboutTheSame } from '../../metrics/text/same.ts';
import type { FunctionAnswer, Model } from '../../models/model.ts';
import { mean } from '../../numbers.ts';
import { Random } from '../../random.ts';
import { withoutPadding } from '../../tokens/normalize.ts';
import type { JudgedProgram, Truth } from './judged.ts';
import { quote } from './quote.ts';

/** A share with its interval over packages or libraries. */
export interface Share extends Interval {
  readonly value: number;
}

export interface NameFigures {
  readonly model: string;
  /** Functions given a name. */
  readonly named: number;
  /** Of these the share that is right, and of all functions the share that is given the right one. */
  readonly right: Share;
  readonly found: Share;
  /** Functions given a sentence, and the share of these that is of a function of their name. */
  readonly told: number;
  readonly toldRight: Share;
}

export interface GroupFigures {
  readonly group: string;
  readonly functions: number;
  /** Packages or libraries. */
  readonly places: number;
  readonly models: readonly NameFigures[];
  /** By package or library: functions, and of each model how many are given a name, and the right one. */
  readonly by: Readonly<
    Record<string, { functions: number; named: readonly number[]; right: readonly number[] }>
  >;
}

/** Sentences against what the functions' own programmers say. */
export interface SentenceFigures {
  /** Functions that were told a sentence and have a comment of their own. */
  readonly functions: number;
  /** Mean BLEU-4, and share that says about the same. */
  readonly bleu: number;
  readonly same: number;
  /** The same of sentences drawn from those that were told of other functions. */
  readonly drawn: { readonly bleu: number; readonly same: number };
}

export interface KnownReport {
  readonly groups: readonly GroupFigures[];
  /** Of the last model, on the data set. */
  readonly sentences: SentenceFigures;
}

/** A function of a program with all models' answers. */
interface Judged {
  readonly from: string;
  readonly truth: Truth;
  readonly answers: readonly FunctionAnswer[];
}

/** Instructions, padding left out: fewer are not named by any model. */
const FLOOR = 8;
const SEED = 1;

/** The functions of a group of programs, as the models see them. */
export async function judgePrograms(
  programs: AsyncIterable<JudgedProgram>,
  models: readonly Model[],
  progress: (functions: number) => void,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  let done = 0;
  for await (const { from, functions, truths } of programs) {
    const asked = functions.flatMap(({ body }, i) =>
      withoutPadding(body.instructions).length < FLOOR ? [] : i,
    );
    const wanted = new Set(asked.map((i) => functions[i].address));
    const program = { functions: [...functions], wanted, imports: new Map<number, string>() };
    const answers: FunctionAnswer[][] = [];
    for (const model of models) answers.push(await model.answer(program));
    asked.forEach((i, place) =>
      judged.push({ from, truth: truths[i], answers: answers.map((own) => own[place]) }),
    );
    done += functions.length;
    progress(done);
  }
  return judged;
}

export function figuresOf(group: string, judged: readonly Judged[], models: readonly string[]): GroupFigures {
  const places = [...new Set(judged.map(({ from }) => from))].sort();
  const share = (isCounted: (one: Judged) => boolean, isRight: (one: Judged) => boolean): Share => {
    const items = judged.filter(isCounted);
    const right = items.map((one) => Number(isRight(one)));
    const interval = bootstrap(
      items.length,
      (i) => places.indexOf(items[i].from),
      (weights) => {
        const all = weights.reduce((sum, weight) => sum + weight, 0);
        return weights.reduce((sum, weight, i) => sum + weight * right[i], 0) / all;
      },
      { seed: SEED },
    );
    return { value: mean(right), ...interval };
  };
  const nameOf = ({ answers }: Judged, model: number): string | undefined => answers[model].names.at(0)?.name;
  const isRight = (one: Judged, model: number): boolean => nameOf(one, model) === one.truth.name;
  const count = (of: readonly Judged[], test: (one: Judged) => boolean): number => of.filter(test).length;
  return {
    group,
    functions: judged.length,
    places: places.length,
    models: models.map((model, m) => ({
      model,
      named: count(judged, (one) => nameOf(one, m) !== undefined),
      right: share(
        (one) => nameOf(one, m) !== undefined,
        (one) => isRight(one, m),
      ),
      found: share(
        () => true,
        (one) => isRight(one, m),
      ),
      told: count(judged, ({ answers }) => answers[m].summary !== undefined),
      toldRight: share(
        ({ answers }) => answers[m].summary !== undefined,
        ({ answers, truth }) => answers[m].summary!.name === truth.name,
      ),
    })),
    by: Object.fromEntries(
      places.map((place) => {
        const own = judged.filter(({ from }) => from === place);
        return [
          place,
          {
            functions: own.length,
            named: models.map((_, m) => count(own, (one) => nameOf(one, m) !== undefined)),
            right: models.map((_, m) => count(own, (one) => isRight(one, m))),
          },
        ];
      }),
    ),
  };
}

/** @param model place of the one whose sentences are judged */
export function sentencesOf(judged: readonly Judged[], model: number): SentenceFigures {
  const pairs = judged.flatMap(({ truth, answers }) => {
    const own = truth.comment === null ? null : quote(truth.comment);
    const told = answers[model].summary?.text;
    return own === null || told === undefined ? [] : { own, told };
  });
  const random = new Random(SEED);
  const drawn = pairs.map(({ own }) => ({ own, told: pairs[random.below(pairs.length)].told }));
  const score = (of: typeof pairs) => ({
    bleu: mean(of.map(({ own, told }) => smoothedBleu4(own, told))),
    same: mean(of.map(({ own, told }) => Number(saysAboutTheSame(own, told)))),
  });
  return { functions: pairs.length, ...score(pairs), drawn: score(drawn) };
}

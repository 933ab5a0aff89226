/**
 * Algorithm classification on POJ-104 (section 4.2): retrieval among the programs of problems that training has not seen,
 * and, as a question of its own, which of the 104 problems a program solves.
 */

import { tunedModel, type Likeness } from '../../models/contrabin/tuning.ts';
import { layoutOf, type ViewNetwork } from '../../models/contrabin/encoder.ts';
import { accuracy, confusionMatrix, harmonicMean } from '../../metrics/classification.ts';
import { dotScores, retrieveClasses, type Scorer } from '../../metrics/retrieval.ts';
import { RandomStream } from '../../nn/random.ts';
import type { TrainingSettings } from '../../nn/training/settings.ts';
import type { Sides } from './collections.ts';
import type { LabelledTexts } from './labelled-texts.ts';
import { type Counted, WAYS_OF_COUNTING } from './code-terms.ts';
import { TermIndex } from './term-baseline.ts';
import { classesOf, drawnBatch, drawOne, type Question, vectorsOf, type Verdict } from './question.ts';
import { largestPlace, mean } from '../../numbers.ts';

export interface ClassificationSettings {
  readonly network: ViewNetwork;
  readonly training: TrainingSettings;
  readonly dropout: number;
}

export interface RetrievalSettings extends ClassificationSettings {
  readonly likeness: Likeness;
  /** Programs of each problem in a batch; `training.batchSize` counts problems. */
  readonly programs: number;
  /** Programs of each problem that judge a checkpoint, at most. */
  readonly judged: number;
}

/**
 * An example of the training is a problem: each time some of its programs are drawn, in some build each. In an epoch there
 * are as many examples as draw as many programs as there are.
 */
export function retrievalQuestion(
  { training, validation, test }: Sides,
  settings: RetrievalSettings,
): Question {
  const { network, dropout, likeness, programs, judged } = settings;
  const layout = layoutOf(network);
  const ofClass = programsByClass(training);
  const batchSize = settings.training.batchSize * programs;
  const chosen = someOfEach(validation, judged);
  return {
    facts: countsOf({ training, validation, test }),
    clusters: test.classes,
    task: (start) => ({
      model: tunedModel({ network, classes: ofClass.length, likeness, dropout }),
      settings: settings.training,
      start,
      data: {
        count: ofClass.length * Math.ceil(training.programs.length / (ofClass.length * programs)),
        batch: (examples, _, random) =>
          drawnBatch(
            training,
            examples.flatMap((example) => drawSome(ofClass[example % ofClass.length], programs, random)),
            random,
            layout,
          ),
      },
      evaluate: async (trainer) => {
        const { vectors, size } = await vectorsOf(trainer, chosen.texts, batchSize, layout);
        return retrievalVerdict(dotScores(vectors, size), chosen.classes).figures;
      },
      higherIsBetter: true,
    }),
    judge: async (trainer) => {
      const scorersOf = async (side: Compared): Promise<Scorer[]> => {
        const { vectors, size } = await vectorsOf(trainer, side.texts, batchSize, layout);
        const terms = side.terms[WITH_NETWORK];
        return [dotScores(vectors, size), new TermIndex(training.terms[WITH_NETWORK], terms).scorer];
      };
      const figuresWith = (scorers: readonly Scorer[], weight: number, classes: readonly number[]): Verdict =>
        retrievalVerdict(addedScores(scorers, [1, weight]), classes);
      const judged = await scorersOf(chosen);
      const weight = bestOf(WEIGHTS, (one) => figuresWith(judged, one, chosen.classes).figures['MAP@R']);
      const scorers = await scorersOf(test);
      const { figures } = figuresWith(scorers, weight, test.classes);
      const alone = retrievalVerdict(scorers[0], test.classes);
      return {
        ...alone,
        figures: {
          ...alone.figures,
          'MAP@R with words': figures['MAP@R'],
          'MAF1 with words': figures['MAF1'],
          'share of words': weight / (1 + weight),
        },
      };
    },
    baselines: async () => ({
      ...Object.fromEntries(
        WAYS_OF_COUNTING.map((way) => {
          const { scorer } = new TermIndex(training.terms[way], test.terms[way]);
          return [way, retrievalVerdict(scorer, test.classes)];
        }),
      ),
      random: retrievalVerdict(randomScores(), test.classes),
    }),
  };
}

/** What is counted beside a network: it reads words that it has never seen. */
const WITH_NETWORK: Counted = 'pairs and words';
/** Of the words' cosine, when the network's counts once: the best on the validation problems is taken. */
const WEIGHTS = [0, 0.25, 0.5, 1, 2, 4];
/** The same beside logarithms of probabilities, which reach further. */
const LOGARITHM_WEIGHTS = [0, 1, 2, 4, 8, 16, 32];

/** Of equals the first. */
function bestOf(weights: readonly number[], worthOf: (weight: number) => number): number {
  return weights[largestPlace(weights.map(worthOf))];
}

function addedScores(scorers: readonly Scorer[], weights: readonly number[]): Scorer {
  return (query, scores) => {
    const own = new Float32Array(scores.length);
    scores.fill(0);
    for (const [k, scorer] of scorers.entries()) {
      scorer(query, own);
      for (let i = 0; i < own.length; i++) scores[i] += weights[k] * own[i];
    }
  };
}

/** CodeXGLUE's MAP@R, and beside it the mean of precision over the hits and recall: FIELD.md section 3. */
function retrievalVerdict(score: Scorer, classes: readonly number[]): Verdict {
  const found = retrieveClasses(score, classes);
  const known = found.filter((one) => one !== null);
  const precision = mean(known.map(({ precisionOfHits }) => precisionOfHits));
  const recall = mean(known.map((one) => one.recall));
  return {
    figures: {
      'MAP@R': mean(known.map(({ averagePrecision }) => averagePrecision)),
      MAP: precision,
      MAR: recall,
      MAF1: harmonicMean(precision, recall),
    },
    items: found.map((one) => one?.averagePrecision ?? 0),
  };
}

function randomScores(): Scorer {
  return (query, scores) => {
    const random = new RandomStream(0, 'random', query);
    for (let i = 0; i < scores.length; i++) scores[i] = random.uniform();
  };
}

/**
 * An example of the training is a program or function, each time in some build. Classes are the same on all sides. Beside
 * the network alone it is told what comes of both: to the logarithm of a class's probability the cosine with the nearest
 * text of the class is added, weighed by what is best on the validation side.
 * @param names of classes, where answers are to be told
 */
export function classificationQuestion(
  sides: Sides,
  classes: number,
  settings: ClassificationSettings,
  clusters: readonly number[],
  figuresOf: (truth: readonly number[], told: ArrayLike<number>) => Readonly<Record<string, number>>,
  names?: readonly string[],
): Question {
  const { training, validation, test } = sides;
  const { network, dropout } = settings;
  const { batchSize } = settings.training;
  const layout = layoutOf(network);
  const verdict = (told: ArrayLike<number>): Verdict => ({
    figures: figuresOf(test.classes, told),
    items: test.classes.map((own, i) => (told[i] === own ? 1 : 0)),
    ...(names && { told: Array.from(told, (one) => names[one]) }),
  });
  return {
    facts: countsOf(sides),
    clusters,
    task: (start) => ({
      model: tunedModel({ network, classes, dropout }),
      settings: settings.training,
      start,
      data: {
        count: training.programs.length,
        batch: (programs, _, random) => drawnBatch(training, programs, random, layout),
      },
      evaluate: async (trainer) => {
        const told = await classesOf(trainer, validation.texts, batchSize, layout);
        return figuresOf(validation.classes, told.map(largestPlace));
      },
      higherIsBetter: true,
    }),
    judge: async (trainer) => {
      const index = new TermIndex(training.terms[WITH_NETWORK], training.terms[WITH_NETWORK]);
      const answersOf = async (side: LabelledTexts) => {
        const told = await classesOf(trainer, side.texts, batchSize, layout);
        const near = side.terms[WITH_NETWORK].map((terms) =>
          nearestOfClasses(index, terms, training, classes),
        );
        return (weight: number): number[] =>
          told.map((logarithms, i) => largestPlace(logarithms.map((one, k) => one + weight * near[i][k])));
      };
      const judged = await answersOf(validation);
      const weight = bestOf(LOGARITHM_WEIGHTS, (one) => {
        const [first] = Object.values(figuresOf(validation.classes, judged(one)));
        return first;
      });
      const answers = await answersOf(test);
      const alone = verdict(answers(0));
      const together = Object.entries(figuresOf(test.classes, answers(weight)));
      return {
        ...alone,
        figures: {
          ...alone.figures,
          ...Object.fromEntries(together.map(([figure, value]) => [`${figure} with words`, value])),
          'share of words': weight / (1 + weight),
        },
      };
    },
    baselines: async () => {
      const most = mostFrequent(training.classes);
      return {
        ...Object.fromEntries(
          WAYS_OF_COUNTING.map((way) => {
            const index = new TermIndex(training.terms[way], training.terms[way]);
            const nearest = test.terms[way].map((terms) => training.classes[index.nearest(terms)]);
            return [`nearest by ${way}`, verdict(nearest)];
          }),
        ),
        'most frequent': verdict(test.classes.map(() => most)),
      };
    },
  };
}

/** Of each class the cosine with its nearest text. */
function nearestOfClasses(
  index: TermIndex,
  terms: Uint32Array,
  { classes }: LabelledTexts,
  count: number,
): Float32Array {
  const scores = new Float32Array(classes.length);
  index.score(terms, scores);
  const nearest = new Float32Array(count);
  classes.forEach((own, i) => (nearest[own] = Math.max(nearest[own], scores[i])));
  return nearest;
}

/** 104-way classification. @param classes problems */
export function problemQuestion(sides: Sides, classes: number, settings: ClassificationSettings): Question {
  return classificationQuestion(
    sides,
    classes,
    settings,
    Array.from(sides.test.classes.keys()),
    (truth, told) => ({
      accuracy: accuracy(confusionMatrix(truth, told, classes), classes),
    }),
  );
}

function countsOf(sides: Sides): Record<string, number> {
  const names = ['training', 'validation', 'test'] as const;
  return Object.fromEntries(
    names.flatMap((name) => [
      [`${name} texts`, sides[name].texts.length],
      [`${name} programs`, sides[name].programs.length],
    ]),
  );
}

/** Programs of each class. */
function programsByClass({ classes, programs }: LabelledTexts): number[][] {
  const ofClass: number[][] = [];
  programs.forEach(([text], program) => (ofClass[classes[text]] ??= []).push(program));
  return ofClass;
}

/** What is compared with what. */
type Compared = Pick<LabelledTexts, 'texts' | 'classes' | 'terms'>;

/** The first programs of each class, in all their builds. */
function someOfEach(side: LabelledTexts, most: number): Compared {
  const chosen = programsByClass(side).flatMap((programs) =>
    programs.slice(0, most).flatMap((program) => side.programs[program]),
  );
  const of = <T>(items: readonly T[]): T[] => chosen.map((text) => items[text]);
  const { texts, classes, terms } = side;
  return {
    texts: texts.select(chosen),
    classes: of(classes),
    terms: { 'opcode pairs': of(terms['opcode pairs']), 'pairs and words': of(terms['pairs and words']) },
  };
}

/** Different ones as far as there are. */
function drawSome(items: readonly number[], count: number, random: RandomStream): number[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, items.length)) chosen.add(drawOne(items, random));
  return [...chosen];
}

function mostFrequent(classes: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const one of classes) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

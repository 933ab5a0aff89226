/** Zero-shot labels: what kinds of work functions do, told by sentences, so that anybody can name kinds of their own. */

import type { ModelCard, Scored } from '../model.ts';
import { dot } from './calibration.ts';
import type { Fit, Matcher, MeaningModel, ReadCode, ReadText } from './model.ts';

/** A kind of work. */
export interface Label {
  readonly name: string;
  /** What comments of such functions say; one at least. */
  readonly prompts: readonly string[];
}

/** A label that a function is given, with why. */
export interface GivenLabel extends Scored {
  /** What of the code says most for it: words, names, numbers and instructions; none where the network alone gives it. */
  readonly because: readonly string[];
  /** Of its sentences the nearest to the function, and the cosine of the two. */
  readonly prompt: string;
  readonly similarity: number;
}

/** A function as a label is held against it. */
export interface LabelledCode extends ReadCode {
  /** Normalised assembly. */
  readonly code: string;
}

/** A label that somebody has named is its own sentence. */
export function namedLabel(name: string): Label {
  return { name, prompts: [name] };
}

/**
 * The probability that a label fits a function, before anybody has looked: most functions of a program do none of the
 * dozen kinds, few do two. It does not depend on how many labels are asked for, so that one more changes no other.
 */
const PRIOR = 1 / 20;
/** A label that is more likely wrong than right is none. */
const LEAST_SCORE = 0.5;
/** A function that would fit more kinds than this is told by none of them. */
const MOST_LABELS = 3;

/** Labels at work: their sentences are read once. */
export class Labeller {
  readonly card: ModelCard;
  private readonly model: MeaningModel;
  private readonly labels: readonly (Label & {
    readonly read: readonly ReadText[];
    readonly matcher: Matcher;
  })[];

  private constructor(model: MeaningModel, labels: Labeller['labels']) {
    this.card = model.card;
    this.model = model;
    this.labels = labels;
  }

  static async open(model: MeaningModel, labels: readonly Label[]): Promise<Labeller> {
    const texts = await model.readTexts(labels.flatMap(({ prompts }) => prompts));
    let at = 0;
    return new Labeller(
      model,
      labels.map((label) => {
        const read = texts.slice(at, (at += label.prompts.length));
        return { ...label, read, matcher: model.match(read) };
      }),
    );
  }

  /**
   * @param codes normalised assembly of functions
   * @returns of each function its labels, the best first; none where it has no answer
   */
  async label(
    codes: readonly string[],
    progress?: (done: number) => void,
  ): Promise<readonly (readonly GivenLabel[])[]> {
    const known = codes.flatMap((code, i) => (this.model.reads(code) ? [{ code, i }] : []));
    const read = await this.model.readCode(
      known.map(({ code }) => code),
      progress,
    );
    const given: GivenLabel[][] = codes.map(() => []);
    known.forEach(({ i, code }, k) => (given[i] = this.labelsOf({ ...read[k], code })));
    return given;
  }

  /** How well each label fits, in their order. */
  fitsOf(code: ReadCode): Fit[] {
    return this.labels.map(({ matcher }) => matcher.fit(code, PRIOR));
  }

  /** The best first; none where it has no answer. */
  labelsOf(read: LabelledCode): GivenLabel[] {
    const fits = this.fitsOf(read);
    return this.labels
      .flatMap((label, i) => (fits[i].score < LEAST_SCORE ? [] : [{ label, score: fits[i].score }]))
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST_LABELS)
      .map(({ label: { name, prompts, read: texts, matcher }, score }) => {
        const cosines = texts.map(({ vector }) => dot(vector, read.vector));
        const similarity = Math.max(...cosines);
        const prompt = prompts[cosines.indexOf(similarity)];
        const because = matcher.reasons(read.code);
        return { label: name, score, because, prompt, similarity: Math.round(similarity * 1e4) / 1e4 };
      });
  }
}

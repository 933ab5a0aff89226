/** Zero-shot labels: what kinds of work functions do, told by sentences, so that anybody can name kinds of their own. */

import type { FunctionBody } from '../../binary/instruction.ts';
import type { ModelCard, Scored } from '../model.ts';
import { dot } from './calibration.ts';
import type { Fit, MeaningModel } from './model.ts';
import type { VisibleNames } from '../../tokens/visible-names.ts';

/** A kind of work. */
export interface Label {
  readonly name: string;
  /** What comments of such functions say; one at least. */
  readonly prompts: readonly string[];
}

/** A label that a function is given, with why. */
export interface GivenLabel extends Scored {
  /** Of its sentences the nearest to the function, and the cosine of the two. */
  readonly prompt: string;
  readonly similarity: number;
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
    readonly vectors: readonly Float32Array[];
    readonly fit: ReturnType<MeaningModel['fitsOf']>;
  })[];

  private constructor(model: MeaningModel, labels: Labeller['labels']) {
    this.card = model.card;
    this.model = model;
    this.labels = labels;
  }

  static async open(model: MeaningModel, labels: readonly Label[]): Promise<Labeller> {
    const vectors = await model.embedTexts(labels.flatMap(({ prompts }) => prompts));
    let read = 0;
    return new Labeller(
      model,
      labels.map((label) => {
        const own = vectors.slice(read, (read += label.prompts.length));
        return { ...label, vectors: own, fit: model.fitsOf(meanDirection(own), PRIOR) };
      }),
    );
  }

  /** @returns of each function its labels, the best first; none where it has no answer */
  async label(
    bodies: readonly FunctionBody[],
    names: VisibleNames,
    progress?: (done: number) => void,
  ): Promise<readonly (readonly GivenLabel[])[]> {
    const codes = bodies.map((body) => this.model.codeOf(body, names));
    const read = codes.flatMap((code, i) => (code === null ? [] : [{ code, i }]));
    const vectors = await this.model.embedCode(
      read.map(({ code }) => code),
      progress,
    );
    const given: GivenLabel[][] = bodies.map(() => []);
    read.forEach(({ i }, k) => (given[i] = this.labelsOf(vectors[k])));
    return given;
  }

  /** How well each label fits, in their order. @param code of length 1 */
  fitsOf(code: Float32Array): Fit[] {
    return this.labels.map(({ fit }) => fit(code));
  }

  /** The best first; none where it has no answer. @param code of length 1 */
  labelsOf(code: Float32Array): GivenLabel[] {
    const fits = this.fitsOf(code);
    return this.labels
      .flatMap(({ name, prompts, vectors }, i): GivenLabel[] => {
        const { score } = fits[i];
        if (score < LEAST_SCORE) return [];
        const cosines = vectors.map((vector) => dot(vector, code));
        const similarity = Math.max(...cosines);
        const prompt = prompts[cosines.indexOf(similarity)];
        return [{ label: name, score, prompt, similarity: Math.round(similarity * 1e4) / 1e4 }];
      })
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST_LABELS);
  }
}

/** Of length 1. */
function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const sum = vectors[0].map((_, k) => vectors.reduce((total, vector) => total + vector[k], 0));
  const length = Math.sqrt(dot(sum, sum)) || 1;
  return sum.map((value) => value / length);
}

/** The model of meaning: functions and texts become vectors in one space, and nearness becomes a probability. */

import type { FunctionBody } from '../../binary/instruction.ts';
import { lineCount, normalizedAssembly } from '../../tokens/assembly.ts';
import type { VisibleNames } from '../../tokens/visible-names.ts';
import type { ViewEncoder } from '../contrabin/encode.ts';
import type { ModelCard } from '../model.ts';
import {
  type Background,
  type Calibration,
  dot,
  priorAmong,
  probabilityOf,
  standing,
  thresholdFor,
} from './calibration.ts';
import type { ProgramWords, Words } from './words.ts';
import type { Vocabularies } from '../stored/vocabularies.ts';

/** Everything that a folder holds. */
export interface MeaningParts {
  readonly card: ModelCard;
  /** Lines of a function's normalised assembly below which it is passed over. */
  readonly floor: number;
  /** Tokens that are read of a function, and of a text. */
  readonly limits: { readonly code: number; readonly text: number };
  readonly vocabularies: Vocabularies;
  readonly encoders: { readonly code: ViewEncoder; readonly text: ViewEncoder };
  readonly background: Background;
  readonly calibration: Calibration;
}

/** How well a function fits a text. */
export interface Fit {
  /** Of the two vectors; rounded, since sums differ in their last digits from batch to batch. */
  readonly cosine: number;
  readonly score: number;
}

export interface Question {
  /** Of length 1. */
  readonly vector: Float32Array;
  readonly words: Words;
}

/** The functions that a question is about. */
export interface AskedProgram {
  /** Of length 1, one a function. */
  readonly vectors: readonly Float32Array[];
  readonly words: ProgramWords;
}

/** How well a function of a program fits a question. */
export interface QuestionFit extends Fit {
  /** Of the question's, those that the function has in strings and names. */
  readonly words: readonly string[];
}

/** Digits that are the same whatever else is in a batch. */
const DIGITS = 1e4;

export class MeaningModel {
  readonly card: ModelCard;
  private readonly parts: MeaningParts;

  constructor(parts: MeaningParts) {
    this.card = parts.card;
    this.parts = parts;
  }

  /** Of the best function's probability: below it a question about so many functions has no answer. */
  thresholdFor(functions: number): number {
    return rounded(thresholdFor(this.parts.calibration.thresholds, functions));
  }

  /** Lines of normalised assembly that a function has at least. */
  get floor(): number {
    return this.parts.floor;
  }

  /** How the model reads a function; null for one that is too short to mean anything. */
  codeOf(body: FunctionBody, names: VisibleNames): string | null {
    const text = normalizedAssembly(body, names);
    return lineCount(text) < this.parts.floor ? null : text;
  }

  /** @param code of `codeOf`. @returns unit vectors, in order */
  embedCode(code: readonly string[], progress?: (done: number) => void): Promise<Float32Array[]> {
    const { encoders, vocabularies, limits } = this.parts;
    const tokens = code.map((text) => Uint16Array.from(vocabularies.code.encode(text, limits.code)));
    return encoders.code.encode(tokens, progress);
  }

  /** @param texts in English. @returns unit vectors, in order */
  embedTexts(texts: readonly string[]): Promise<Float32Array[]> {
    const { encoders, vocabularies, limits } = this.parts;
    return encoders.text.encode(texts.map((text) => vocabularies.text.encode(text, limits.text)));
  }

  /**
   * Tells of any function how well it fits one text, by meaning alone.
   * @param text of length 1
   * @param prior the probability that a function is meant, before anybody has looked
   */
  fitsOf(text: Float32Array, prior: number): (code: Float32Array) => Fit {
    const { background, calibration } = this.parts;
    const spread = background.spread(text);
    return (code) => {
      const cosine = rounded(dot(text, code));
      const evidence = { stands: standing(cosine, spread), share: 0 };
      return { cosine, score: rounded(probabilityOf(calibration.meaning, evidence, prior)) };
    };
  }

  /** Of each function of a program, how well it fits a question that may be about any of them or none. */
  rank(question: Question, { vectors, words: said }: AskedProgram): QuestionFit[] {
    const { background, calibration } = this.parts;
    const spread = background.spread(question.vector);
    const prior = priorAmong(vectors.length);
    const shared = said.shared(question.words);
    return vectors.map((vector, i) => {
      const cosine = rounded(dot(question.vector, vector));
      const { share, words } = shared[i];
      const evidence = { stands: standing(cosine, spread), share };
      return { cosine, words, score: rounded(probabilityOf(calibration.question, evidence, prior)) };
    });
  }

  async close(): Promise<void> {
    await this.parts.encoders.code.close();
    await this.parts.encoders.text.close();
  }
}

function rounded(value: number): number {
  return Math.round(value * DIGITS) / DIGITS;
}

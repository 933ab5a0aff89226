/**
 * The model of meaning: functions and texts become vectors in one space, a lexicon tells what a function's features say
 * for a text, and both become a probability.
 */

import { lineCount } from '../../tokens/assembly.ts';
import type { ViewEncoder } from '../contrabin/encode.ts';
import type { ModelCard } from '../model.ts';
import type { SparseVector } from '../linear/sparse.ts';
import type { Vocabularies } from '../stored/vocabularies.ts';
import {
  type Background,
  type Calibration,
  type Curve,
  dot,
  priorAmong,
  probabilityOf,
  spreadOf,
  standing,
  thresholdFor,
} from './calibration.ts';
import { type Lexicon, spoken } from './lexicon.ts';
import { type ProgramWords, type Words, wordsOf } from './words.ts';

/** Everything that a folder holds. */
export interface MeaningParts {
  readonly card: ModelCard;
  /** Lines of a function's normalised assembly below which it is passed over. */
  readonly floor: number;
  /** Tokens that are read of a function, and of a text. */
  readonly limits: { readonly code: number; readonly text: number };
  readonly vocabularies: Vocabularies;
  readonly encoders: { readonly code: ViewEncoder; readonly text: ViewEncoder };
  readonly lexicon: Lexicon;
  readonly background: Background;
  readonly calibration: Calibration;
}

/** How well a function fits a text. */
export interface Fit {
  /** Of the two vectors; rounded, since sums differ in their last digits from batch to batch. */
  readonly cosine: number;
  /** What its features together say for the text, by the lexicon. */
  readonly spoken: number;
  readonly score: number;
}

/** A function as the model reads it. */
export interface ReadCode {
  /** Of length 1. */
  readonly vector: Float32Array;
  /** By the lexicon. */
  readonly features: SparseVector;
}

/** A text as the model reads it. */
export interface ReadText {
  /** Of length 1. */
  readonly vector: Float32Array;
  readonly words: Words;
}

/** The functions that a question is about. */
export interface AskedProgram {
  readonly functions: readonly ReadCode[];
  readonly words: ProgramWords;
}

/** How well a function of a program fits a question. */
export interface QuestionFit extends Fit {
  /** Of the question's, those that the function has in strings and names. */
  readonly words: readonly string[];
}

/** A text, or some together, held against functions. */
export interface Matcher {
  /** By network and lexicon. @param prior the probability that a function is meant, before anybody has looked */
  fit(code: ReadCode, prior: number): Fit;
  /** Of each function of a program, how well it fits a question that may be about any of them or none. */
  rank(program: AskedProgram): QuestionFit[];
  /** What of the code says most for the text, the strongest first. @param code normalised assembly that it `reads` */
  reasons(code: string): string[];
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

  /** Whether a function is long enough to mean anything. @param code its normalised assembly */
  reads(code: string): boolean {
    return lineCount(code) >= this.parts.floor;
  }

  /** @param code normalised assembly that it `reads` */
  async readCode(code: readonly string[], progress?: (done: number) => void): Promise<ReadCode[]> {
    const { encoders, vocabularies, limits, lexicon } = this.parts;
    const tokens = code.map((text) => Uint16Array.from(vocabularies.code.encode(text, limits.code)));
    const vectors = await encoders.code.encode(tokens, progress);
    return vectors.map((vector, i) => ({ vector, features: lexicon.read(code[i]) }));
  }

  /** @param texts in English */
  async readTexts(texts: readonly string[]): Promise<ReadText[]> {
    const { encoders, vocabularies, limits } = this.parts;
    const tokens = texts.map((text) => vocabularies.text.encode(text, limits.text));
    const vectors = await encoders.text.encode(tokens);
    return vectors.map((vector, i) => ({ vector, words: wordsOf(texts[i]) }));
  }

  /** @param texts one or more; of several what they have in common counts */
  match(texts: readonly ReadText[]): Matcher {
    const { background, lexicon, calibration } = this.parts;
    const direction = meanDirection(texts.map(({ vector }) => vector));
    const weights = lexicon.weigh(texts.map(({ words }) => words));
    const near = spreadOf(background.cosines(direction));
    const saying = spreadOf(background.spoken(weights));
    const fit = ({ vector, features }: ReadCode, curve: Curve, words: number, prior: number): Fit => {
      const [cosine, says] = [rounded(dot(direction, vector)), spoken(features, weights)];
      const known = { network: standing(cosine, near), lexicon: standing(says, saying), words };
      return { cosine, spoken: says, score: rounded(probabilityOf(curve, known, prior)) };
    };
    const asked: Words = new Map(texts.flatMap(({ words }) => [...words]));
    return {
      fit: (code, prior) => fit(code, calibration.label, 0, prior),
      rank: ({ functions, words: said }) => {
        const prior = priorAmong(functions.length);
        const shared = said.shared(asked);
        return functions.map((code, i) => {
          const { share, words } = shared[i];
          return { ...fit(code, calibration.question, share, prior), words };
        });
      },
      reasons: (code) => lexicon.reasons(code, weights),
    };
  }

  async close(): Promise<void> {
    await this.parts.encoders.code.close();
    await this.parts.encoders.text.close();
  }
}

function rounded(value: number): number {
  return Math.round(value * DIGITS) / DIGITS;
}

/** Of length 1. */
function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const sum = vectors[0].map((_, k) => vectors.reduce((total, vector) => total + vector[k], 0));
  const length = Math.sqrt(dot(sum, sum)) || 1;
  return sum.map((value) => value / length);
}

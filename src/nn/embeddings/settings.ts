/** What is trained and how: the settings of word2vec under their usual names. */

import { BinscribeError } from '../../error.ts';

const MODELS = ['skip-gram', 'pv-dm', 'pv-dm-concat', 'asm2vec'] as const;

/**
 * - `skip-gram`: a word's vector predicts the words around it (Mikolov et al. 2013).
 * - `pv-dm`: the mean of a document's vector and those of the words around predicts a word (Le and Mikolov 2014).
 * - `pv-dm-concat`: the same with the vectors side by side instead of their mean.
 * - `asm2vec`: the mean of a function's vector and the two instructions around predicts the tokens of an
 *   instruction; an instruction is its first token's vector beside the mean of the others' (Ding et al. 2019).
 */
export type EmbeddingModel = (typeof MODELS)[number];

export interface EmbeddingSettings {
  model: EmbeddingModel;
  /** Numbers in a word's vector. A function's vector in `asm2vec` is twice as long. */
  size: number;
  /** Words to each side at most; each position draws its own width from 1 to this (`asm2vec` takes 1). */
  window: number;
  /** Words drawn from the noise for each word that was seen. */
  negative: number;
  /** Words more frequent than this share of the corpus are dropped at times; 0 keeps all. Not in `asm2vec`. */
  sample: number;
  /** The noise draws a word in proportion to its count to this power. */
  exponent: number;
  /** The learning rate falls in a line from `alpha` to `minAlpha`. */
  alpha: number;
  minAlpha: number;
  epochs: number;
  seed: number;
}

/** What gensim 4 takes by default. */
export const DEFAULT_SETTINGS: EmbeddingSettings = {
  model: 'skip-gram',
  size: 100,
  window: 5,
  negative: 5,
  sample: 1e-3,
  exponent: 0.75,
  alpha: 0.025,
  minAlpha: 0.0001,
  epochs: 5,
  seed: 1,
};

type Numeric = Exclude<keyof EmbeddingSettings, 'model'>;

/** Lowest and highest, and whether only whole numbers make sense. */
const RANGES: Record<Numeric, readonly [number, number, boolean]> = {
  size: [1, 4096, true],
  window: [1, 1000, true],
  negative: [1, 100, true],
  sample: [0, 1, false],
  exponent: [-10, 10, false],
  alpha: [0, 10, false],
  minAlpha: [0, 10, false],
  epochs: [1, 1e6, true],
  // Beside a document's 32 bits of hash it still is a whole number.
  seed: [0, 2 ** 21 - 1, true],
};

/** Fills in what is not given. @throws BinscribeError `usage` where a value makes no sense */
export function settingsOf(given: Partial<EmbeddingSettings>): EmbeddingSettings {
  const settings = { ...DEFAULT_SETTINGS, ...given };
  if (!MODELS.includes(settings.model)) {
    throw new BinscribeError('usage', `model: one of ${MODELS.join(', ')} expected, got ${settings.model}`);
  }
  for (const name of Object.keys(RANGES) as Numeric[]) {
    const [low, high, whole] = RANGES[name];
    const value = settings[name];
    if (!Number.isFinite(value) || value < low || value > high || (whole && !Number.isInteger(value))) {
      const kind = whole ? 'a whole number' : 'a number';
      throw new BinscribeError('usage', `${name}: ${kind} from ${low} to ${high} expected, got ${value}`);
    }
  }
  return settings;
}

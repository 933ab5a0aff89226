/** Texts of many codes, written some at a time. */

import type { Generator } from '../../nn/generation/generator.ts';
import type { WriteOptions, Written } from '../../nn/generation/options.ts';
import { type Given, writerSource } from './writer-batch.ts';

export interface WritingOptions extends WriteOptions {
  /** Codes that are written of at once. */
  readonly batchSize: number;
  /** Of the network. */
  readonly longestHints: number;
  readonly onProgress?: (done: number, all: number) => void;
}

/** The paper's. */
export const BEAMS = 5;

/**
 * Tokens in a row that no summary has twice: a network that has learned little falls into loops, and who trains summaries
 * forbids three (Paulus, Xiong and Socher, ICLR 2018, section 2.5). Source says the same often.
 */
export const NO_REPEAT = 3;

/** @returns texts for each code, the best first: as many as the method returns */
export async function writeTexts(
  generator: Generator,
  given: readonly Given[],
  { batchSize, longestHints, onProgress, ...options }: WritingOptions,
): Promise<(readonly Written[])[]> {
  // Codes of like length together: they are padded to the longest.
  const order = Array.from(given.keys()).sort((a, b) => given[a].code.length - given[b].code.length);
  const texts: (readonly Written[])[] = given.map(() => []);
  for (let from = 0; from < order.length; from += batchSize) {
    const own = order.slice(from, from + batchSize);
    const written = await generator.write(
      writerSource(
        own.map((one) => given[one]),
        longestHints,
      ),
      {
        method: { kind: 'beams', beams: BEAMS },
        ...options,
      },
    );
    written.forEach((found, i) => (texts[own[i]] = found));
    onProgress?.(from + own.length, order.length);
  }
  return texts;
}

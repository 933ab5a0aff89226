/** What a model says about a function, and the form in which a data set can take it as a text. */

import type { DescribedFunction, RowKey } from './sample.ts';

/** A line of JSON for each answer: the row that it belongs to, and where it comes from. */
export interface MachineText {
  row: RowKey;
  name: string;
  /** Hash of the row's code: that an answer is put beside the code that was asked about. */
  exact_hash: string;
  /** Never a human's. */
  origin: 'machine';
  model: string;
  /** SHA-256 of the request, by which the cache keeps its answer. */
  question: string;
  answer: string;
}

export function machineText(
  { row, name, exactHash }: DescribedFunction,
  answer: Pick<MachineText, 'model' | 'question' | 'answer'>,
): MachineText {
  return { row, name, exact_hash: exactHash, origin: 'machine', ...answer };
}

/** The answer without what a reasoning model thinks aloud before it, which local servers pass on in such a block. */
export function finalText(answer: string): string {
  return answer.replace(/^\s*<think>[^]*?(<\/think>|$)/, '').trim();
}

/** What a model is shown of a row when it shall describe it: a question with places for the source and the code. */

import type { FunctionRow } from '../../corpus/dataset.ts';
import { BinscribeError } from '../../error.ts';
import { listingOf, QUESTION } from '../chat/question.ts';

/** What of a row is shown: its source, the disassembly of its code, or one after the other. */
export const SIDES = ['source', 'code', 'both'] as const;
export type Side = (typeof SIDES)[number];

const PLACES = /\{(source|code)\}/g;

/**
 * A listing begins here, wherever its function lies: the same code is one input. Not 0, which a reader takes for a null
 * pointer.
 */
const ADDRESS = 0x1000;

/** Characters of a source and of a listing: 5,000 tokens, so that both and an answer fit where a context has 16,000. */
const LONGEST_PLACE = 16_000;

const WISH =
  'Describe in English what the function does, as the comment above it would: one to three sentences of plain text, without markup, and nothing else.';

/** Of a language model that is asked in words. */
export const CHAT_QUESTIONS: Readonly<Record<Side, string>> = {
  source: `Below is one function of a program in C or C++.\n${WISH}\n\n{source}\n`,
  code: QUESTION,
  both: `Below is one function of a program in C or C++, and the x86-64 disassembly of what a compiler made of it.\n${WISH}\n\n{source}\n\n{code}\n`,
};

/** Of a network that has learned to turn one into the other: CodeT5 takes the function as it is. */
export const PLAIN_QUESTIONS: Readonly<Record<Side, string>> = {
  source: '{source}',
  code: '{code}',
  both: '{source}\n{code}',
};

/** The columns that a question has places for. @throws BinscribeError of kind `usage` where it has none */
export function placesOf(question: string, where: string): ReadonlySet<'source' | 'code'> {
  const places = new Set([...question.matchAll(PLACES)].map(([, place]) => place as 'source' | 'code'));
  if (places.size > 0) return places;
  throw new BinscribeError('usage', `${where}: {source} or {code} expected in it, got neither`, {
    hint: 'The question is a text file; see `binscribe corpus describe --help`.',
  });
}

/** The question about a row that has what it asks for. */
export function fill(question: string, { source, code }: Pick<FunctionRow, 'source' | 'code'>): string {
  return question.replace(PLACES, (_, place: string) => {
    const text = place === 'source' ? (source ?? '') : listingOf(code, ADDRESS);
    return text.slice(0, LONGEST_PLACE);
  });
}

/** Machine-made texts for a data set: what is open is counted, made, and written into the rows. */

import { estimateOf, type Estimate, type Prices } from '../../chat/cost.ts';
import { type Manifest, openDataset } from '../../corpus/dataset.ts';
import { redescribe, type RowText } from '../../corpus/redescribe.ts';
import { finalText } from '../chat/answer.ts';
import type { Inputs, InputOptions } from './inputs.ts';
import type { MakeOptions, TextMaker } from './maker.ts';

/** Characters of a text in a row. Servers need not keep to the tokens that they were told. */
const LONGEST_TEXT = 10_000;

/** Inputs that are read, and made, before the next are read. */
const WINDOW = 256;

type Progress = (step: string, done: number, total: number) => void;

/** Inputs whose texts are not there yet. */
export interface OpenInputs extends Estimate {
  /** All of them. */
  readonly inputs: number;
}

/** What is left to be made, and what it costs at an endpoint. */
export async function countInputs(
  inputs: Inputs,
  maker: Pick<TextMaker, 'known' | 'by'>,
  prices: Prices | null,
  progress: Progress,
): Promise<OpenInputs> {
  let [all, requests, characters] = [0, 0, 0];
  for await (const question of inputs.questions((rows, total) => progress('reading rows', rows, total))) {
    all++;
    if (maker.known(question) !== undefined) continue;
    requests++;
    characters += question.length;
  }
  return { inputs: all, ...estimateOf({ requests, characters }, maker.by.longest, prices) };
}

/**
 * Makes the texts of all inputs that have none.
 * @returns why some have none now
 * @throws BinscribeError what `TextMaker.make` throws
 */
export async function makeTexts(
  inputs: Inputs,
  maker: TextMaker,
  options: MakeOptions,
): Promise<readonly string[]> {
  const failures: string[] = [];
  let window: string[] = [];
  const flush = async (): Promise<void> => {
    failures.push(...(await maker.make(window, options)));
    window = [];
  };
  for await (const question of inputs.questions()) {
    window.push(question);
    if (window.length === WINDOW) await flush();
  }
  await flush();
  return failures;
}

export interface WriteOptions extends InputOptions {
  readonly directory: string;
  readonly out: string;
  /** SHA-256 of the manifest in `directory`. */
  readonly origin: string;
  /** Inputs, and those that have no text. */
  readonly counts: { readonly inputs: number; readonly failed: number };
  readonly progress: Progress;
}

/** Writes the data set with the texts that are there. @throws BinscribeError as `redescribe` */
export async function writeTexts(
  inputs: Inputs,
  maker: TextMaker,
  { directory, out, origin, question, keepTexts, limit, counts, progress }: WriteOptions,
): Promise<Manifest> {
  const { name } = openDataset(directory).manifest;
  let [rows, silent] = [0, 0];
  return redescribe({
    directory,
    out,
    name: `${name}-machine`,
    textOf(row) {
      if (keepTexts && row.text !== null) return row;
      const answer = inputs.keyOf(row) === null ? undefined : maker.known(inputs.questionOf(row));
      if (answer === undefined) return NO_TEXT;
      const text = finalText(answer).slice(0, LONGEST_TEXT);
      if (text === '') {
        silent++;
        return NO_TEXT;
      }
      rows++;
      return { ...NO_TEXT, text, text_kind: 'machine', text_author: maker.by.model };
    },
    summary: () => ({
      ...maker.by,
      question,
      origin,
      keepTexts,
      limit: limit ?? null,
      ...counts,
      rows,
      silent,
    }),
    progress: (done, total) => progress('writing rows', done, total),
  });
}

const NO_TEXT: RowText = {
  text: null,
  text_kind: null,
  text_style: null,
  text_author: null,
  text_reference: null,
  text_licence: null,
};

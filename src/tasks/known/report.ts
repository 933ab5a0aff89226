/** What a study of known functions says: a document with everything that decided it, and tables for people. */

import { table } from '../../corpus/table.ts';
import { count } from '../../numbers.ts';
import type { GroupFigures, KnownReport, Share } from './study.ts';

export interface KnownDocument extends KnownReport {
  readonly schema: 'binscribe.known-study/1';
  readonly tool: string;
  /** Name, version and hash: the encoder by itself, and with what it knows besides. */
  readonly models: readonly string[];
  readonly dataset: { readonly name: string; readonly manifest: string };
  /** SHA-256 of the libraries. */
  readonly libraries: Readonly<Record<string, string>>;
}

export function renderKnownStudy({ models, dataset, groups, sentences }: KnownDocument): string {
  return `${[
    '# Known functions',
    `The encoder \`${models[0]}\` by itself, and with functions of libraries that it knows besides (\`${models[1]}\`). Test packages: of the data set \`${dataset.name}\`, of ` +
      'which neither has anything; *copies* are functions whose code training has, or an earlier one of the same side, compiler and level. ' +
      'Libraries: static ones as Debian ships them, built by its flags and put together by `ld -r`. Functions of 8 instructions and more; a ' +
      'name is right if it is that of the source or of the symbol, what compilers append left out. Of ' +
      'several functions of the same code (`aes_encrypt` and `aes_decrypt` that call another) one at most can be right, and so of aliases: ' +
      'the figures are lower than the truth. Intervals of 95 % by the bootstrap over packages or libraries. *Told*: functions given the sentence of a known ' +
      "function's author.",
    table(
      [
        'functions of',
        'functions',
        'model',
        'named',
        'of these right, %',
        'of all right, %',
        'told',
        'of these right, %',
      ],
      groups.flatMap(({ group, functions, places, models }) =>
        models.map((one, m) => [
          m === 0 ? `${group} (${count(places)})` : '',
          m === 0 ? count(functions) : '',
          one.model,
          count(one.named),
          shareOf(one.right),
          shareOf(one.found),
          count(one.told),
          shareOf(one.toldRight),
        ]),
      ),
    ),
    '## Sentences',
    `${count(sentences.functions)} functions of the test packages were told a sentence and have a comment of their own programmers, copies ` +
      'included. Against its first sentence, beside sentences that were told of others of these functions, drawn at random:',
    table(
      ['', 'BLEU-4', 'says about the same, %'],
      [
        ['told', sentences.bleu, sentences.same],
        ['drawn', sentences.drawn.bleu, sentences.drawn.same],
      ].map(([what, bleu, same]) => [String(what), percent(Number(bleu)), percent(Number(same))]),
    ),
    ...groups.map(places),
  ].join('\n\n')}\n`;
}

function places({ group, models, by }: GroupFigures): string {
  return [
    `## ${group[0].toUpperCase()}${group.slice(1)}`,
    table(
      ['', 'functions', ...models.flatMap(({ model }) => [`named by ${model}`, 'right'])],
      Object.entries(by).map(([place, { functions, named, right }]) => [
        place,
        count(functions),
        ...models.flatMap((_, m) => [count(named[m]), count(right[m])]),
      ]),
    ),
  ].join('\n\n');
}

function shareOf({ value, low, high }: Share): string {
  return Number.isNaN(value) ? '–' : `${percent(value)} (${percent(low)}–${percent(high)})`;
}

function percent(share: number): string {
  return Number.isNaN(share) ? '–' : (100 * share).toFixed(1);
}

/** What a study of labels says: a document with everything that decided it, and a table for people. */

import { table } from '../../corpus/table.ts';
import { count } from '../../numbers.ts';
import type { LabelReport, LabelStudy, Separation } from './study.ts';

export interface LabelDocument extends LabelReport {
  readonly schema: 'binscribe.label-study/1';
  readonly tool: string;
  /** Name, version and hash. */
  readonly model: string;
  readonly study: LabelStudy;
  readonly dataset: { readonly name: string; readonly manifest: string };
  /** SHA-256 of the manifests of other data sets that the model has learned from. */
  readonly learned: Readonly<Record<string, string>>;
}

const COLUMNS = [
  ...(['label', 'functions', 'packages', 'area', 'by the network', 'by the lexicon', 'by words'] as const),
  ...(['given', 'right', 'by chance'] as const),
];

export function renderLabelStudy(document: LabelDocument): string {
  const { model, dataset, functions, labels, labelled } = document;
  return `${[
    `# Labels of the test functions of \`${dataset.name}\``,
    `Model: \`${model}\`. What a function does is taken from the file that its programmers have put it in: ${count(functions)} different ` +
      `functions, none of which training has, in files of one label or another. A file is no proof: a function of a cipher may well copy ` +
      `strings, so that a label that differs from the file's need not be wrong, and the figures are lower than the truth.`,
    '*Area*: how likely a function of the label stands above one of the others by its score (50 % by chance), beside the two that ' +
      'the score is made of, the network and the lexicon, and the words that it shares with the label’s sentences in strings and names of imports; intervals (95 %) draw whole packages. *Given*: functions ' +
      'that `explain` gives the label, and the share of these that is of its files, beside what it would be by chance.',
    table(
      COLUMNS,
      labels.map((one) => [
        one.label,
        count(one.functions),
        count(one.packages),
        areaOf(one.model),
        areaOf(one.network),
        areaOf(one.lexicon),
        areaOf(one.words),
        count(one.given),
        one.given === 0 ? '–' : percent(one.right / one.given),
        percent(one.functions / functions),
      ]),
    ),
    `Of all functions ${percent(labelled.share)} % are given a label; of these the best is that of the file in ${percent(labelled.right)} %.`,
    '## Files',
    table(
      ['label', 'package', 'files'],
      document.study.places.map((place) => [
        place.label,
        place.package,
        `\`${place.files.replaceAll('|', '\\|')}\``,
      ]),
    ),
  ].join('\n\n')}\n`;
}

function areaOf({ area, low, high }: Separation): string {
  return `${percent(area)} (${percent(low)}–${percent(high)})`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

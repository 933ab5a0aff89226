/** An EDC report as text for people; of names that come from files the caller makes something printable. */

import type { EdcReport, Verdict } from './measure.ts';

const QUALITY: Readonly<Record<Verdict['quality'], string>> = {
  follows: 'The outputs follow from the inputs.',
  weak: 'The outputs follow from the inputs, hardly.',
  none: 'Nothing shows that the outputs follow from the inputs.',
  unclear: 'Too little to tell.',
};

export function verdictText({ quality, reasons }: Verdict): string {
  return [QUALITY[quality], ...reasons].join(' ');
}

const three = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : 'none');
const count = (value: number): string => value.toLocaleString('en-US');
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const span = ([low, high]: readonly [number, number]): string => `${three(low)} to ${three(high)}`;

/** Lines of name and value. */
export function figuresOf(report: EdcReport): [name: string, value: string][] {
  const { measures } = report;
  const { vocabulary } = measures;
  return [
    ['Embedding Distance Correlation', three(report.pearson)],
    ['95 % interval, bootstrap over items', span(report.interval)],
    ['outputs shuffled, 95 %', `${span(report.null)} (p ${report.p.toPrecision(2)})`],
    ['with lengths held fixed', report.partial === null ? 'none' : three(report.partial)],
    [`of ranks, ${count(report.sampledPairs)} pairs`, three(report.spearman)],
    [`of Euclidean distances, ${count(report.sampledPairs)} pairs`, three(report.euclidean)],
    ['items', `${count(report.n)} of ${count(report.rows)} rows, ${count(report.empty)} without both fields`],
    ['pairs', count(report.pairs)],
    ['inputs that repeat an earlier one', percent(measures.duplicateInputs)],
    ['outputs that repeat an earlier one', percent(measures.duplicateOutputs)],
    [
      'outputs of equal inputs that agree',
      measures.consistency === null ? 'no equal inputs' : percent(measures.consistency),
    ],
    [
      'different words of the outputs',
      vocabulary === null
        ? 'no text'
        : `${count(vocabulary.words)}; ${percent(vocabulary.coverage)} of all words occur in two items and more`,
    ],
    ['length of an output, quartiles', measures.outputLength.map(count).join(', ')],
  ];
}

export function renderEdc(report: EdcReport): string {
  const { input, output } = report;
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [
    `# EDC of ${report.data}`,
    '',
    `Input \`${input.field}\` by ${input.embedder}, output \`${output.field}\` by ${output.embedder}, seed ${report.seed}.`,
    '',
    verdictText(report.verdict),
    '',
    '| figure | value |',
    '| --- | --- |',
    ...figuresOf(report).map(([name, value]) => `| ${name} | ${value} |`),
    '',
    '| outputs exchanged | EDC | expected |',
    '| --- | --- | --- |',
    ...report.curve.map(
      (point) => `| ${percent(point.share)} | ${three(point.pearson)} | ${three(point.expected)} |`,
    ),
    '',
    ...(report.slices.length === 0
      ? []
      : [
          '| slice | items | EDC | 95 % interval | shuffled |',
          '| --- | --- | --- | --- | --- |',
          ...report.slices.map(
            (one) =>
              `| ${cell(one.slice)} | ${count(one.n)} | ${three(one.pearson)} | ${span(one.interval)} | ${span(one.null)} |`,
          ),
          '',
        ]),
  ].join('\n');
}

/** An EDC report as text for people; of names that come from files the caller makes something printable. */

import type { EdcReport } from './measure.ts';
import type { Consistency, Duplicates } from './measures.ts';
import type { Sure } from './ratings.ts';
import type { Slice } from './slices.ts';
import type { Verdict } from './verdict.ts';
import { count } from '../../numbers.ts';

/** The verdict in a sentence. */
export const QUALITY: Readonly<Record<Verdict['quality'], string>> = {
  follows: 'Outputs follow from inputs: where two inputs are alike their outputs are, more than by chance.',
  weak: 'Outputs follow from inputs a little: more than by chance, and not by much.',
  none: 'Nothing shows that outputs follow from inputs: they might as well belong to others.',
  unclear: 'There is too little to tell whether outputs follow from inputs.',
};

export function verdictText({ quality, reasons }: Verdict): string {
  return [QUALITY[quality], ...reasons].join(' ');
}

const three = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : 'none');
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const span = ([low, high]: readonly [number, number]): string => `${three(low)} to ${three(high)}`;

/** A figure with what it means, in a sentence. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** The figure of the whole set, and how sure it is. */
export function figuresOf(report: EdcReport): Figure[] {
  const sampled = `${count(report.sampledPairs)} pairs`;
  return [
    {
      name: 'Embedding Distance Correlation',
      value: three(report.pearson),
      meaning: `Pearson's correlation, over all ${count(report.pairs)} pairs of items, of the cosine distance of two inputs and that of their outputs: 1 where one tells the other, 0 where it tells nothing. How high it comes depends on the embedders too: compare sets by the same ones.`,
    },
    {
      name: '95 % interval',
      value: span(report.interval),
      meaning: `By the bootstrap over ${count(report.clusters.count)} clusters, which tell as much as ${count(Math.round(report.clusters.effective))} of one size: items that share an input, an output or a definition are drawn together.`,
    },
    {
      name: 'Outputs shuffled',
      value: `${span(report.null)} (p ${report.p.toPrecision(2)})`,
      meaning: `Where 95 % of the figures lie that the same outputs give at other inputs; p is the share of those at least as high (Mantel’s test). What was written once moves as a whole, ${count(report.blocks)} outputs in all: above 0 is what repetition alone gives.`,
    },
    {
      name: 'With lengths held fixed',
      value: report.partial === null ? 'none' : three(report.partial),
      meaning: 'The partial correlation given the difference of the outputs’ lengths, of logarithms.',
    },
    {
      name: 'Of single items',
      value: percent(report.firstOrder),
      meaning:
        'Share of the covariance that pairs owe to one of the two: items that are unlike all others on both sides.',
    },
    {
      name: 'Of ranks',
      value: three(report.spearman),
      meaning: `Spearman's correlation of the same distances, over ${sampled}.`,
    },
    {
      name: 'Of Euclidean distances',
      value: three(report.euclidean),
      meaning: `Pearson's correlation, over ${sampled}, of the vectors as they are.`,
    },
    {
      name: 'Items',
      value: `${count(report.n)} of ${count(report.rows)} rows`,
      meaning: `${count(report.rows - report.empty)} rows have both fields and ${count(report.empty)} do not; of more than --limit a seeded sample is taken.`,
    },
  ];
}

/** What one measured of data sets before. */
export function measuresTable({ measures }: EdcReport): Figure[] {
  const { vocabulary, duplicateInputs, duplicateOutputs, consistency, outputLength } = measures;
  const shares = ({ exact, normalized }: Duplicates): string =>
    `${percent(exact)} exact, ${percent(normalized)} normalised`;
  const repeats = (of: string): string =>
    `Share of the ${of} that an earlier item has too, byte by byte; normalised: code without addresses, text without case, runs of spaces and its last mark.`;
  const agreeing = (found: Consistency | null): string =>
    found === null ? 'no equal inputs' : `${percent(found.share)} of ${count(found.items)} items`;
  const sameInput = (label: string): string =>
    `Of items that share their input (normalised) with another, the share whose ${label} is the most frequent one of that input.`;
  const coverage = vocabulary?.coverage ?? null;
  return [
    {
      name: 'Vocabulary coverage',
      value: coverage === null ? 'none' : percent(coverage.share),
      meaning:
        coverage === null
          ? 'Share of the words of test texts that occur in a training text; there are no texts, or no words.'
          : `Share of the words of ${count(coverage.testTexts)} test texts, each as often as it occurs, that occur in one of ${count(coverage.trainingTexts)} training texts${coverage.drawn ? '; the set names no split, and a random tenth stands for the test texts' : ''}.`,
    },
    {
      name: 'Vocabulary',
      value:
        vocabulary === null
          ? 'none'
          : `${count(vocabulary.words)} words, ${percent(vocabulary.repeated)} repeated`,
      meaning:
        'Different words of the outputs, and the share of all words, each as often as it occurs, that two items and more have.',
    },
    { name: 'Duplicate inputs', value: shares(duplicateInputs), meaning: repeats('inputs') },
    { name: 'Duplicate outputs', value: shares(duplicateOutputs), meaning: repeats('outputs') },
    {
      name: 'Label consistency, outputs',
      value: agreeing(consistency.outputs),
      meaning: sameInput('output (normalised)'),
    },
    {
      name: 'Label consistency, names',
      value: agreeing(consistency.names),
      meaning: `${sameInput('name')} Only where the set has names.`,
    },
    {
      name: 'Length of an output',
      value: outputLength.map(count).join(', '),
      meaning: 'Quartiles, of words or of what the embedder counts.',
    },
  ];
}

/** What experts said, where some did. */
export function ratingsTable({ ratings, pearson }: EdcReport): Figure[] {
  if (ratings === null) return [];
  const sure = ({ value, interval }: Sure): string => `${three(value)} (${span(interval)})`;
  const { raters, items, mean, kappa, alpha } = ratings;
  return [
    {
      name: 'Mean rating',
      value: sure(mean),
      meaning: `Of ${count(items)} items by ${count(raters)} raters, from 1 to 5, with a 95 % interval by the bootstrap over items; the EDC beside it is ${three(pearson)}.`,
    },
    ...(kappa === null
      ? []
      : [
          {
            name: "Cohen's kappa",
            value: sure(kappa.plain),
            meaning: 'Agreement of two raters beyond chance, any difference the same.',
          },
          {
            name: "Cohen's kappa, weighted",
            value: sure(kappa.weighted),
            meaning: 'The same where a difference weighs its square.',
          },
        ]),
    ...(alpha === null
      ? []
      : [
          {
            name: "Krippendorff's alpha",
            value: sure(alpha),
            meaning:
              'Agreement of all raters beyond chance, of values of ranks; missing ratings are left out.',
          },
        ]),
  ];
}

/** Cells of the slices' table, the titles first; with the mean rating where experts rated a slice. */
export function slicesTable({ slices, ratings }: EdcReport): string[][] {
  if (slices.length === 0) return [];
  const rating = ({ slice }: Slice): string[] => {
    if (ratings === null) return [];
    const own = ratings.slices.find((one) => one.slice === slice);
    return [own === undefined ? '' : `${own.mean.toFixed(2)} (${count(own.items)})`];
  };
  return [
    [
      'field',
      'value',
      'items',
      'EDC',
      '95 % interval',
      'shuffled',
      'above shuffled',
      ...(ratings === null ? [] : ['mean rating']),
    ],
    ...slices.map((one) => [
      one.by,
      one.slice,
      count(one.n),
      three(one.pearson),
      span(one.interval),
      span(one.null),
      one.interval[0] > one.null[1] ? 'yes' : 'no',
      ...rating(one),
    ]),
  ];
}

/** Cells of the table behind the curve, the titles first. */
export function curveTable({ curve }: EdcReport): string[][] {
  return [
    ['outputs exchanged', 'EDC', '95 % of draws', 'expected', '(1 - f)²'],
    ...curve.map(({ share, pearson, interval, expected, square }) => [
      percent(share),
      three(pearson),
      span(interval),
      three(expected),
      three(square),
    ]),
  ];
}

/** How the two sides were embedded. */
export function sidesText({ input, output, seed }: EdcReport): string {
  const side = ({ field, embedder, model }: EdcReport['input']): string =>
    `\`${field}\` by ${embedder}${model === null ? '' : ` (${model})`}`;
  return `Input ${side(input)}, output ${side(output)}, seed ${seed}.`;
}

export function renderEdc(report: EdcReport): string {
  return [
    `# EDC of ${report.data}`,
    '',
    sidesText(report),
    '',
    verdictText(report.verdict),
    '',
    ...markdown('figure', figuresOf(report)),
    ...markdown('measure', measuresTable(report)),
    ...markdown('ratings', ratingsTable(report)),
    ...table(curveTable(report)),
    ...table(slicesTable(report)),
  ].join('\n');
}

function markdown(title: string, figures: readonly Figure[]): string[] {
  if (figures.length === 0) return [];
  return table([[title, 'value', 'what it is'], ...figures.map((one) => [one.name, one.value, one.meaning])]);
}

function table([titles, ...rows]: readonly string[][]): string[] {
  if (titles === undefined) return [];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line), ''];
}

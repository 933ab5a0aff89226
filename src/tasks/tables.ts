/** An evaluation as Markdown: what a person reads under `results/`. */

import type { Evaluation, FigureSet } from './evaluate.ts';
import { seedInterval } from '../nn/training/runs.ts';
import type { Figure } from './figures.ts';
import type { RetrievalFigure } from './retrieval.ts';
import { mean } from '../numbers.ts';

export function renderEvaluation(evaluation: Evaluation): string {
  const { run, dataset, sets, orbit, retrieval } = evaluation;
  const lines = [
    `# ${run.name}`,
    '',
    `Model \`${run.model}\`, judged on ${dataset.test.join(', ')} of the data set \`${dataset.name}\` (manifest SHA-256 \`${dataset.manifest.slice(0, 12)}\`). Nothing was learned from these packages: vocabularies, thresholds and temperatures come from the training side. Intervals are 95 %, by the bootstrap over programs. Seeds: the same figure of trainings from other seeds, with mean and 95 % interval (Student's t). The files beside this one hold all digits.`,
    '',
    'A *duplicate* has the code of an earlier function of the same compiler and level, addresses normalised; a *leak* that of a training function. Names are looked for only in functions of 8 instructions and more; the others count as unnamed.',
    '',
    ...sets.flatMap((set) => setTable(set, '##')),
    ...retrievalTable(retrieval, '##'),
  ];
  if (orbit) {
    lines.push(
      '## Older compilers: the orbit data set',
      '',
      `GCC 10 and Clang 11, packages ${orbit.packages.join(', ')}. A leak is a function whose code is in the index.`,
      '',
      ...orbit.sets.flatMap((set) => setTable(set, '###')),
      ...retrievalTable(orbit.retrieval ?? [], '###'),
    );
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function retrievalTable(figures: readonly RetrievalFigure[], heading: string): string[] {
  if (figures.length === 0) return [];
  return [
    `${heading} Same function, other build`,
    '',
    'Which function of the other build is the nearest: by the cosine of vectors, functions of 8 instructions and more; ties count as misses. *Opcode pairs* are weighed by tf-idf. The mean over pools, then the pools.',
    '',
    '| builds | functions | way | pool | drawn from | recall@1 | pools | mean reciprocal rank |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...figures.map(
      ({ name, way, functions, pool, candidates, recallAt1, meanReciprocalRank }) =>
        `| ${name} | ${functions} | ${way} | ${pool.toLocaleString('en-US')} | ${candidates.toLocaleString('en-US')} | **${digits(mean(recallAt1))}** | ${list(recallAt1)} | ${digits(mean(meanReciprocalRank))} |`,
    ),
    '',
  ];
}

function setTable({ functions, figures }: FigureSet, heading: string): string[] {
  return [
    `${heading} Functions: ${functions}`,
    '',
    '| figure | value | 95 % interval | functions | beside it | seeds |',
    '| --- | --- | --- | --- | --- | --- |',
    ...figures.map(figureRow),
    '',
  ];
}

function figureRow({ name, value, interval, items, baselines, seeds }: Figure): string {
  const cells = [
    name,
    `**${digits(value)}**`,
    interval ? `${digits(interval[0])} – ${digits(interval[1])}` : '',
    items.toLocaleString('en-US'),
    Object.entries(baselines)
      .map(([of, figure]) => `${of} ${digits(figure)}`)
      .join(', '),
    seeds ? seedsCell(seeds) : '',
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Each seed's figure, and the mean with its 95 % interval. */
function seedsCell(seeds: readonly number[]): string {
  const { mean, low, high } = seedInterval(seeds);
  const interval =
    low === null || high === null ? '' : ` (${digits(mean)}, ${digits(low)} – ${digits(high)})`;
  return `${list(seeds)}${interval}`;
}

function list(values: readonly number[]): string {
  return values.map(digits).join(', ');
}

/** Three digits, without the zero before the point. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value.toFixed(3).replace(/^0\./, '.');
}

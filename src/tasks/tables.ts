/** An evaluation as Markdown: what a person reads under `results/`. */

import type { Evaluation, FigureSet } from './evaluate.ts';
import type { Figure } from './figures.ts';

export function renderEvaluation(evaluation: Evaluation): string {
  const { run, dataset, sets, orbit, retrieval } = evaluation;
  const lines = [
    `# ${run.name}`,
    '',
    `Model \`${run.model}\`, judged on ${dataset.test.join(' and ')} of the data set \`${dataset.name}\` (manifest SHA-256 \`${dataset.manifest.slice(0, 12)}\`). Nothing was learned from these packages: vocabularies, thresholds and temperatures come from the training side. Intervals are 95 %, by the bootstrap over programs. Seeds: the same figure of classifiers trained on other samples of the training functions. The files beside this one hold all digits.`,
    '',
    'A *duplicate* has the code of an earlier function of the same compiler and level, addresses normalised; a *leak* that of a training function. Names are looked for only in functions of 8 instructions and more; the others count as unnamed.',
    '',
    ...sets.flatMap((set) => setTable(set, '##')),
    '## Same function, other build',
    '',
    'Cosine of tf-idf of opcode pairs, functions of 8 instructions and more; ties count as misses. One pool a seed.',
    '',
    '| builds | pool | drawn from | recall@1 | mean reciprocal rank |',
    '| --- | --- | --- | --- | --- |',
    ...retrieval.map(
      ({ name, pool, candidates, recallAt1, meanReciprocalRank }) =>
        `| ${name} | ${pool.toLocaleString('en-US')} | ${candidates.toLocaleString('en-US')} | ${list(recallAt1)} | ${list(meanReciprocalRank)} |`,
    ),
    '',
  ];
  if (orbit) {
    lines.push(
      '## Older compilers: the orbit data set',
      '',
      `GCC 10 and Clang 11, packages ${orbit.packages.join(', ')}. A leak is a function whose code is in the index.`,
      '',
      ...orbit.sets.flatMap((set) => setTable(set, '###')),
    );
  }
  return `${lines.join('\n').trimEnd()}\n`;
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
    seeds ? list(seeds) : '',
  ];
  return `| ${cells.join(' | ')} |`;
}

function list(values: readonly number[]): string {
  return values.map(digits).join(', ');
}

/** Three digits, without the zero before the point. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value.toFixed(3).replace(/^0\./, '.');
}

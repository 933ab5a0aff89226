/** A report of `posts scale` as Markdown. */

import type { Reading } from './measure.ts';
import type { ScaleReport } from './scale.ts';

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const megabytes = (bytes: number): number => bytes / 2 ** 20;
const seconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} s`;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A line of a table: what it is, and its value for each reading. */
type Line = readonly [what: string, of: (reading: Reading) => string];

const READING: readonly Line[] = [
  ['answers', ({ answers }) => count(answers)],
  ['questions', ({ questions }) => count(questions)],
  ['size', ({ size }) => `${count(megabytes(size))} MB`],
  ['questions with a wanted tag', ({ wanted }) => count(wanted)],
  ['pairs of question and answer', ({ pairs }) => count(pairs)],
  [
    'code blocks in C, C++, assembly',
    ({ rows }) => [rows.c, rows['c++'], rows.assembly].map(count).join(', '),
  ],
  ['hash of the file', ({ hashSeconds }) => seconds(hashSeconds)],
  ['two passes', ({ passesSeconds }) => seconds(passesSeconds)],
  ['rows of the pairs', ({ rowsSeconds }) => seconds(rowsSeconds)],
  ['of a processor, in all', ({ processorSeconds }) => seconds(processorSeconds)],
  [
    '**MB a second, a pass**',
    (reading) => `**${count((2 * megabytes(reading.size)) / reading.passesSeconds)}**`,
  ],
  ['**posts a second, a pass**', (reading) => `**${count((2 * reading.posts) / reading.passesSeconds)}**`],
  ['**memory at most**', ({ peakMegabytes }) => `**${count(peakMegabytes)} MB**`],
];

export function renderScale(report: ScaleReport): string {
  const { machine, load, seed, wantedShare, readings, reading, compiling, building } = report;
  const { rejected, table } = compiling;
  const each = (value: number): string => value.toFixed(3);
  return [
    '# A Stack Exchange dump of the size of arXiv 2404.19631',
    '',
    `${machine}; load before ${load[0].toFixed(1)}, after ${load[1].toFixed(1)}. Written by \`npm run -s posts -- scale\`. The dumps are generated, seed ${seed}: lengths, numbers of answers and blocks, scores and tags are drawn from real files, and ${100 * wantedShare} % of the questions get a tag of C, C++ or assembly besides. Their prose and code are made up, so what does not compile says little of real posts.`,
    '',
    '## Reading',
    '',
    row(['', 'a tenth', 'all']),
    row(['---', '---:', '---:']),
    ...READING.map(([what, of]) => row([what, ...readings.map(of)])),
    '',
    `Killed (SIGKILL) after ${seconds(reading.killedAfter)}, in the second pass, and run again (${seconds(reading.secondRun)}): ${sameness(reading.same)}`,
    '',
    '## Compiling',
    '',
    `A sample of ${count(compiling.snippets)} snippets in C and C++ of the dump with ${count(compiling.answers)} answers, by \`corpora/stackoverflow.json\` in the sandbox, in batches of ${compiling.batch}: **${each(compiling.seconds)} s** a snippet with all its compilers and levels (95 % interval over batches ${each(compiling.interval[0])} to ${each(compiling.interval[1])}). All ${count(compiling.all)} snippets of the whole dump would take **${compiling.hours[1].toFixed(1)} hours** (${compiling.hours[0].toFixed(1)} to ${compiling.hours[2].toFixed(1)}).`,
    '',
    row(['compiler', 'level', 'compiled', 'rows']),
    row(['---', '---', '---:', '---:']),
    ...table.map((cell) => row([cell.compiler, cell.optimization, count(cell.compiled), count(cell.rows)])),
    '',
    `Rejected: ${
      Object.entries(rejected)
        .map(([cause, times]) => `${cause} ${count(times)}`)
        .join(', ') || 'none'
    }.`,
    '',
    `A part of it, killed after ${seconds(building.killedAfter)} and run again (${seconds(building.secondRun)}): ${sameness(building.same)}`,
    '',
  ].join('\n');
}

function sameness(same: boolean): string {
  return same
    ? 'every byte is that of an unbroken run.'
    : '**the bytes DIFFER from those of an unbroken run.**';
}

/** A sweep as Markdown: what a person reads under `results/`. */

import { sanitize } from '../sanitize.ts';
import { isPartial, type SweepReport, type SweepRow, SWEPT_FIELDS } from '../sweep.ts';
import { mean } from '../../numbers.ts';

const SLOWEST = 20;

export function renderSweep(report: SweepReport): string {
  const { tool, model, machine, jobs, limit, places, totals, classes, timed, passedOver, rows } = report;
  const failed = rows.filter((row) => row.outcome !== 'explained');
  const partial = rows.filter((row) => row.outcome === 'explained' && isPartial(row.counts));
  const slowest = [...rows].sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  return [
    '# Every program of a machine',
    '',
    `${tool} with the model \`${model}\` explained every ELF file of ${places.map(code).join(', ')}, ${jobs === 1 ? 'one after another' : `${jobs} at a time`}, and rendered each report as text and as JSON. Seconds are wall time from a path to the text of its report; the model is opened once before. A program that takes over ${limit} s is given up. ${machine.system}, ${machine.processor}, ${machine.cores} cores, Node ${machine.node}. Written by \`binscribe study sweep\`; the JSON file beside this one has a row for each file.`,
    '',
    '## Totals',
    '',
    '| | |',
    '| --- | --- |',
    ...[
      ['ELF files', number(totals.files)],
      ['bytes', `${number(Math.round(totals.bytes / 1e6))} MB`],
      ['explained', number(totals.explained)],
      ['of these partial', number(totals.partial)],
      ['refused', number(totals.refused) + kindsOf(totals.errors)],
      ['**crashed**', `**${number(totals.crashed)}**`],
      ['**given up after the time limit**', `**${number(totals.hung)}**`],
      ['seconds', number(Math.round(totals.seconds))],
      ['functions, stubs and fragments', number(totals.functions)],
      ['of these import stubs and thunks', number(totals.thunks)],
      ['of these cold fragments', number(totals.fragments)],
      ['functions that the model was asked about', number(totals.asked)],
      ['of these with a name in the file', number(totals.symbols)],
      ['instructions', number(totals.instructions)],
      ...SWEPT_FIELDS.map((field) => [`left open: ${LABELS[field]}`, percent(totals.abstained[field])]),
    ].map(line),
    '',
    '## The programs of the aim',
    '',
    ...timedTable(timed),
    '',
    '## By size',
    '',
    '| functions | files | functions in all | seconds | median | slowest | seconds for 1,000 functions |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...classes.map((c) =>
      line([
        c.below === null ? `${number(c.from)} and more` : `${number(c.from)} – ${number(c.below - 1)}`,
        number(c.files),
        number(c.functions),
        c.seconds.toFixed(1),
        c.median.toFixed(2),
        c.slowest.toFixed(2),
        c.functions === 0 ? '–' : ((c.seconds / c.functions) * 1000).toFixed(2),
      ]),
    ),
    '',
    `## The ${slowest.length} slowest`,
    '',
    '| program | seconds | functions | MB |',
    '| --- | --- | --- | --- |',
    ...slowest.map((row) =>
      line([code(row.path), row.seconds.toFixed(1), functionsOf(row), megabytes(row.size)]),
    ),
    '',
    '## Not explained',
    '',
    ...(failed.length === 0
      ? ['None.']
      : failed.map((row) => `- ${code(row.path)}: ${row.outcome}: ${plain(row.error.message)}`)),
    '',
    '## Explained in part',
    '',
    ...(partial.length === 0
      ? ['None.']
      : partial.map((row) => `- ${code(row.path)}: ${plain(reasons(row))}`)),
    '',
    '## Passed over',
    '',
    `${number(passedOver.links)} links to files that were explained under another path, and what is no ELF file:`,
    '',
    ...Object.entries(passedOver.others).map(
      ([kind, paths]) => `- ${kind}: ${number(paths.length)}${examples(paths)}`,
    ),
    '',
  ].join('\n');
}

function timedTable({ load, models, programs }: SweepReport['timed']): string[] {
  if (programs.length === 0) return ['None of them is among the files.'];
  return [
    `\`binscribe explain\` as a process of its own, ${programs[0].seconds.length} times each after the sweep, with nothing beside it, by ${models.map(code).join(' and ')}; load of the machine before: ${load.toFixed(2)}.`,
    '',
    '| program | functions | MB | mean seconds | runs |',
    '| --- | --- | --- | --- | --- |',
    ...programs.map(({ path, functions, size, seconds }) =>
      line([
        code(path),
        number(functions),
        megabytes(size),
        `**${mean(seconds).toFixed(2)}**`,
        seconds.map((s) => s.toFixed(2)).join(', '),
      ]),
    ),
  ];
}

const LABELS: Record<(typeof SWEPT_FIELDS)[number], string> = {
  names: 'name',
  compiler: 'compiler',
  optimization: 'level',
  arguments: 'number of arguments',
};

/** The JSON file has all of them. */
const EXAMPLES = 3;

function examples(paths: readonly string[]): string {
  const shown = paths.slice(0, EXAMPLES).map(code);
  return shown.length === 0 ? '' : `, as ${shown.join(', ')}`;
}

function reasons(row: SweepRow): string {
  if (row.outcome !== 'explained') return '';
  const { cuts, skipped } = row.counts;
  return [...cuts, ...(skipped > 0 ? [`${number(skipped)} functions skipped`] : [])].join('; ');
}

function functionsOf(row: SweepRow): string {
  return row.outcome === 'explained' ? number(row.counts.functions) : row.outcome;
}

function kindsOf(errors: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(errors).map(([kind, count]) => `${kind} ${number(count)}`);
  return kinds.length === 0 ? '' : ` (${kinds.join(', ')})`;
}

/** A path may hold what ends a code span or a cell. */
function code(path: string): string {
  return `\`${sanitize(path).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** Text that is no markup: a message quotes names from files. */
function plain(text: string): string {
  return sanitize(text).replaceAll(/[\\`*_[\]<>|]/g, '\\$&');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '–';
}

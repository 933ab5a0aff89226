/**
 * A report as a table for spreadsheets and scripts: RFC 4180, a line a function. Spreadsheets run a cell that
 * begins like a formula, and names come from strangers: such a cell gets an apostrophe in front.
 */

import type { FunctionReport, Report } from '../schema.ts';
import { shownName } from './name.ts';
import { restsOn } from './reasons.ts';

type Cell = string | number | null;

/** What parts several texts in a cell. */
export const LIST = ' | ';

/** The columns in order. Columns are only added, at the end. */
const COLUMNS: readonly (readonly [title: string, cell: (entry: FunctionReport, report: Report) => Cell])[] =
  [
    ['file', (_, { file }) => file.path],
    ['address', ({ address }) => address],
    ['size', ({ size }) => size],
    ['kind', ({ kind }) => kind],
    ['interest', ({ interest }) => interest],
    ['name', (entry) => shownName(entry).text],
    ['name_origin', (entry) => shownName(entry).origin],
    ['name_score', (entry) => (shownName(entry).origin === 'open' ? null : shownName(entry).score)],
    ['arguments', (entry) => entry.arguments?.count ?? null],
    ['arguments_score', (entry) => entry.arguments?.score ?? null],
    ['compiler', ({ compiler }) => compiler?.label ?? null],
    ['compiler_score', ({ compiler }) => compiler?.score ?? null],
    ['level', ({ optimization }) => optimization?.label ?? null],
    ['level_score', ({ optimization }) => optimization?.score ?? null],
    ['nearest', ({ neighbours }) => neighbours.at(0)?.name ?? null],
    ['nearest_similarity', ({ neighbours }) => neighbours.at(0)?.score ?? null],
    ['nearest_match', ({ neighbours }) => neighbours.at(0)?.match ?? null],
    ['nearest_package', ({ neighbours }) => neighbours.at(0)?.package ?? null],
    ['nearest_version', ({ neighbours }) => neighbours.at(0)?.version ?? null],
    ['nearest_compiler', ({ neighbours }) => neighbours.at(0)?.compiler ?? null],
    ['nearest_level', ({ neighbours }) => neighbours.at(0)?.optimization ?? null],
    ['found_by', ({ foundBy }) => foundBy],
    ['instructions', ({ instructions }) => instructions],
    ['blocks', ({ blocks }) => blocks],
    ['calls', ({ calls }) => calls.join(LIST)],
    ['strings', ({ strings }) => strings.join(LIST)],
    ['left_open', ({ abstained }) => abstained.join(LIST)],
    ['labels', ({ labels }) => labels.map(({ label }) => label).join(LIST)],
    ['label_score', ({ labels }) => labels.at(0)?.score ?? null],
    ['summary', ({ summary }) => summary?.text ?? null],
    ['summary_score', ({ summary }) => summary?.score ?? null],
    ['capabilities', ({ capabilities }) => capabilities.map(({ text }) => text).join(LIST)],
    ['summary_by', ({ summary }) => (summary === null ? null : restsOn(summary))],
  ];

/** The names of the columns, for whoever documents or reads them. */
export const CSV_COLUMNS: readonly string[] = COLUMNS.map(([title]) => title);

/** The titles, and a line for each function of the reports. */
export function* renderCsv(reports: Iterable<Report>): Generator<string> {
  yield csvLine(CSV_COLUMNS);
  for (const report of reports) yield* csvRows(report);
}

/** The lines of a report without the titles. */
export function* csvRows(report: Report): Generator<string> {
  for (const entry of report.functions) yield csvLine(COLUMNS.map(([, cell]) => cell(entry, report)));
}

/** Cells as a line; texts in quotes, numbers bare, what is not known empty. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(cell: Cell): string {
  if (cell === null || cell === '') return '';
  if (typeof cell === 'number') return String(cell);
  return `"${harmless(cell).replaceAll('"', '""')}"`;
}

/**
 * What begins a formula, also in letters of full width, gets an apostrophe: at the start of a cell, and after a
 * semicolon, because where that parts the cells a spreadsheet takes no notice of our quotes.
 */
function harmless(text: string): string {
  return text.replace(/(^|;)(\s*["']*)(?=[=+\-@\t\r\n＝＋－＠])/g, "$1'$2");
}

/**
 * A report for a person: what the file is, then one line a function, the most interesting first. A name that
 * the file gives, one that the model suggests and one that nobody knows are told apart at a glance.
 */

import type { FunctionReport, Report } from '../schema.ts';
import { type Cell, type Column, fit, layOut, percent } from './columns.ts';
import { draftLines, functionEvidence, reasons } from './evidence.ts';
import { header } from './header.ts';
import { shownName } from './name.ts';
import { PLAIN, type Style } from './style.ts';

export interface TextOptions {
  /** Cells in a line. */
  width: number;
  style?: Style;
  /** Adds to each function its evidence: what it resembles and where that is from, what it calls and says. */
  verbose?: boolean;
  /** At most this many functions; all where absent. */
  limit?: number;
}

/** Below this the place for evidence would be too short to say anything. */
const NARROWEST = 60;
/** On a line of this width there is room for each function's compiler and level. */
const ROOM_FOR_BUILD = 110;

/** The report as text, its last line ended. */
export function renderText(report: Report, options: TextOptions): string {
  const style = options.style ?? PLAIN;
  const width = Math.max(NARROWEST, options.width);
  const ordered = [...report.functions].sort((a, b) => a.interest - b.interest);
  const shown = ordered.slice(0, options.limit ?? ordered.length);
  const lines = header(report, width, style);
  if (shown.length > 0) {
    const [titles, ...rows] = layOut(
      columnsFor(width),
      shown.map((entry) => cellsOf(entry, style, width)),
      width,
      style.heading,
    );
    lines.push('', titles);
    rows.forEach((row, at) => {
      lines.push(row);
      if (options.verbose) lines.push(...functionEvidence(shown[at], width, style));
      lines.push(...draftLines(shown[at], width, style));
    });
  }
  const folded = foldedLine(ordered.slice(shown.length));
  if (folded !== null) lines.push(style.faint(fit(folded, width)));
  return `${lines.join('\n')}\n`;
}

function columnsFor(width: number): Column[] {
  const columns: Column[] = [
    { title: 'ADDRESS', align: 'right', most: 18 },
    { title: 'BYTES', align: 'right', most: 9 },
    { title: 'NAME', align: 'left', most: Math.floor(width * 0.3) },
    { title: 'SURE', align: 'right', most: 8 },
    { title: 'ARGS', align: 'right', most: 4 },
  ];
  if (width >= ROOM_FOR_BUILD) columns.push({ title: 'BUILD', align: 'left', most: 14 });
  return [...columns, { title: 'BECAUSE', align: 'left', most: Number.POSITIVE_INFINITY }];
}

function cellsOf(entry: FunctionReport, style: Style, width: number): Cell[] {
  const [name, sure] = nameCells(entry, style);
  const cells: Cell[] = [
    { text: entry.address },
    { text: entry.size.toLocaleString('en-US') },
    name,
    sure,
    { text: entry.arguments === null ? '' : String(entry.arguments.count) },
  ];
  if (width >= ROOM_FOR_BUILD) {
    cells.push({
      text: [entry.compiler?.label, entry.optimization?.label].filter(Boolean).join(' '),
      paint: style.faint,
    });
  }
  return [...cells, { text: reasons(entry), paint: style.faint }];
}

/** The name and how sure it is: of the file, of the start-up code, of the model with its probability, unknown. */
function nameCells(entry: FunctionReport, style: Style): [Cell, Cell] {
  const { text, origin, score } = shownName(entry);
  if (origin === 'file') {
    return [{ text, paint: style.known }, { text: entry.symbol === null ? 'certain' : 'symbol' }];
  }
  if (origin === 'suggested') return [{ text: `${text}?`, paint: style.suggested }, { text: percent(score) }];
  return [{ text: '·', paint: style.faint }, { text: '' }];
}

/** What the lines above leave out. */
function foldedLine(rest: readonly FunctionReport[]): string | null {
  if (rest.length === 0) return null;
  const count = (kind: FunctionReport['kind']) => rest.filter((entry) => entry.kind === kind).length;
  const parts = [
    plural(count('function'), 'more function'),
    plural(count('thunk'), 'import stub'),
    plural(count('fragment'), 'cold fragment'),
  ].filter((part) => !part.startsWith('0 '));
  return `… and ${parts.join(', ')}: --all shows them, -v the evidence`;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** The head of a report: what the file is, who built it, how much of it could be told. */

import { CLEAR } from '../overall.ts';
import type { FunctionReport, Report, Tally } from '../schema.ts';
import { fit, percent } from './columns.ts';
import { algorithmsOf, likenesses } from './reasons.ts';
import type { Style } from './style.ts';

const KINDS = { executable: 'executable', shared: 'shared library', relocatable: 'object file' } as const;
/** Names of this many cuts fit a screen; the JSON report has all. */
const MOST_CUTS = 5;
/** From this share on it is likely, and below it the file is mixed or the answers are not worth much. */
const MAJORITY = 0.5;

/** A line of the head. */
export interface Fact {
  what: string;
  text: string;
  /** Something of the file is missing. */
  warning?: true;
}

/** What is said of the file and its functions together; of what was left out, only so much as fits a screen. */
export function factsOf(report: Report): Fact[] {
  const facts: Fact[] = [];
  if (report.functions.length === 0) facts.push({ what: 'functions', text: 'none found' });
  else {
    facts.push(
      { what: 'compiler', text: verdict(report.overall.compiler) },
      { what: 'level', text: verdict(report.overall.optimization) },
      { what: 'functions', text: census(report.functions) },
      { what: 'names', text: knowledge(report.functions) },
    );
  }
  const like = likenesses(report.functions).map((one) => `${one.label} ${number(one.functions)}`);
  if (like.length > 0) facts.push({ what: 'like', text: like.join(', ') });
  const algorithms = counted(report.functions.flatMap(algorithmsOf));
  if (algorithms !== '') facts.push({ what: 'algorithms', text: algorithms });
  if (report.meaning !== undefined) {
    const labels = counted(report.functions.flatMap((entry) => entry.labels.map(({ label }) => label)));
    facts.push({ what: 'labels', text: labels || 'none: no function fits one well enough' });
  }
  if (report.summaries !== undefined) facts.push({ what: 'summaries', text: sentences(report.functions) });
  facts.push({
    what: 'model',
    text: [report.model, report.meaning, report.summaries].flatMap((one) => one?.id ?? []).join(', '),
  });
  for (const cut of report.cuts.slice(0, MOST_CUTS)) {
    facts.push({ what: 'left out', text: `${cut.where}: ${cut.reason}`, warning: true });
  }
  const unsaid = report.cuts.length - MOST_CUTS;
  if (unsaid > 0) {
    facts.push({ what: 'left out', text: `${unsaid} more parts; --json lists them`, warning: true });
  }
  if (report.skipped.length > 0) {
    const [first] = report.skipped;
    const text = `${number(report.skipped.length)} functions; the first, ${first.address}: ${first.reason}`;
    facts.push({ what: 'skipped', text, warning: true });
  }
  return facts;
}

/** `ELF x86-64 executable, stripped, 151 KB` */
export function describeKind({ format, arch, kind, stripped, size }: Report['file']): string {
  const facts = [
    `${format.toUpperCase()} ${arch} ${KINDS[kind]}`,
    stripped ? 'stripped' : 'with symbols',
    byteCount(size),
  ];
  return facts.join(', ');
}

export function header(report: Report, width: number, style: Style): string[] {
  const { file } = report;
  return [
    style.heading(fit(file.path, width)),
    `  ${describeKind(file)}, sha256 ${file.sha256.slice(0, 16)}…`,
    ...factsOf(report).map(({ what, text, warning }) => {
      const line = fit(`  ${what.padEnd(11)}${text}`, width);
      return warning ? style.warning(line) : line;
    }),
  ];
}

/** `gcc-12 (93 % of 312 functions)`; less sure words for less of a majority. */
function verdict({ judged, labels }: Tally): string {
  const [first, second] = labels;
  if (first === undefined) return 'cannot be told';
  const share = `${percent(first.share)} of ${number(judged)} ${judged === 1 ? 'function' : 'functions'}`;
  if (first.share >= CLEAR) return `${first.label} (${share})`;
  if (first.share >= MAJORITY || second === undefined) return `probably ${first.label} (${share})`;
  return `unclear: ${first.label} ${percent(first.share)}, ${second.label} ${percent(second.share)}`;
}

function census(functions: readonly FunctionReport[]): string {
  const count = (kind: FunctionReport['kind']) => functions.filter((entry) => entry.kind === kind).length;
  const besides: string[] = [];
  if (count('thunk') > 0) besides.push(`${number(count('thunk'))} import stubs`);
  if (count('fragment') > 0) besides.push(`${number(count('fragment'))} cold fragments`);
  return [number(count('function')), besides.join(' and ')].filter(Boolean).join(', besides ');
}

/** How many names there are, and whose. */
function knowledge(functions: readonly FunctionReport[]): string {
  const real = functions.filter((entry) => entry.kind === 'function');
  const given = real.filter((entry) => entry.symbol !== null || entry.role !== null).length;
  const nameless = real.filter((entry) => entry.symbol === null && entry.role === null);
  const suggested = nameless.filter((entry) => entry.names.length > 0).length;
  const open = nameless.length - suggested;
  const parts = [`${number(given)} from the file`, `${number(suggested)} suggested (?)`];
  if (open > 0) parts.push(`${number(open)} left open (·): like nothing known`);
  return parts.join(', ');
}

/** How many functions have which, most first: `hashing 3, sorting 1`. */
function counted(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return sorted.map(([text, functions]) => `${text} ${number(functions)}`).join(', ');
}

/** How many functions have a summary, of those that were asked about. */
function sentences(functions: readonly FunctionReport[]): string {
  const given = functions.filter(({ summary }) => summary !== null).length;
  const asked = given + functions.filter(({ noSummary }) => noSummary !== undefined).length;
  return `${number(given)} of ${number(asked)} that were asked about`;
}

/** `147 KB`, in thousands as `ls` of most desktops counts. */
function byteCount(size: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

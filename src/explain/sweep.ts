/**
 * A sweep explains every program of a machine and counts what came of it: how long each took, what was refused
 * and why, and how often the model gave no answer. Here are the counts; files and processes are the edge's.
 */

import type { Report } from './schema.ts';

/** The fields whose abstentions are counted: labels are another model's, and nothing answers the others yet. */
export const SWEPT_FIELDS = ['names', 'compiler', 'optimization', 'arguments'] as const;

export type Abstentions = Record<(typeof SWEPT_FIELDS)[number], number>;

/** What a report holds, in numbers. */
export interface ReportCounts {
  /** All that the report lists. */
  functions: number;
  thunks: number;
  fragments: number;
  /** Functions that the model was asked about: neither thunks nor fragments. */
  asked: number;
  /** Of those, how many have a name in the file. */
  symbols: number;
  /** Of those, how many were left open. */
  abstained: Abstentions;
  instructions: number;
  stripped: boolean;
  kind: Report['file']['kind'];
  skipped: number;
  /** What was left out of a partial report, the first few. */
  cuts: string[];
}

/**
 * What came of a file. `refused` is one of our own errors, which is a right answer to a file that is damaged or
 * of another machine; `crashed` and `hung` are defects of ours.
 */
export type SweepOutcome =
  | { outcome: 'explained'; counts: ReportCounts }
  | { outcome: 'refused'; error: { kind: string; message: string } }
  | { outcome: 'crashed' | 'hung'; error: { kind: 'internal'; message: string } };

export type SweepRow = SweepOutcome & {
  path: string;
  /** Bytes. */
  size: number;
  /** From the file's path to the text of its report. */
  seconds: number;
};

/** Cuts that a row keeps: enough to see what is wrong with a file. */
const MAX_CUTS = 3;

export function countReport(report: Report): ReportCounts {
  const { functions, file, skipped, cuts } = report;
  const asked = functions.filter(({ kind }) => kind === 'function');
  const abstained: Abstentions = { names: 0, compiler: 0, optimization: 0, arguments: 0 };
  for (const entry of asked) {
    for (const field of SWEPT_FIELDS) if (entry.abstained.includes(field)) abstained[field]++;
  }
  return {
    functions: functions.length,
    thunks: functions.filter(({ kind }) => kind === 'thunk').length,
    fragments: functions.filter(({ kind }) => kind === 'fragment').length,
    asked: asked.length,
    symbols: asked.filter(({ symbol }) => symbol !== null).length,
    abstained,
    instructions: functions.reduce((sum, { instructions }) => sum + instructions, 0),
    stripped: file.stripped,
    kind: file.kind,
    skipped: skipped.length,
    cuts: cuts.slice(0, MAX_CUTS).map(({ where, reason }) => `${where}: ${reason}`),
  };
}

export interface SweepTotals {
  files: number;
  bytes: number;
  explained: number;
  partial: number;
  refused: number;
  crashed: number;
  hung: number;
  /** Refusals by kind of error. */
  errors: Record<string, number>;
  seconds: number;
  functions: number;
  thunks: number;
  fragments: number;
  instructions: number;
  asked: number;
  symbols: number;
  /** Share of the functions asked about that were left open. */
  abstained: Abstentions;
}

/** Programs of a size. */
export interface SizeClass {
  /** Functions: from this many up to, and without, `below`. */
  from: number;
  /** Null for the last class. */
  below: number | null;
  files: number;
  functions: number;
  seconds: number;
  median: number;
  slowest: number;
}

export function totalsOf(rows: readonly SweepRow[]): SweepTotals {
  const totals: SweepTotals = {
    files: rows.length,
    bytes: 0,
    explained: 0,
    partial: 0,
    refused: 0,
    crashed: 0,
    hung: 0,
    errors: {},
    seconds: 0,
    functions: 0,
    thunks: 0,
    fragments: 0,
    instructions: 0,
    asked: 0,
    symbols: 0,
    abstained: { names: 0, compiler: 0, optimization: 0, arguments: 0 },
  };
  for (const row of rows) {
    totals.bytes += row.size;
    totals.seconds += row.seconds;
    totals[row.outcome]++;
    if (row.outcome === 'refused') totals.errors[row.error.kind] = (totals.errors[row.error.kind] ?? 0) + 1;
    if (row.outcome !== 'explained') continue;
    const { counts } = row;
    if (isPartial(counts)) totals.partial++;
    for (const field of ['functions', 'thunks', 'fragments', 'instructions', 'asked', 'symbols'] as const) {
      totals[field] += counts[field];
    }
    for (const field of SWEPT_FIELDS) totals.abstained[field] += counts.abstained[field];
  }
  for (const field of SWEPT_FIELDS) totals.abstained[field] /= totals.asked;
  return totals;
}

export function isPartial({ cuts, skipped }: ReportCounts): boolean {
  return cuts.length > 0 || skipped > 0;
}

/** Functions where a new class begins; the reader's aim is set for 5,000. */
const CLASS_BOUNDS = [0, 100, 1000, 5000, 20_000];

/** Explained programs by their number of functions. */
export function sizeClasses(rows: readonly SweepRow[]): SizeClass[] {
  const explained = rows.filter((row) => row.outcome === 'explained');
  return CLASS_BOUNDS.map((from, i) => {
    const below = CLASS_BOUNDS.at(i + 1) ?? null;
    const inside = explained.filter(
      ({ counts }) => counts.functions >= from && (below === null || counts.functions < below),
    );
    const seconds = inside.map((row) => row.seconds).sort((a, b) => a - b);
    return {
      from,
      below,
      files: inside.length,
      functions: inside.reduce((sum, { counts }) => sum + counts.functions, 0),
      seconds: seconds.reduce((sum, s) => sum + s, 0),
      median: seconds.at(seconds.length >> 1) ?? 0,
      slowest: seconds.at(-1) ?? 0,
    };
  });
}

/** Functions of the third program that the project's aim names, stripped as shipped; and what is about as many. */
const AIM_FUNCTIONS = 5000;
const ABOUT = 1000;

/** The programs that must be explained in little time: git, bash, and a stripped one of about 5,000 functions. */
export function programsOfTheAim(rows: readonly SweepRow[]): SweepRow[] {
  const named = ['git', 'bash'].flatMap((name) => rows.find(({ path }) => path.endsWith(`/${name}`)) ?? []);
  const distance = (row: SweepRow): number =>
    row.outcome === 'explained' && row.counts.stripped && row.counts.kind === 'executable'
      ? Math.abs(row.counts.functions - AIM_FUNCTIONS)
      : Infinity;
  const third = rows
    .filter((row) => !named.includes(row) && distance(row) < ABOUT)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, 1);
  return [...named, ...third];
}

/** A program explained by a process of its own, some times: what a user waits for. */
export interface TimedProgram {
  path: string;
  size: number;
  functions: number;
  /** Wall time of each run. */
  seconds: number[];
}

/** What a sweep passed over. */
export interface PassedOver {
  /** Links, symbolic or hard, to files that are there under another path. */
  links: number;
  /** Files that are no ELF files, by what they are. */
  others: Record<string, string[]>;
}

export interface SweepReport {
  schema: 1;
  tool: string;
  model: string;
  machine: { system: string; processor: string; cores: number; node: string };
  /** Programs explained at the same time. */
  jobs: number;
  /** Seconds after which a program is given up. */
  limit: number;
  places: string[];
  totals: SweepTotals;
  classes: SizeClass[];
  timed: {
    /** Programs that ran or waited, on average over the minute before the first run. */
    load: number;
    /** Of all models that answered, that of labels too. */
    models: string[];
    programs: TimedProgram[];
  };
  passedOver: PassedOver;
  /** By path. */
  rows: SweepRow[];
}

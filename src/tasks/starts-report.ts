/** What `study starts` writes down: counts of function starts added up, and from what they come. */

import { sha256 } from '../corpus/hash.ts';
import { compareText } from '../corpus/text.ts';
import { VERSION } from '../version.ts';
import {
  NOTHING,
  RUNTIME,
  type StartCounts,
  type StartsOfProgram,
  type Stripping,
} from './function-starts.ts';
import { count } from '../numbers.ts';

/** A line of a table. */
export interface StartsRow extends StartCounts {
  name: string;
  precision: number;
  recall: number;
  /** Of each program, their means and the least of them. */
  perProgram: Record<'precision' | 'recall', { mean: number; least: number }>;
}

export interface StartsReport {
  schema: 1;
  tool: string;
  /** What the programs had lost. */
  stripping: Stripping;
  /** What was measured. */
  inputs: {
    programs: number;
    /** SHA-256 of the programs' own SHA-256, a line each in order of package, compiler, level and path. */
    sha256: string;
    packages: { name: string; version: string; programs: number }[];
    compilers: { name: string; version: string; programs: number }[];
    /** Builds of which there is no program, as `grep clang-14 -O2`. */
    absent: string[];
  };
  /**
   * What precision and recall must reach over the programs of these compilers together, and where it is asked for
   * as means over the programs too.
   */
  bar: Bar & { met: boolean };
  /** The compilers of the bar together, then each compiler. */
  pooled: StartsRow[];
  levels: StartsRow[];
  packages: StartsRow[];
  /** Package, compiler and level. */
  builds: StartsRow[];
  /** Names of the C runtime's stubs, which count neither for nor against. */
  runtime: string[];
  /** What went wrong, most often first: in how many programs, and one of them. */
  differences: { what: string; compiler: string; programs: number; example: string }[];
  /** Kinds of differences not listed. */
  unlisted: number;
}

interface Bar {
  precision: number;
  recall: number;
  compilers: string[];
  perProgram: boolean;
}

/** The project's aims. */
const BARS: Readonly<Record<Stripping, Bar>> = {
  symbols: { precision: 0.995, recall: 0.995, compilers: ['gcc-12', 'clang-19'], perProgram: false },
  'unwind tables too': {
    precision: 0.95,
    recall: 0.9,
    compilers: ['gcc-12', 'clang-14', 'clang-19'],
    perProgram: true,
  },
};
/** Enough to see the patterns. */
const MAX_LISTED = 50;

/** Adds up. `measured` is in the order of `listPrograms`. */
export function reportStarts(
  measured: readonly StartsOfProgram[],
  stripping: Stripping = 'symbols',
): StartsReport {
  const bar = BARS[stripping];
  const judged = measured.filter(({ compiler }) => bar.compilers.includes(compiler));
  const compilers = [...bar.compilers, ...groupBy(measured, (p) => p.compiler).keys()];
  const all = sum(`${bar.compilers.join(' and ')} together`, judged);
  const differences = gatherDifferences(measured);
  return {
    schema: 1,
    tool: `binscribe ${VERSION}`,
    stripping,
    inputs: describeInputs(measured),
    bar: { ...bar, met: isMet(bar, all) },
    pooled: [
      all,
      ...[...new Set(compilers)].map((name) =>
        sum(
          name,
          measured.filter((p) => p.compiler === name),
        ),
      ),
    ],
    levels: rows(measured, (p) => `${p.compiler} -${p.optimization}`),
    packages: rows(judged, (p) => `${p.package} ${p.version}`),
    builds: rows(measured, buildOf),
    runtime: [...RUNTIME],
    differences: differences.slice(0, MAX_LISTED),
    unlisted: Math.max(0, differences.length - MAX_LISTED),
  };
}

function isMet(bar: Bar, { precision, recall, perProgram }: StartsRow): boolean {
  const pooled = precision >= bar.precision && recall >= bar.recall;
  if (!bar.perProgram) return pooled;
  return pooled && perProgram.precision.mean >= bar.precision && perProgram.recall.mean >= bar.recall;
}

function buildOf(program: Pick<StartsOfProgram, 'package' | 'compiler' | 'optimization'>): string {
  return `${program.package} ${program.compiler} -${program.optimization}`;
}

function describeInputs(measured: readonly StartsOfProgram[]): StartsReport['inputs'] {
  const count = (
    key: (p: StartsOfProgram) => string,
    version: (p: StartsOfProgram) => string,
  ): { name: string; version: string; programs: number }[] =>
    [...groupBy(measured, (p) => `${key(p)} ${version(p)}`).values()].map((group) => ({
      name: key(group[0]),
      version: version(group[0]),
      programs: group.length,
    }));
  const present = new Set(measured.map(buildOf));
  const levels = new Set(measured.map((p) => `${p.compiler} -${p.optimization}`));
  const names = new Set(measured.map((p) => p.package));
  return {
    programs: measured.length,
    sha256: sha256(measured.map((p) => `${p.sha256}\n`).join('')),
    packages: count(
      (p) => p.package,
      (p) => p.version,
    ),
    compilers: count(
      (p) => p.compiler,
      (p) => p.compilerVersion,
    ),
    absent: [...names].flatMap((name) =>
      [...levels].map((level) => `${name} ${level}`).filter((build) => !present.has(build)),
    ),
  };
}

function gatherDifferences(measured: readonly StartsOfProgram[]): StartsReport['differences'] {
  const gathered = new Map<string, StartsReport['differences'][number]>();
  for (const program of measured) {
    for (const what of program.differences) {
      const { compiler } = program;
      const key = `${compiler} ${what}`;
      const known = gathered.get(key);
      if (known) known.programs++;
      else
        gathered.set(key, {
          what,
          compiler,
          programs: 1,
          example: `${program.package} -${program.optimization} ${program.binary}`,
        });
    }
  }
  return [...gathered.values()].sort((a, b) => b.programs - a.programs || compareText(a.what, b.what));
}

function rows(measured: readonly StartsOfProgram[], key: (p: StartsOfProgram) => string): StartsRow[] {
  return [...groupBy(measured, key)].sort(([a], [b]) => compareText(a, b)).map(([name, of]) => sum(name, of));
}

function sum(name: string, programs: readonly StartsOfProgram[]): StartsRow {
  const total = { ...NOTHING };
  for (const { counts } of programs) {
    for (const field of Object.keys(NOTHING) as (keyof StartCounts)[]) total[field] += counts[field];
  }
  const rates = (rate: (counts: StartCounts) => number): { mean: number; least: number } => {
    // A program without functions of its own has no rates.
    const all = programs.map(({ counts }) => rate(counts)).filter((value) => !Number.isNaN(value));
    return { mean: all.reduce((a, b) => a + b, 0) / all.length, least: Math.min(...all) };
  };
  return {
    name,
    ...total,
    precision: precisionOf(total),
    recall: recallOf(total),
    perProgram: { precision: rates(precisionOf), recall: rates(recallOf) },
  };
}

function precisionOf({ found, invented }: StartCounts): number {
  return found / (found + invented);
}

function recallOf({ found, missed }: StartCounts): number {
  return found / (found + missed);
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** The report as tables for people. */
export function renderStarts(report: StartsReport): string {
  const { inputs, bar, pooled, levels, packages, builds, runtime, differences, unlisted } = report;
  const list = (items: readonly { name: string; version: string; programs: number }[]): string[] =>
    items.map(({ name, version, programs }) => `- ${name}: ${version} (${programs} programs)`);
  return [
    report.stripping === 'symbols'
      ? '# Function starts of stripped programs'
      : '# Function starts of stripped programs without unwind tables',
    '',
    `Programs that \`binscribe corpus build\` has kept were stripped by \`strip\`${report.stripping === 'symbols' ? '' : ' of symbols and of `.eh_frame` and `.eh_frame_hdr`'}; the functions that ${report.tool} found in them were compared with the function symbols (STT_FUNC, in executable sections) that they had before. \`.cold\` and \`.part\` fragments count as fragments, the C runtime’s own stubs apart. Written by \`binscribe study starts${report.stripping === 'symbols' ? '' : ' --no-unwind-tables'}\`; the JSON file beside this one holds all digits.`,
    '',
    `Precision of at least ${bar.precision} and recall of at least ${bar.recall} over ${bar.compilers.join(' and ')}${bar.perProgram ? ', of all functions and as means over the programs' : ''}: **${bar.met ? 'met' : 'not met'}**.`,
    '',
    `Of single programs: precision ${rate(pooled[0].perProgram.precision.mean)} on average and ${rate(pooled[0].perProgram.precision.least)} at least, recall ${rate(pooled[0].perProgram.recall.mean)} and ${rate(pooled[0].perProgram.recall.least)}.`,
    '',
    ...table('compiler', pooled),
    '## By compiler and level',
    '',
    ...table('build', levels),
    `## By package (${bar.compilers.join(' and ')})`,
    '',
    ...table('package', packages),
    '## By build',
    '',
    ...table('build', builds),
    '## Differences',
    '',
    ...(differences.length === 0 ? ['None.'] : []),
    ...differences.map(
      ({ what, compiler, programs, example }) =>
        `- ${what} (${compiler}, ${programs} program${programs === 1 ? '' : 's'}, as ${example})`,
    ),
    ...(unlisted > 0 ? [`- and ${unlisted} more`] : []),
    '',
    'A start is taken for the other kind where the stripped file tells no difference: GCC leaves a cold part to a plain jump and an unwind entry of its own, which a tail call looks like; Clang ends functions in conditional tail calls, which a branch to a cold part looks like.',
    '',
    '## What was measured',
    '',
    `${inputs.programs.toLocaleString('en-US')} programs, SHA-256 of their SHA-256 \`${inputs.sha256}\`:`,
    '',
    ...list(inputs.packages),
    '',
    'built by',
    '',
    ...list(inputs.compilers),
    '',
    ...(inputs.absent.length > 0 ? [`No program of: ${inputs.absent.join(', ')}.`, ''] : []),
    `The C runtime’s stubs: ${runtime.map((name) => `\`${name}\``).join(', ')}.`,
    '',
  ].join('\n');
}

function table(heading: string, lines: readonly StartsRow[]): string[] {
  return [
    `| ${heading} | programs | functions | precision | recall | missed | invented | cold fragments told | part fragments told | runtime stubs found |`,
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines.map((c) => {
      const cells = [
        c.name,
        count(c.programs),
        count(c.found + c.missed),
        `**${rate(c.precision)}**`,
        `**${rate(c.recall)}**`,
        count(c.missed),
        count(c.invented),
        `${count(c.coldTold)} of ${count(c.cold)}`,
        `${count(c.partTold)} of ${count(c.part)}`,
        `${count(c.runtimeFound)} of ${count(c.runtime)}`,
      ];
      return `| ${cells.join(' | ')} |`;
    }),
    '',
  ];
}

/** Five digits: most rates differ from 1 in the fourth. */
function rate(value: number): string {
  return Number.isFinite(value) ? value.toFixed(5).replace(/^0\./, '.') : '–';
}

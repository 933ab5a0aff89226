/** The study of drafts as Markdown. */

import type { FaithfulnessFit } from '../../models/drafts/faithfulness.ts';
import type { LiftPart } from './lifting.ts';
import {
  MUTANTS,
  nameOf,
  WAY_NAMES,
  type ChoicePart,
  type ReexecutionPart,
  type StudyPart,
} from './study.ts';

export interface DraftsReport {
  readonly schema: 1;
  readonly tool: string;
  /** SHA-256 of decompile-eval.json. */
  readonly data: string;
  readonly problems: number;
  /** Name and first line of `--version`; the first made the targets. */
  readonly compilers: readonly { name: string; version: string }[];
  readonly seed: number;
  readonly rivals: number;
  readonly parts: readonly StudyPart[];
  /** What is made of the likeness of lifted drafts. */
  readonly faithfulness: FaithfulnessFit;
}

const percent = (value: number): string => (100 * value).toFixed(1);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export function renderDrafts(report: DraftsReport): string {
  const { parts, compilers, problems, data, rivals, seed } = report;
  const tests = parts.filter((part) => part.kind === 'reexecution');
  const choices = parts.filter((part) => part.kind === 'choice');
  const lifted = parts.filter((part) => part.kind === 'lifting');
  const [first] = compilers;
  return [
    '# Drafts: what the judges are worth',
    '',
    `On the ${problems} problems of Decompile-Eval (SHA-256 \`${data.slice(0, 12)}\`), without any network. Written by \`binscribe study drafts\`, seed ${seed}; ${compilers.map(({ version }) => version).join('; ')}.`,
    '',
    '## Unit tests',
    '',
    `Each reference and its test, compiled with ${first.name} and run in the sandbox. *Decides nothing*: a function with an empty body, or one that returns 0, passes the test too; shares of functions that pass should be given without these problems as well.`,
    '',
    ...testTable(tests, problems),
    ...(['other functions', 'mutants'] as const).flatMap((kind) => {
      const some = choices.filter((part) => part.rivals === kind);
      return some.length === 0 ? [] : choiceSection(kind, some, rivals);
    }),
    ...liftSection(lifted, tests, report.faithfulness),
  ].join('\n');
}

function testTable(parts: readonly ReexecutionPart[], problems: number): string[] {
  return [
    row(['level', 'references that pass', 'that do not', 'tests that decide nothing']),
    row(['---', '---:', '---', '---']),
    ...parts.map(({ level, endings, failing, undecided }) =>
      row([
        level,
        `${endings.passed ?? 0} of ${problems}`,
        failing.join(', ') || '–',
        undecided.join(', ') || '–',
      ]),
    ),
    '',
  ];
}

function liftSection(
  parts: readonly LiftPart[],
  tests: readonly ReexecutionPart[],
  { intercept, slope, share }: FaithfulnessFit,
): string[] {
  if (parts.length === 0) return [];
  return [
    '## Drafts by rules',
    '',
    "The code of each reference lifted to C by `src/lift`, which learns nothing, with the name that the test calls it by. *Passes* counts of all problems; *of those that decide* leaves out the tests that a function without a body passes. *Likeness*: of the draft's code, compiled in the same way, with the reference's, in the mean over what compiles. *BLEU*: smoothed BLEU-4 with the reference, in the mean over what was lifted.",
    '',
    row([
      'level',
      'lifted',
      'compiles',
      'passes',
      'of those that decide',
      'does not pass',
      'likeness',
      'BLEU',
    ]),
    row(['---', '---:', '---:', '---:', '---:', '---', '---:', '---:']),
    ...parts.map((part) => {
      const { level, targets, lifted, compiles, passes, failing, likeness, bleu, reasons } = part;
      const undecided = tests.find((one) => one.level === level)?.undecided;
      const missed = new Set([...failing, ...reasons.flatMap(({ problems }) => problems)]);
      const decided = undecided && targets - undecided.length;
      const passed = undecided && passes - undecided.filter((id) => !missed.has(id)).length;
      return row([
        level,
        `${lifted} of ${targets}`,
        `${compiles}`,
        `${passes}`,
        decided === undefined ? '–' : `${passed} of ${decided}`,
        failing.join(', ') || '–',
        likeness.toFixed(2),
        bleu.toFixed(3),
      ]);
    }),
    '',
    `The probability that a lifted draft passes: ${percent(share)} % where it is not compiled again, and else that of log-odds of ${intercept} + ${slope} * likeness (logistic regression over the ${parts.reduce((sum, { lifted }) => sum + lifted, 0)} drafts above).`,
    '',
    ...parts.flatMap(({ level, reasons }) =>
      reasons.map(({ reason, problems }) => `- ${level}, not lifted for ${reason}: ${problems.join(', ')}`),
    ),
    '',
  ];
}

const INTRODUCTIONS: Readonly<Record<ChoicePart['rivals'], (rivals: number) => string>> = {
  'other functions': (rivals) =>
    `The reference among ${rivals} other problems' functions: how often its code is the likest to the target's, % [95 % interval, bootstrap over problems]. Rows: how the target was compiled; columns: how the candidates were. Ties count as misses.`,
  mutants: () =>
    `The same among near misses: the reference with one operator or small number exchanged, of ${MUTANTS} drawn those that compile and fail the unit test.`,
};

function choiceSection(kind: ChoicePart['rivals'], parts: readonly ChoicePart[], rivals: number): string[] {
  const columns = [...new Set(parts.map(({ candidates }) => nameOf(candidates)))];
  const targets = [...new Set(parts.map(({ target }) => nameOf(target)))];
  const find = (target: string, column: string): ChoicePart | undefined =>
    parts.find((part) => nameOf(part.target) === target && nameOf(part.candidates) === column);
  const cell = (part: ChoicePart | undefined): string => {
    if (part === undefined) return '–';
    const { value, interval } = part.right.likeness;
    return `${percent(value)} [${percent(interval.low)}, ${percent(interval.high)}]`;
  };
  const [{ problems, among, chance }] = parts;
  return [
    `## The right source among ${kind}`,
    '',
    `${INTRODUCTIONS[kind](rivals)} ${problems} problems, ${among.toFixed(1)} rivals in the mean, ${percent(chance)} % by chance.`,
    '',
    row(['target', ...columns]),
    row(['---', ...columns.map(() => '---:')]),
    ...targets.map((target) => row([target, ...columns.map((column) => cell(find(target, column)))])),
    '',
    'By way of comparing, in the mean over the cells; *length* looks at the number of instructions alone. Then the mean likeness of the right source, and of the best rival.',
    '',
    row(['candidates were compiled', ...WAY_NAMES, 'right', 'best rival']),
    row(['---', ...WAY_NAMES.map(() => '---:'), '---:', '---:']),
    ...GROUPS.flatMap(([name, belongs]) => {
      const some = parts.filter(belongs);
      const mean = (of: (part: ChoicePart) => number): number =>
        some.reduce((sum, part) => sum + of(part), 0) / some.length;
      if (some.length === 0) return [];
      return [
        row([
          name,
          ...WAY_NAMES.map((way) => percent(mean(({ right }) => right[way].value))),
          mean(({ own }) => own).toFixed(2),
          mean(({ best }) => best).toFixed(2),
        ]),
      ];
    }),
    '',
  ];
}

const sameCompiler = ({ target, candidates }: ChoicePart): boolean => target.compiler === candidates.compiler;
const isO0 = (level: string): boolean => level === 'O0';
/** Levels on one side of the gulf between -O0 and the others. */
const near = ({ target, candidates }: ChoicePart): boolean => isO0(target.level) === isO0(candidates.level);
const sameLevel = ({ target, candidates }: ChoicePart): boolean => target.level === candidates.level;

const GROUPS: readonly (readonly [string, (part: ChoicePart) => boolean])[] = [
  ['as the target', (part) => sameCompiler(part) && sameLevel(part)],
  ['at another level of -O1 to -O3', (part) => sameCompiler(part) && near(part) && !sameLevel(part)],
  ['across -O0', (part) => sameCompiler(part) && !near(part)],
  ['by the other compiler, same level', (part) => !sameCompiler(part) && sameLevel(part)],
  ['by the other compiler, another level', (part) => !sameCompiler(part) && !sameLevel(part)],
];

/** A study of sets as text: one table, and below it what each set's figures say and what they do not. */

import type { FieldChoice } from './embed.ts';
import { verdictText } from './render.ts';
import type { Checks, StudyFigures, StudyLine, StudyReport } from './study.ts';
import { count } from '../../numbers.ts';

const three = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : 'none');
const span = (ends: readonly number[]): string => ends.map(three).join(' to ');
const cell = (text: string): string => text.replaceAll('|', '\\|');
const figure = ({ pearson, interval }: StudyFigures): string => `${three(pearson)} (${span(interval)})`;
const way = ({ input, output }: StudyLine): string => `${input.embedder}, ${output.embedder}`;

/** A check in words, as it should be. */
const CHECKS: Readonly<Record<keyof Checks, string>> = {
  aboveShuffled: 'the interval lies above shuffled outputs',
  twinAmongShuffled: 'the twin lies among shuffled outputs',
  twinHoldsZero: "the twin's interval holds 0",
  curveIsSquare: 'the curve of spoiled outputs follows (1 - f)²',
  curveFollows:
    'the curve of spoiled outputs follows (1 - f)² but for the part of single items, which follows 1 - f',
};

export function renderStudy(report: StudyReport): string {
  const { lines, seed, resamples, limit, absent } = report;
  const side = ({ field, embedder }: FieldChoice): string => cell(`${field} (${embedder})`);
  const sets = [...new Set(lines.map(({ set }) => set))];
  return [
    '# Embedding Distance Correlation of data sets',
    '',
    `At most ${count(limit)} items of a set, ${resamples} resamples, seed ${seed}. In brackets 95 % intervals by the bootstrap over`,
    'clusters: items that share an input, an output or a definition are drawn together. Shuffled is where 95 % of the',
    'figures lie that the same outputs give at other inputs, what was written once as a whole: more than 0 is what',
    'repetition alone gives. The twin is the set with every output exchanged so, measured as a set of its own.',
    '',
    '| set | items | clusters | input | output | words of an output | EDC | shuffled | twin | lengths fixed | verdict |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines.map(
      ({ set, input, output, whole, twin, outputLength }) =>
        `| ${cell(set)} | ${count(whole.n)} | ${count(whole.clusters.count)} | ${side(input)} | ${side(output)} | ` +
        `${outputLength[1]} | **${figure(whole)}** | ${span(whole.null)} | ${figure(twin)} | ` +
        `${whole.partial === null ? 'none' : three(whole.partial)} | ${whole.verdict.quality}; twin: ${twin.verdict.quality} |`,
    ),
    '',
    ...sets.flatMap((set) =>
      sectionOf(
        set,
        lines.filter((line) => line.set === set),
      ),
    ),
    ...(absent.length === 0
      ? []
      : ['## Not measured', '', ...absent.map(({ set, reason }) => `- ${set}: ${reason}`), '']),
  ].join('\n');
}

function sectionOf(set: string, lines: readonly StudyLine[]): string[] {
  const [{ reason, limits }] = lines;
  return [
    `## ${set}`,
    '',
    ...(reason === null ? [] : [`- Why it is here: ${reason}`]),
    ...lines.map((line) => `- By ${way(line)}: ${verdictText(line.whole.verdict)} ${checksText(line)}`),
    ...(limits === null ? [] : [`- What this does not tell: ${limits}`]),
    '',
  ];
}

function checksText({ checks, whole }: StudyLine): string {
  const named = Object.keys(CHECKS) as (keyof Checks)[];
  const failed = named.filter((name) => !checks[name]);
  const items = `Of single items are ${Math.round(100 * whole.firstOrder)} % of the covariance.`;
  return failed.length === 0
    ? `All checks hold. ${items}`
    : `Does not hold: ${failed.map((name) => CHECKS[name]).join('; ')}. ${items}`;
}

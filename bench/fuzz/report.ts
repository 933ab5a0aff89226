/** What a run of damaged files comes to: counts by outcome, and every failure with its seed. */

import type { Range, Tally } from './child.ts';
import type { Outcome } from './read.ts';
import type { Subject } from './subjects.ts';

/** What decides a mutant and what is done with it: lines made with something else do not count together. */
export interface Head {
  seed: number;
  subjects: string;
  tool: string;
}

/** A range and what came of it. */
export interface Line extends Range {
  tally: Tally;
  /** Seeds whose mutants the child did not survive, with how it ended. */
  lost: { seed: number; failure: 'crashed' | 'hung'; message: string }[];
}

export interface FuzzReport extends Head {
  mutants: number;
  outcomes: Record<Outcome | 'hung' | 'died', number>;
  slowest: { seed: number; subject: string; milliseconds: number };
  /** Each mutant that gave neither a result nor one of our errors. */
  failures: { seed: number; subject: string; failure: string; message: string }[];
  /** What was damaged, in turn. */
  files: { name: string; bytes: number }[];
}

const MEANING: Readonly<Record<keyof FuzzReport['outcomes'], string>> = {
  whole: 'read without a cut: the damage was in nothing that is read',
  partial: 'read, with cuts that say what was left out',
  corrupt: 'refused: corrupt',
  unsupported: 'refused: another format or machine',
  budget: 'refused: budget used up',
  crashed: '**another error: a defect**',
  hung: '**no answer in time: a defect**',
  died: '**the process died: a defect**',
};

export function reportFuzz(head: Head, lines: readonly Line[], subjects: readonly Subject[]): FuzzReport {
  const subjectOf = (seed: number): string => subjects[seed % subjects.length].name;
  const outcomes: FuzzReport['outcomes'] = {
    whole: 0,
    partial: 0,
    corrupt: 0,
    unsupported: 0,
    budget: 0,
    crashed: 0,
    hung: 0,
    died: 0,
  };
  const failures: FuzzReport['failures'] = [];
  let slowest = { seed: 0, milliseconds: 0 };
  for (const { tally, lost } of lines) {
    for (const [outcome, times] of Object.entries(tally.outcomes) as [Outcome, number][]) {
      outcomes[outcome] += times;
    }
    if (tally.slowest.milliseconds > slowest.milliseconds) slowest = tally.slowest;
    for (const { seed, message } of tally.crashes) {
      failures.push({ seed, subject: subjectOf(seed), failure: 'crashed', message });
    }
    for (const { seed, failure, message } of lost) {
      outcomes[failure === 'hung' ? 'hung' : 'died']++;
      failures.push({ seed, subject: subjectOf(seed), failure, message });
    }
  }
  return {
    ...head,
    mutants: lines.reduce((sum, { from, to }) => sum + to - from, 0),
    outcomes,
    slowest: { ...slowest, subject: subjectOf(slowest.seed) },
    failures,
    files: subjects.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
  };
}

/** Markdown. */
export function renderFuzz(report: FuzzReport): string {
  const { mutants, outcomes, slowest, failures, files } = report;
  const number = (value: number): string => value.toLocaleString('en-US');
  const rows = (Object.keys(outcomes) as (keyof typeof outcomes)[]).map(
    (outcome) => `| ${MEANING[outcome]} | ${number(outcomes[outcome])} |`,
  );
  return [
    '# Damaged files through the reader',
    '',
    `${number(mutants)} mutants of seed ${report.seed} (${report.tool}): opened, functions found and taken apart, debugging information read. Written by \`npm run -s fuzz\`; a mutant is its seed, and the same seed makes it again.`,
    '',
    '| what came of it | mutants |',
    '| --- | --- |',
    ...rows,
    '',
    `The slowest took ${slowest.milliseconds.toFixed(0)} ms (${slowest.subject}, seed ${slowest.seed}); each may take 2,000 ms.`,
    '',
    ...failures.map(
      ({ seed, subject, failure, message }) =>
        `- seed ${seed}, ${subject}: ${failure}: ${message.split('\n')[0]}`,
    ),
    ...(failures.length > 0 ? [''] : []),
    `What was damaged, in turn: ${files.map(({ name, bytes }) => `${name} (${number(bytes)} bytes)`).join('; ')}.`,
    '',
  ].join('\n');
}

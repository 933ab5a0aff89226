/** A range of mutants read by a child that may hang or die: whatever it does, the range has an end and a result. */

import type { Helper } from '../../src/cli/sweep/helper.ts';
import type { Range, Tally } from './child.ts';
import type { Line } from './report.ts';

/** Milliseconds after which the child is killed. */
export interface Patience {
  range: number;
  mutant: number;
}

/** Where the child hangs or dies, its mutants are read again one by one, which tells which it was. */
export async function readRange(helper: Helper<Tally>, range: Range, patience: Patience): Promise<Line> {
  const answered = await helper.ask(JSON.stringify(range), patience.range);
  if ('reply' in answered) return { ...range, tally: answered.reply, lost: [] };
  const line: Line = {
    ...range,
    tally: { outcomes: {}, slowest: { seed: range.from, milliseconds: 0 }, crashes: [] },
    lost: [],
  };
  for (let seed = range.from; seed < range.to; seed++) {
    const alone = await helper.ask(JSON.stringify({ from: seed, to: seed + 1 }), patience.mutant);
    if ('failure' in alone) line.lost.push({ seed, ...alone });
    else merge(line.tally, alone.reply);
  }
  return line;
}

function merge(into: Tally, { outcomes, slowest, crashes }: Tally): void {
  for (const [outcome, times] of Object.entries(outcomes) as [keyof Tally['outcomes'], number][]) {
    into.outcomes[outcome] = (into.outcomes[outcome] ?? 0) + times;
  }
  if (slowest.milliseconds > into.slowest.milliseconds) into.slowest = slowest;
  into.crashes.push(...crashes);
}

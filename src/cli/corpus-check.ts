/** `binscribe corpus check`: is a data set whole, and does its test side leak from training? */

import { type BarredMeasure, checkCorpus, type CorpusCheck, renderCheck } from '../corpus/index.ts';
import { BinscribeError } from '../error.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { Steps } from './progress.ts';
import { publish, type ResultFlags } from './result.ts';
import type { Session } from './session.ts';

export interface CheckFlags extends ResultFlags {
  maxExact: number;
  maxNormalized: number;
  maxNear: number;
  maxSource: number;
  similarity: number;
}

/** Milliseconds. What is over sooner needs no account of its speed. */
const WORTH_TELLING = 1000;

/** @throws BinscribeError of kind `corrupt` after the answer, where the data set is damaged or leaks above a bar */
export async function checkDataset(directory: string, flags: CheckFlags, session: Session): Promise<void> {
  const { maxExact, maxNormalized, maxNear, maxSource, similarity } = flags;
  const started = performance.now();
  const steps = new Steps(session);
  const check = printable(
    await checkCorpus(directory, {
      similarity,
      bars: { exact: maxExact, normalized: maxNormalized, near: maxNear, source: maxSource },
      progress: (step, done, total) => steps.update(step, done, total),
    }).finally(() => steps.end()),
  );
  await publish(session, flags, renderCheck(check), renderJson(check));
  tellCost(check, performance.now() - started, session);
  if (check.damage.length > 0) {
    throw new BinscribeError('corrupt', `${directory}: ${check.damage[0]}`, {
      hint: `Build it again, each package on one side: \`binscribe corpus build RECIPE -o ${directory}\`.`,
    });
  }
  failAboveBars(directory, check);
}

/** Time and memory, which differ from run to run and so are no part of the answer. */
function tellCost({ counts }: CorpusCheck, milliseconds: number, session: Session): void {
  if (milliseconds < WORTH_TELLING) return;
  const rows = counts.train.rows + counts.test.rows;
  const seconds = milliseconds / 1000;
  const { user, system } = process.cpuUsage();
  const processor = (user + system) / 1e6;
  // Kilobytes, as Linux counts them.
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  const speed = Math.round(rows / seconds).toLocaleString('en-US');
  session.stderr.write(
    `${rows.toLocaleString('en-US')} functions in ${seconds.toFixed(1)} s (${processor.toFixed(1)} s of a processor): ${speed} a second, ${megabytes} MB of memory at most\n`,
  );
}

const OPTIONS: Readonly<Record<BarredMeasure, string>> = {
  exact: '--max-exact',
  normalized: '--max-normalized',
  near: '--max-near',
  source: '--max-source',
};

function failAboveBars(directory: string, { bars, leakage }: CorpusCheck): void {
  const passed = bars.filter(({ met }) => !met);
  if (passed.length === 0) return;
  const what = passed.map(
    ({ measure, share, bar }) => `${measure} ${percent(share)} (at most ${percent(bar)} expected)`,
  );
  const [pair] = leakage.pairs;
  const remedy = pair
    ? `In the recipe, put ${pair.test} and ${pair.train}, which share most, on one side; or allow`
    : 'Allow';
  const room = passed.map(({ measure, share }) => `${OPTIONS[measure]} ${Math.ceil(100 * share)}`);
  throw new BinscribeError(
    'corrupt',
    `${directory}: the test side leaks, of its functions without duplicates: ${what.join(', ')}`,
    { hint: `${remedy} as much: ${room.join(' ')}.` },
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Names come from the data set, and may hold whatever a terminal acts upon. */
function printable(check: CorpusCheck): CorpusCheck {
  const { name, damage, leakedNames, leakage } = check;
  const text = (value: string): string => sanitize(value, LONGEST_NAME);
  const label = <L extends { package: string; compiler: string; name: string }>(of: L): L => ({
    ...of,
    package: text(of.package),
    compiler: text(of.compiler),
    name: text(of.name),
  });
  return {
    ...check,
    name: text(name),
    damage: damage.map((line) => sanitize(line, LONGEST_LINE)),
    leakedNames: leakedNames.map((leaked) => ({ ...leaked, name: text(leaked.name) })),
    leakage: {
      ...leakage,
      onBothSides: leakage.onBothSides.map((one) => ({ ...one, package: text(one.package) })),
      pairs: leakage.pairs.map((pair) => ({ ...pair, test: text(pair.test), train: text(pair.train) })),
      examples: leakage.examples.map((one) => ({ ...one, test: label(one.test), train: label(one.train) })),
    },
  };
}

const LONGEST_NAME = 120;
const LONGEST_LINE = 300;

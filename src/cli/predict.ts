/** `binscribe study predict`: what explainers learn from sets of known and spoiled quality; goes on where it was stopped. */

import { dirname } from 'node:path';
import { BinscribeError } from '../error.ts';
import { renderJson } from '../explain/render/json.ts';
import { nodeRuntime } from '../runtimes/node.ts';
import { hashInputs, type InputHashes, type PairSet, sameInputs } from '../tasks/edc/sets.ts';
import { agreementOf, pointsOf, type PredictReport, type SetFacts } from '../tasks/predict/report.ts';
import { renderPredict, renderPredictPage } from '../tasks/predict/render.ts';
import {
  type Cell,
  measureCell,
  type PredictOptions,
  type PreparedSet,
  prepareSet,
} from '../tasks/predict/study.ts';
import { WRITER } from '../tasks/predict/writer.ts';
import { VERSION } from '../version.ts';
import { openSentences } from './edc.ts';
import { writeWhole } from './files.ts';
import { Journal } from './journal.ts';
import { forecast, Steps } from './progress.ts';
import { alone, publish } from './result.ts';
import { type ListedSets, readSets } from './sets.ts';
import type { Session } from './session.ts';

export interface PredictFlags {
  data?: string;
  output: string;
  limit: number;
  heldOut: number;
  resamples: number;
  steps: number;
  width: number;
  seeds: number;
  seed: number;
  shares: readonly number[];
  json?: boolean;
}

/** A cell, and what its set is. */
interface DoneCell {
  readonly cell: Cell;
  readonly facts: SetFacts;
}

export async function studyPredict(list: string, flags: PredictFlags, session: Session): Promise<void> {
  const { data = dirname(list), ...rest } = flags;
  const listed = readSets(list, data, session);
  await alone(flags.output, () => learnSets(list, listed, { data, ...rest }, session));
}

async function learnSets(
  list: string,
  { sets, absent }: ListedSets,
  flags: PredictFlags & { data: string },
  session: Session,
): Promise<void> {
  const { data, output, json = false, width, ...numbers } = flags;
  const settings = { ...numbers, writer: { ...WRITER, width, inner: 2 * width } };
  const journal = Journal.open<DoneCell>(`${output}.partial.jsonl`, { sets, ...settings });
  const there = sets.filter(({ name }) => !absent.some(({ set }) => set === name));
  const learning = new Learning(there, settings, journal, session);
  for (const set of there) {
    const reason = await learning.learn(set, data);
    if (reason === null) continue;
    session.stderr.write(`${set.name}: left out: ${reason}\n`);
    absent.push({ set: set.name, reason });
  }
  if (learning.done.length === 0) {
    throw new BinscribeError('usage', `${list}: nothing to learn from: ${absent.at(-1)?.reason}`, {
      hint: 'A set needs items to learn from and others to ask about: see --limit and --held-out.',
    });
  }
  const cells = learning.done.map(({ cell }) => cell);
  const points = pointsOf(cells);
  const facts = new Map(learning.done.map((one) => [one.facts.set, one.facts]));
  const report: PredictReport = {
    schema: 2,
    tool: `binscribe ${VERSION}`,
    ...settings,
    sets: [...facts.values()],
    absent,
    cells,
    points,
    agreement: agreementOf(points),
  };
  await publish(session, { output, json }, renderPredict(report), renderJson(report));
  await writeWhole(`${output}.html`, [renderPredictPage(report)]);
  journal.remove();
}

type Settings = Pick<
  PredictReport,
  'limit' | 'heldOut' | 'resamples' | 'steps' | 'seeds' | 'seed' | 'shares' | 'writer'
>;

/** The cells that are not in the journal yet, and how long all will take. */
class Learning {
  /** In the list's order. */
  readonly done: DoneCell[] = [];
  private readonly settings: Settings;
  private readonly journal: Journal<DoneCell>;
  private readonly session: Session;
  private readonly steps: Steps;
  private readonly total: number;
  private readonly started = performance.now();
  private learned = 0;
  // Of so small a network more threads wait for one another longer than they work.
  private readonly runtime = nodeRuntime({ threads: 1 });

  constructor(sets: readonly PairSet[], settings: Settings, journal: Journal<DoneCell>, session: Session) {
    this.settings = settings;
    this.journal = journal;
    this.session = session;
    this.steps = new Steps(session);
    this.total = sets.length * settings.shares.length * settings.seeds;
  }

  /** @returns why there is nothing to learn from the set; null where there is */
  async learn(set: PairSet, base: string): Promise<string | null> {
    const { settings, session, journal, runtime } = this;
    const { seed, seeds, shares } = settings;
    const inputs = await hashInputs(set, base);
    const parts = shares.flatMap((share) =>
      Array.from({ length: seeds }, (_, i) => ({ share, seed: seed + i })),
    );
    const known = parts.map((part) =>
      journal.lines.find(({ cell, facts }) => isOf(cell, set, part) && sameInputs(facts.inputs, inputs)),
    );
    const measured = known.filter((one) => one !== undefined);
    if (measured.length === parts.length) {
      this.done.push(...measured);
      return null;
    }
    const options = {
      ...settings,
      base,
      runtime,
      openSentences,
      openModel: (folder: string | undefined) => session.openModel(folder),
    };
    const prepared = await prepareSet(set, { ...options, progress: this.progress(set.name) });
    if ('reason' in prepared) return prepared.reason;
    for (const [i, part] of parts.entries()) {
      const before = known[i];
      if (before) {
        this.done.push(before);
        continue;
      }
      const what = `${set.name}, ${Math.round(100 * part.share)} % exchanged, seed ${part.seed}`;
      const progress = this.progress(what);
      const cell = await measureCell(prepared, part.share, part.seed, { ...options, progress });
      this.steps.end();
      this.learned++;
      const line = { cell, facts: factsOf(prepared, set.limits ?? null, inputs) };
      journal.add(line);
      this.done.push(line);
    }
    return null;
  }

  private progress(what: string): PredictOptions['progress'] {
    const { steps, total, learned, started } = this;
    const left = total - this.done.length;
    const time = ((performance.now() - started) / learned) * left;
    const rest = learned === 0 ? '' : `, ${forecast(time)} for all`;
    const counted = `${what} (${total - left + 1} of ${total}${rest})`;
    return (step, done, all) => steps.update(`${counted}: ${step}`, done, all);
  }
}

function isOf(cell: Cell, { name }: PairSet, { share, seed }: { share: number; seed: number }): boolean {
  return cell.set === name && cell.share === share && cell.seed === seed;
}

function factsOf(
  { set, input, output, training, heldOut }: PreparedSet,
  limits: string | null,
  inputs: InputHashes,
): SetFacts {
  return { set, limits, inputs, input, output, training: training.length, heldOut: heldOut.length };
}

/** `binscribe study sweep`: explains every program of a machine and writes down what came of it. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { renderJson } from '../../explain/render/json.ts';
import { renderSweep } from '../../explain/render/sweep.ts';
import {
  programsOfTheAim,
  sizeClasses,
  type SweepReport,
  type SweepRow,
  type TimedProgram,
  totalsOf,
} from '../../explain/sweep.ts';

import { VERSION } from '../../version.ts';
import { Journal } from '../journal.ts';
import { alone, publish, type ResultFlags } from '../result.ts';
import type { Session } from '../session.ts';
import type { ChildReply } from './child.ts';
import { workThrough } from './crowd.ts';
import { type Helper, scriptBeside } from './helper.ts';
import { DEFAULT_PLACES, findPrograms, type Program } from './places.ts';

export interface SweepFlags extends ResultFlags {
  output: string;
  model?: string;
  jobs: number;
  limit: number;
}

/** What decides a row besides the file: rows made with something else do not belong into the same table. */
interface SweepHead {
  schema: 1;
  tool: string;
  model: string;
  jobs: number;
  limit: number;
}

/** What the journal keeps of a program. */
interface SweepLine {
  row: SweepRow;
  changed: number;
}

/** Runs of each program of the aim. */
const RUNS = 3;
/** Processes that run, over the last minute; the timings are to be those of a machine that does nothing else. */
const QUIET_LOAD = 0.5;
/** Milliseconds. A minute's mean falls from 2 to 0.5 in a minute and a half. */
const WAIT = 5000;
const MOST_WAIT = 300_000;

/** Explains the programs of the places, or of the default ones, and publishes the report. */
export function studySweep(named: string[], flags: SweepFlags, session: Session): Promise<void> {
  const { output } = flags;
  return alone(output, () => sweepPlaces(named, flags, session));
}

async function sweepPlaces(named: string[], flags: SweepFlags, session: Session): Promise<void> {
  const places = named.length > 0 ? named : DEFAULT_PLACES;
  const { card } = await session.openModel(flags.model);
  const found = findPrograms(places);
  const { jobs, limit } = flags;
  const head: SweepHead = { schema: 1, tool: `binscribe ${VERSION}`, model: card.id, jobs, limit };
  const journal = Journal.open<SweepLine>(`${flags.output}.partial.jsonl`, head);
  const rows = await sweep(found.programs, journal, flags, session);
  const report: SweepReport = {
    schema: 1,
    tool: head.tool,
    model: head.model,
    machine: describeMachine(),
    jobs,
    limit,
    places,
    totals: totalsOf(rows),
    classes: sizeClasses(rows),
    timed: await timePrograms(programsOfTheAim(rows), flags.model, await modelsOf(card.id, session)),
    passedOver: found.passedOver,
    rows,
  };
  await publish(session, flags, renderSweep(report), renderJson(report));
  journal.remove();
}

/** Explains what the journal does not have yet. @returns all rows, by path */
async function sweep(
  programs: readonly Program[],
  journal: Journal<SweepLine>,
  { jobs, limit, model }: SweepFlags,
  session: Session,
): Promise<SweepRow[]> {
  const rows = new Map<string, SweepRow>();
  const known = new Map(journal.lines.map((line) => [line.row.path, line]));
  const queue: Program[] = [];
  for (const program of programs) {
    const row = knownRow(known.get(program.path), program);
    if (row) rows.set(program.path, row);
    else queue.push(program);
  }
  if (rows.size > 0) session.stderr.write(`going on: ${rows.size} of ${programs.length} files were done\n`);
  await workThrough({
    tasks: queue,
    jobs,
    script: scriptBeside(import.meta.url, './child'),
    args: model === undefined ? [] : [model],
    session,
    title: `sweep of ${queue.length} files`,
    ask: (helper: Helper<ChildReply>, program) => explainBy(helper, program, limit),
    keep(program, row) {
      rows.set(row.path, row);
      journal.add({ row, changed: program.changed });
    },
    reached: () => `${rows.size} of ${programs.length} files`,
  });
  return [...rows.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The row of a program, where it was done and its file has not changed since. */
export function knownRow(line: SweepLine | undefined, { size, changed }: Program): SweepRow | undefined {
  return line?.row.size === size && line.changed === changed ? line.row : undefined;
}

async function explainBy(helper: Helper<ChildReply>, program: Program, limit: number): Promise<SweepRow> {
  const { path, size } = program;
  const began = performance.now();
  const answered = await helper.ask(path, limit * 1000);
  if ('reply' in answered) {
    // Whatever broke may have left something broken behind.
    if (answered.reply.outcome === 'crashed') helper.stop();
    return { path, size, ...answered.reply };
  }
  const seconds = Math.round(performance.now() - began) / 1000;
  const error = { kind: 'internal', message: answered.message } as const;
  return { path, size, outcome: answered.failure, error, seconds };
}

/** What a user is answered by where no option says otherwise. @param model that was opened */
async function modelsOf(model: string, session: Session): Promise<string[]> {
  const [meaning, writer] = [await session.openMeaning(undefined), await session.openWriter(undefined)];
  const models = [model, ...[meaning, writer].flatMap((one) => one?.card.id ?? [])];
  await meaning?.close();
  await writer?.close();
  return models;
}

/** Explains programs as a user does, each by a process of its own. */
async function timePrograms(
  rows: readonly SweepRow[],
  model: string | undefined,
  models: string[],
): Promise<SweepReport['timed']> {
  const main = scriptBeside(import.meta.url, '../main');
  const load = rows.length === 0 ? 0 : await quiet();
  const programs = rows.map((row): TimedProgram => {
    const seconds: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const began = performance.now();
      spawnSync(
        process.execPath,
        [main, 'explain', row.path, ...(model === undefined ? [] : ['--model', model])],
        {
          stdio: 'ignore',
        },
      );
      seconds.push(Math.round(performance.now() - began) / 1000);
    }
    const functions = row.outcome === 'explained' ? row.counts.functions : 0;
    return { path: row.path, size: row.size, functions, seconds };
  });
  return { load, models, programs };
}

/** Waits until little else runs, the sweep itself included, but not for ever. @returns the load then */
async function quiet(): Promise<number> {
  for (let waited = 0; waited < MOST_WAIT && loadavg()[0] > QUIET_LOAD; waited += WAIT)
    await setTimeout(WAIT);
  return loadavg()[0];
}

function describeMachine(): SweepReport['machine'] {
  return {
    system: systemName(),
    processor: cpus().at(0)?.model ?? process.arch,
    cores: availableParallelism(),
    node: process.versions.node,
  };
}

/** The name that os-release(5) gives. */
function systemName(): string {
  try {
    const release = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

/** `binscribe explain` of folders and of several programs: a report each, and an index of them. */

import { createHash } from 'node:crypto';
import { createReadStream, realpathSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import { BinscribeError, EXIT_CODES, type ErrorKind } from '../../error.ts';
import { COLLECTION_SCHEMA, type Collection, type CollectionRow } from '../../explain/collection.ts';
import {
  passedOverText,
  renderCollectionCsv,
  renderCollectionPage,
} from '../../explain/render/collection.ts';
import { renderJson } from '../../explain/render/json.ts';
import { sanitize } from '../../explain/sanitize.ts';
import { locked } from '../../runtimes/lock.ts';
import { VERSION } from '../../version.ts';
import { concerning, tellFailure } from '../failure.ts';
import { writeWhole } from '../files.ts';
import { extensionOf, type Format, type FormatFlags, formatOf } from '../formats.ts';
import { type LabelFlags, openLabeller } from '../labels.ts';
import type { Session } from '../session.ts';
import { openSummaries, type SummaryFlags } from '../summaries.ts';
import { workThrough } from '../sweep/crowd.ts';
import { type Helper, scriptBeside } from '../sweep/helper.ts';
import { findPrograms } from '../sweep/places.ts';
import type { ChildModels, ReportOrder, ReportReply } from './child.ts';
import { ReportJournal } from './journal.ts';
import { checkFolder, type FolderFlags, isFolder, LOCK, makeRoom, reportName, REPORTS } from './place.ts';
import { count } from '../../numbers.ts';

type Options = FolderFlags &
  FormatFlags &
  LabelFlags &
  SummaryFlags &
  ReportOrder['options'] & { source?: boolean };

/** Programs at a time: each takes up to 3 GB, and the machines of most have two cores to spare. */
const JOBS = Math.min(2, availableParallelism());
/** Seconds: the budget of `explain` ends after 600, and what goes on after that has left it. */
const LIMIT = 900;

/** A program that is to be explained, with what decides its report. */
interface Task {
  path: string;
  size: number;
  sha256: string | null;
  key: string;
}

/** Makes the reports that are not there yet, and the index. */
export async function explainFolder(
  files: readonly string[],
  options: Options,
  session: Session,
): Promise<void> {
  if (options.source) {
    throw new BinscribeError(
      'usage',
      '--source is of functions of one program, and this is a folder of reports',
      {
        hint: 'Name one program, and a file with -o.',
      },
    );
  }
  const folder = options.output ?? '.';
  const { card } = await session.openModel(options.model, options.known);
  const labeller = await openLabeller(options, session);
  const summaries = await openSummaries(options, session);
  const model = [card, labeller?.card, summaries?.card].flatMap((one) => one?.id ?? []).join(', ');
  const found = findAll(files, folder);
  await locked(join(folder, LOCK), { place: folder, doing: 'makes reports here' }, () =>
    fill(folder, found, model, options, session),
  );
}

async function fill(
  folder: string,
  { paths, passedOver }: Found,
  model: string,
  options: Options,
  session: Session,
): Promise<void> {
  checkFolder(folder);
  const journal = new ReportJournal(folder);
  makeRoom(folder);
  const format = formatOf(options);
  const rows = new Map<string, CollectionRow>();
  const tasks: Task[] = [];
  for (const path of paths) {
    const task = await taskOf(path, [VERSION, model, format, orderOptions(options), options.labels ?? null]);
    const known = journal.find(path, task.key);
    if (known) rows.set(path, known);
    else tasks.push(task);
  }
  const before = rows.size;
  if (before > 0 && tasks.length > 0) {
    session.stderr.write(`going on: ${before} of ${paths.length} programs were done\n`);
  }
  await makeAll(tasks, journal, rows, { folder, format, options, session, total: paths.length });
  const collection: Collection = {
    schema: COLLECTION_SCHEMA,
    tool: `binscribe ${VERSION}`,
    model,
    format,
    passedOver,
    programs: paths.map((path) => rows.get(path)!),
  };
  await writeWhole(join(folder, 'index.json'), renderJson(collection));
  await writeWhole(join(folder, 'index.csv'), renderCollectionCsv(collection));
  await writeWhole(join(folder, 'index.html'), renderCollectionPage(collection));
  tell(collection, folder, before, session);
}

interface Found extends Pick<Collection, 'passedOver'> {
  paths: string[];
}

/** The programs of all places, by path, and what else lies there. */
function findAll(files: readonly string[], output: string): Found {
  const folders = files.filter(isFolder);
  const { programs, passedOver } = findPrograms(folders);
  const own = isFolder(output) ? `${realpathSync(output)}${sep}` : undefined;
  const isOwn = (path: string): boolean => own !== undefined && join(realFolder(path), 'x').startsWith(own);
  const counts = Object.entries(passedOver.others).map(([kind, paths]): [string, number] => [
    kind,
    paths.filter((path) => !isOwn(path)).length,
  ]);
  if (passedOver.links > 0) counts.push(['links to a program that is among them', passedOver.links]);
  // What somebody names is explained, or its failure told; what lies in a folder is only looked at.
  const named = files.filter((file) => !folders.includes(file));
  const paths = [...new Set([...named, ...programs.map(({ path }) => path)])].sort();
  if (paths.length === 0) {
    throw new BinscribeError(
      'unsupported',
      `no ELF program in ${files.map((file) => sanitize(file)).join(', ')}`,
      {
        hint: 'Binscribe reads programs, libraries and object files of Linux for x86-64.',
      },
    );
  }
  return { paths, passedOver: Object.fromEntries(counts.filter(([, count]) => count > 0)) };
}

function realFolder(path: string): string {
  try {
    return realpathSync(join(path, '..'));
  } catch {
    return path;
  }
}

/** What of the options decides a report's contents. */
function orderOptions({ function: wanted, all, verbose }: Options): ReportOrder['options'] {
  return {
    ...(wanted !== undefined && { function: wanted }),
    ...(all !== undefined && { all }),
    ...(verbose !== undefined && { verbose }),
  };
}

function modelsOf({ model, known, meaning, labels, writer, summaries }: Options): ChildModels {
  return {
    ...(model !== undefined && { model }),
    ...(known !== undefined && { known }),
    ...(meaning !== undefined && { meaning }),
    ...(labels !== undefined && { labels }),
    ...(writer !== undefined && { writer }),
    ...(summaries !== undefined && { summaries }),
  };
}

async function taskOf(path: string, made: readonly unknown[]): Promise<Task> {
  let sha256: string | null = null;
  let size = 0;
  const hash = createHash('sha256');
  try {
    // Anything but a file is left to the child, which says what it is: a pipe would never end here.
    if (statSync(path).isFile()) {
      for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
        hash.update(piece);
        size += piece.length;
      }
      sha256 = hash.digest('hex');
    }
  } catch {
    // The child meets the same trouble and tells it.
    size = 0;
  }
  const key = createHash('sha256').update(JSON.stringify([sha256, ...made]));
  return { path, size, sha256, key: key.digest('hex') };
}

interface Work {
  folder: string;
  format: Format;
  options: Options;
  session: Session;
  /** Programs in all. */
  total: number;
}

/** @throws BinscribeError of kind `interrupted` after Ctrl-C */
function makeAll(
  tasks: readonly Task[],
  journal: ReportJournal,
  rows: Map<string, CollectionRow>,
  { folder, format, options, session, total }: Work,
): Promise<void> {
  return workThrough({
    // The largest first, so that none of them is left to the end alone.
    tasks: [...tasks].sort((a, b) => b.size - a.size),
    jobs: options.jobs ?? JOBS,
    script: scriptBeside(import.meta.url, './child'),
    args: [JSON.stringify(modelsOf(options))],
    session,
    title: `${tasks.length} programs`,
    ask(helper: Helper<ReportReply>, task) {
      const report = `${REPORTS}/${reportName(task.path, extensionOf(format))}`;
      const output = join(folder, report);
      return rowBy(helper, task, { path: task.path, output, format, options: orderOptions(options) }, report);
    },
    keep(task, row) {
      rows.set(task.path, row);
      // What could not be read may be readable next time.
      if (task.sha256 !== null && row.error?.kind !== 'internal') journal.add(task.path, task.key, row);
    },
    reached: () => `${rows.size} of ${total} programs`,
  });
}

async function rowBy(
  helper: Helper<ReportReply>,
  { path, size, sha256 }: Task,
  order: ReportOrder,
  report: string,
): Promise<CollectionRow> {
  const began = performance.now();
  const answered = await helper.ask(JSON.stringify(order), LIMIT * 1000);
  const seconds = Math.round(performance.now() - began) / 1000;
  const row = { path: sanitize(path, Number.POSITIVE_INFINITY), size, sha256, seconds };
  if ('failure' in answered) {
    const kind = answered.failure === 'hung' ? 'budget' : 'internal';
    return { ...row, report: null, explained: null, error: { kind, message: sanitize(answered.message) } };
  }
  const { reply } = answered;
  if ('explained' in reply) return { ...row, report, explained: reply.explained, error: null };
  // Whatever broke may have left something broken behind.
  if (reply.broken) helper.stop();
  const error = { kind: reply.error.kind, message: sanitize(reply.error.message) };
  return { ...row, report: null, explained: null, error };
}

/** The answer: where the index is and what is in it; and the failures, each with its reason. */
function tell(collection: Collection, folder: string, before: number, session: Session): void {
  const { programs } = collection;
  for (const { path, error } of programs) {
    if (error === null) continue;
    const kind = Object.hasOwn(EXIT_CODES, error.kind) ? (error.kind as ErrorKind) : 'internal';
    const code = tellFailure(concerning(path, new BinscribeError(kind, error.message)), session);
    session.status ||= code;
  }
  const failed = programs.filter(({ error }) => error !== null).length;
  session.stdout.write(
    `${sanitize(join(folder, 'index.html'), 1000)}\n` +
      `  programs     ${count(programs.length)}: ${count(programs.length - failed)} explained, ${count(failed)} not` +
      `${before > 0 ? `; ${count(before)} of them were done before` : ''}\n` +
      `  passed over  ${passedOverText(collection)}\n`,
  );
}

/**
 * One file as rows: a program, or all members of a static archive. Like a package's unit it is idempotent and addressed by
 * all that decides it.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isArchive, readArchive } from '../../binary/archive.ts';
import { Budget } from '../../binary/budget.ts';
import { openBinary } from '../../binary/open.ts';
import { BinscribeError, describeError } from '../../error.ts';
import { Callees } from '../../lift/callees.ts';
import { contentKey, sha256 } from '../hash.ts';
import { liftedKey } from '../lifting.ts';
import { makeRow } from '../program-rows.ts';
import { columnsBefore, MARK_COLUMNS, type FunctionRow, type MarkColumn } from '../row.ts';
import { ShardWriter } from '../shard.ts';
import type { Workplace } from '../workplace.ts';
import { compiledFunctions } from './functions.ts';
import { producerOf, producerOfFile } from './producer.ts';
import { describe, type Manual } from './texts.ts';
import { visibleNames } from '../../tokens/visible-names.ts';

/** Goes into every key: raise it when a row's contents change. */
const UNIT_VERSION = 3;

/** Of a file and of an archive. No program or library of Debian is larger but for a few browsers' engines. */
const LARGEST_FILE = 512 * 2 ** 20;
/** Of a member: a real one takes seconds. A file that is no archive has the reader's own limit. */
const MEMBER_MILLISECONDS = 60_000;
/** Listed of a file; a hostile archive has millions of members. */
const MOST_CUTS = 1000;
/** Characters of a member's name: no file system has longer ones (NAME_MAX). */
const LONGEST_MEMBER = 255;

/** The columns that a file's rows have before the data set is put together. */
export const COMPILED_COLUMNS = columnsBefore(MARK_COLUMNS);

type CompiledRow = Omit<FunctionRow, MarkColumn>;

/** A program of which something could not be read. */
interface ProgramCut {
  binary: string;
  reason: string;
}

/** `rows.json` beside the rows of a unit. */
export interface CompiledFacts {
  sha256: string;
  /** Programs that gave rows: of an archive its members. */
  programs: number;
  rows: number;
  cuts: ProgramCut[];
  /** Further ones that are not listed. */
  moreCuts: number;
}

export interface CompiledUnit extends CompiledFacts {
  /** The rows, as a shard with `COMPILED_COLUMNS`. */
  path: string;
}

export interface CompiledContext {
  place: Workplace;
  manual: Manual;
  /** Of what the manual says. */
  manualHash: string;
  lifted: boolean;
  signal: AbortSignal | undefined;
}

/**
 * @param file its path in the recipe
 * @param path where it is
 * @throws BinscribeError: `unreadable` where it cannot be read, `unsupported` or `corrupt` where it is an archive of which
 *   nothing can be read, `interrupted`
 */
export async function readCompiled(
  file: string,
  path: string,
  context: CompiledContext,
): Promise<CompiledUnit> {
  const { place, manualHash, lifted } = context;
  const content = readWhole(file, path);
  const hash = sha256(content);
  const target = join(
    place.rows,
    contentKey(JSON.stringify([UNIT_VERSION, file, hash, manualHash, ...liftedKey(lifted)])),
  );
  if (!existsSync(target)) {
    const partial = place.partial(`${sha256(target).slice(0, 32)}-rows`);
    mkdirSync(partial, { recursive: true });
    try {
      const shard = new ShardWriter(join(partial, 'rows.parquet'), COMPILED_COLUMNS);
      const facts: CompiledFacts = { sha256: hash, programs: 0, rows: 0, cuts: [], moreCuts: 0 };
      const cut = (binary: string, reason: string): void => {
        if (facts.cuts.length < MOST_CUTS) facts.cuts.push({ binary, reason });
        else facts.moreCuts++;
      };
      for (const { binary, bytes, budget } of programsIn(file, content, cut)) {
        const rows = rowsOf(file, binary, bytes, budget, context);
        for (const row of rows) shard.write(row);
        for (const { where, reason } of budget.cuts) cut(binary, `${where}: ${reason}`);
        if (rows.length > 0) facts.programs++;
        await nextTurn();
        if (context.signal?.aborted) throw new BinscribeError('interrupted', 'interrupted');
      }
      shard.finish();
      facts.rows = shard.rows;
      writeFileSync(join(partial, 'rows.json'), JSON.stringify(facts));
      place.settle(partial, target);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  const facts = JSON.parse(readFileSync(join(target, 'rows.json'), 'utf8')) as CompiledFacts;
  return { ...facts, path: join(target, 'rows.parquet') };
}

function readWhole(file: string, path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > LARGEST_FILE) {
      throw new BinscribeError('unsupported', `${file}: at most ${LARGEST_FILE} bytes expected, got ${size}`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof BinscribeError) throw error;
    throw new BinscribeError('unreadable', `${file}: ${describeError(error)}`, { cause: error });
  }
}

interface Program {
  binary: string;
  bytes: Uint8Array;
  budget: Budget;
}

/** The file itself, or an archive's members. Of several members of one name the second is `lib.a(member.o, 2)`. */
function* programsIn(
  file: string,
  content: Uint8Array,
  cut: (binary: string, reason: string) => void,
): Generator<Program> {
  if (!isArchive(content)) {
    yield { binary: file, bytes: content, budget: new Budget() };
    return;
  }
  // Its time is that of all members together.
  const whole = new Budget();
  const members = readArchive(content, whole);
  const seen = new Map<string, number>();
  try {
    for (const { name, bytes } of members) {
      whole.checkTime();
      const short = name.slice(0, LONGEST_MEMBER);
      const count = (seen.get(short) ?? 0) + 1;
      seen.set(short, count);
      const binary = `${file}(${short}${count > 1 ? `, ${count}` : ''})`;
      yield { binary, bytes, budget: new Budget({ milliseconds: MEMBER_MILLISECONDS }) };
    }
  } catch (error) {
    if (!(error instanceof BinscribeError && error.kind === 'budget')) throw error;
    whole.cut('archive', `${error.message}; the members before were read`);
  }
  for (const { reason } of whole.cuts) cut(file, reason);
}

/** What cannot be read becomes a cut of the budget. */
function rowsOf(
  file: string,
  binary: string,
  bytes: Uint8Array,
  budget: Budget,
  { manual, lifted }: CompiledContext,
): CompiledRow[] {
  const read = (): CompiledRow[] => {
    const opened = openBinary(bytes, { budget });
    const functions = compiledFunctions(opened);
    const hasDebugInfo = functions.some(({ entry }) => entry.subprogram !== null);
    const fileProducer = producerOfFile(opened);
    // The members of an archive become part of a program: what one has of another loses its name there.
    const names = visibleNames(opened, () => false);
    const callees = lifted ? new Callees(opened.memory, names) : null;
    return functions.map(({ entry, publicNames }): CompiledRow => {
      const { subprogram } = entry;
      // In a file with debug information what has none is hand-written.
      const producer = subprogram === null && !hasDebugInfo ? fileProducer : producerOf(subprogram);
      const said = describe(publicNames, manual);
      const symbol = entry.symbol === null ? null : (said?.name ?? entry.symbol);
      const name = subprogram === null && symbol !== null ? symbol : entry.name;
      const labels = { package: file, version: '', binary, ...producer };
      return {
        ...makeRow(
          { labels, binary: opened, names, sourcePath: (path) => path, callees },
          { ...entry, name, symbol },
        ),
        flags: '',
        ir: null,
        source: null,
        text: said?.summary.summary ?? null,
        text_kind: said ? 'man' : null,
        text_style: null,
        text_author: null,
        text_reference: said?.summary.page ?? null,
        text_licence: said?.summary.licence ?? null,
      };
    });
  };
  return budget.attempt('program', read, []);
}

/**
 * One batch, compiled by one compiler at one level, as rows. Like a package's unit it is idempotent and addressed by all
 * that decides it. Objects are not kept: millions of them would take more room than all else, and seconds to make again.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Budget, type Limits } from '../../binary/budget.ts';
import { functionsOf } from '../c/functions.ts';
import { causeOf, type Cause } from '../fragments/causes.ts';
import { isClang } from '../fragments/dialect.ts';
import {
  SandboxCompiler,
  sourcePathInDebugInfo,
  type Compiled,
  type Source,
} from '../fragments/sandbox-compiler.ts';
import { contentKey } from '../hash.ts';
import { liftedKey } from '../lifting.ts';
import { programRows } from '../program-rows.ts';
import { columnsBefore, MARK_COLUMNS, type FunctionRow } from '../row.ts';
import { type RuntimeNames, runtimeNames } from '../runtime-names.ts';
import type { Sandbox } from '../sandbox.ts';
import { ShardWriter } from '../shard.ts';
import { TextIndex } from '../texts.ts';
import { flagsFor, type Compiler, type Level } from '../toolchain.ts';
import type { Workplace } from '../workplace.ts';
import type { Batch, PlacedSnippet } from './batch.ts';
import { functionsOfIr } from './ir.ts';
import { settleKey, type Settled } from './settle.ts';

/** Goes into every key: raise it when a row's contents or the way of compiling change. */
const UNIT_VERSION = 3;

/**
 * Of one object, which is 4 MB at most and may be hostile: what assembly directives put there. Real ones need a
 * hundredth of it.
 */
const OBJECT_LIMITS: Partial<Limits> = { bytes: 2 ** 26, entries: 2_000_000, instructions: 2_000_000 };

const LATE_COLUMNS = MARK_COLUMNS.filter((column) => column !== 'split');
type LateColumn = (typeof LATE_COLUMNS)[number];

/** The columns that a batch's rows have before the data set is put together. */
export const SNIPPET_COLUMNS = columnsBefore(LATE_COLUMNS);

type SnippetRow = Omit<FunctionRow, LateColumn>;

export interface SnippetContext {
  place: Workplace;
  sandbox: Sandbox;
  /** The first decides what makes a source file of a snippet. */
  compilers: readonly Compiler[];
  ir: boolean;
  lifted: boolean;
  signal: AbortSignal | undefined;
}

/** `rows.json` beside the rows of a unit. */
export interface UnitFacts {
  rows: number;
  /** Snippets that gave rows. */
  compiled: number;
  failures: Partial<Record<Cause, number>>;
}

export interface SnippetUnit extends UnitFacts {
  /** The rows, as a shard with `SNIPPET_COLUMNS`. */
  path: string;
}

/** @throws BinscribeError of kind `interrupted` */
export async function compileBatch(
  batch: Batch,
  settled: Settled,
  compiler: Compiler,
  level: Level,
  context: SnippetContext,
): Promise<SnippetUnit> {
  const { place, sandbox, lifted, signal } = context;
  const ir = context.ir && isClang(compiler);
  const names = runtimeNames(compiler);
  const settledBy = settleKey(batch.snippets, context);
  const parts = [UNIT_VERSION, batch.key, settledBy, compiler, flagsFor(level), ir, names.key];
  const key = contentKey(JSON.stringify([...parts, ...liftedKey(lifted)]));
  const target = join(place.rows, key);
  if (!existsSync(target)) {
    const partial = place.partial(`${key}-rows`);
    mkdirSync(partial, { recursive: true });
    const sandboxed = new SandboxCompiler(sandbox, compiler, signal);
    try {
      const facts: UnitFacts = { rows: 0, compiled: 0, failures: {} };
      const shard = new ShardWriter(join(partial, 'rows.parquet'), SNIPPET_COLUMNS);
      const open = settled.flatMap((source, i) => (typeof source === 'string' ? [] : [{ source, i }]));
      const sources = open.map(({ source }) => source);
      await sandboxed.compile(sources, { level, ir }, (index, compiled) => {
        const { source, i } = open[index];
        const flags = sandboxed.flags(source.dialect, level).join(' ');
        const labels = { compiler: compiler.name, optimization: level, flags };
        const path = sourcePathInDebugInfo(index, source.dialect);
        const rows = rowsOf(batch.snippets[i], { source, path, labels, names, lifted }, compiled);
        if (typeof rows === 'string') facts.failures[rows] = (facts.failures[rows] ?? 0) + 1;
        else {
          facts.compiled++;
          for (const row of rows) shard.write(row);
        }
      });
      shard.finish();
      facts.rows = shard.rows;
      writeFileSync(join(partial, 'rows.json'), JSON.stringify(facts));
      place.settle(partial, target);
    } finally {
      sandboxed.close();
      rmSync(partial, { recursive: true, force: true });
    }
  }
  const facts = JSON.parse(readFileSync(join(target, 'rows.json'), 'utf8')) as UnitFacts;
  return { ...facts, path: join(target, 'rows.parquet') };
}

/** What a snippet was compiled as. */
interface CompiledAs {
  readonly source: Source;
  /** Of its file, in the debug information. */
  readonly path: string;
  readonly labels: Pick<SnippetRow, 'compiler' | 'optimization' | 'flags'>;
  readonly names: RuntimeNames;
  readonly lifted: boolean;
}

/** The rows of one snippet, or why it has none. What it includes is not its own: functions of headers have no rows. */
function rowsOf(
  snippet: PlacedSnippet,
  { source: { source }, path, labels, names, lifted }: CompiledAs,
  { object, complaint, ir }: Compiled,
): SnippetRow[] | Cause {
  if (!object) return causeOf(complaint);
  const { id, group, split, target, text } = snippet;
  const program = { ...labels, package: group, version: '', binary: id };
  const sourcePath = (file: string): string => (file === path ? id : file);
  const { rows, cuts } = programRows(program, object, {
    sourcePath,
    isShown: (name) => names.has(name),
    lifted,
    budget: new Budget(OBJECT_LIMITS),
  });
  const own = rows.filter((row) => row.source_file === id);
  if (own.length === 0) return cuts.length > 0 ? 'not readable' : 'no function';
  const found = functionsOf(source).map(({ name, line, text: definition }) => ({
    file: id,
    name,
    line,
    source: definition,
    comment: null,
    style: null,
  }));
  const index = new TextIndex(found);
  const bodies = ir === undefined ? undefined : functionsOfIr(ir);
  return own.map((row) => {
    const said = target === undefined || row.name === target ? text : null;
    return {
      ...row,
      split,
      flags: labels.flags,
      ir: bodies?.get(row.symbol ?? row.linkage_name ?? row.name) ?? null,
      source: index.find(id, row.name, row.source_line)?.source ?? null,
      text: said?.text ?? null,
      text_kind: said?.kind ?? null,
      text_style: null,
      text_author: said?.author ?? null,
      text_reference: said?.reference ?? null,
      text_licence: said?.licence ?? null,
    };
  });
}

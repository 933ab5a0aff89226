/**
 * From a unit's programs to rows. Like the unit itself the step is idempotent, and its result is addressed by
 * what decides it: the unit and the version of this extraction.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BinscribeError } from '../error.ts';
import { contentKey } from './hash.ts';
import { programRows } from './program-rows.ts';
import { IrIndex } from './ir-index.ts';
import { liftedKey } from './lifting.ts';
import { BUILD_COLUMNS, columnsBefore, MARK_COLUMNS, TEXT_COLUMNS } from './row.ts';
import { ShardWriter } from './shard.ts';
import type { Unit } from './unit-key.ts';
import type { UnitResult } from './unit.ts';
import type { Workplace } from './workplace.ts';

/** Goes into every key: raise it when a row's contents change. */
const EXTRACT_VERSION = 3;

/** The columns that a unit's rows have before the data set is put together. */
export const UNMARKED_COLUMNS = columnsBefore([...MARK_COLUMNS, ...TEXT_COLUMNS, ...BUILD_COLUMNS]);

/** Those of a unit that was built with LLVM IR. */
export const COLUMNS_WITH_IR = [...UNMARKED_COLUMNS, 'ir'] as const;

/** A program of which something could not be read. */
export interface ProgramCut {
  binary: string;
  reason: string;
}

/** `rows.json` beside the rows of a unit. */
export interface ExtractedFacts {
  rows: number;
  cuts: ProgramCut[];
  /** Rows with LLVM IR, of a unit that was built with it. */
  withIr?: number;
}

export interface Extracted extends ExtractedFacts {
  /** The rows, as a shard with `UNMARKED_COLUMNS`, or `COLUMNS_WITH_IR` where `withIr` is there. */
  path: string;
}

/**
 * The rows of all programs of a built unit, with LLVM IR and with drafts by rules where `ir` and `lifted` ask for them. A
 * program that cannot be read costs its own rows and is listed as a cut.
 *
 * @throws BinscribeError of kind `interrupted` once `signal` is aborted.
 */
export async function extractUnit(
  place: Workplace,
  unitKey: string,
  unit: UnitResult,
  { ir, lifted }: Pick<Unit, 'ir' | 'lifted'>,
  signal?: AbortSignal,
): Promise<Extracted> {
  const key = contentKey([EXTRACT_VERSION, unitKey, ...liftedKey(lifted)].join(' '));
  const target = join(place.rows, key);
  if (!existsSync(target)) {
    const partial = place.partial(`${key}-rows`);
    mkdirSync(partial, { recursive: true });
    const shard = new ShardWriter<(typeof COLUMNS_WITH_IR)[number]>(
      join(partial, 'rows.parquet'),
      ir ? COLUMNS_WITH_IR : UNMARKED_COLUMNS,
    );
    const index = ir ? new IrIndex(place.unit(unitKey)) : undefined;
    let withIr = 0;
    const cuts: ProgramCut[] = [];
    const sourcePath = (file: string): string => pathInPackage(file, unit.package);
    for (const { path } of unit.programs) {
      const content = readFileSync(join(place.unit(unitKey), 'programs', path));
      const {
        rows,
        origins,
        cuts: own,
      } = programRows({ ...unit, binary: path }, content, {
        sourcePath,
        lifted,
      });
      for (const [i, row] of rows.entries()) {
        const found = index?.find(row, origins[i]) ?? null;
        if (found !== null) withIr++;
        shard.write({ ...row, ir: found });
      }
      for (const { where, reason } of own) cuts.push({ binary: path, reason: `${where}: ${reason}` });
      // A large unit takes seconds: signals, timers and the other worker's build want their turn.
      await nextTurn();
      if (signal?.aborted) throw new BinscribeError('interrupted', 'interrupted');
    }
    shard.finish();
    const facts: ExtractedFacts = { rows: shard.rows, cuts, ...(ir && { withIr }) };
    writeFileSync(join(partial, 'rows.json'), JSON.stringify(facts, null, 1));
    place.settle(partial, target);
  }
  const facts = JSON.parse(readFileSync(join(target, 'rows.json'), 'utf8')) as ExtractedFacts;
  return { ...facts, path: join(target, 'rows.parquet') };
}

/** Builds run in `/build/<package>`: what follows is the path that the package's authors know. */
function pathInPackage(file: string, packageName: string): string {
  const path = posix.normalize(file);
  const root = `/build/${packageName}/`;
  return path.startsWith(root) ? path.slice(root.length) : path;
}

/** Sets of pairs as a list names them, in JSON: where the rows come from, and which of them count. */

import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import type { FoundFunction } from '../../binary/binary.ts';
import { findFunctions } from '../../binary/functions.ts';
import { openBinary } from '../../binary/open.ts';
import { fileHash } from '../../corpus/hash.ts';
import { manifestHash } from '../../corpus/manifest.ts';
import { BinscribeError, describeError } from '../../error.ts';
import { EMBEDDERS } from './embed.ts';
import { fieldOf, type Items, readItems } from './items.ts';
import { isDataset, placeFields, rowsOf, type Row } from './rows.ts';

const sideShape = z.strictObject({
  embedder: z.enum(EMBEDDERS),
  /** Folder of the model of `encoder` and `sentences`. */
  model: z.string().optional(),
});

const setShape = z.strictObject({
  name: z.string().min(1),
  /** Why it is in the list, written before its figure was seen. */
  reason: z.string().optional(),
  /** What its figure cannot tell. */
  limits: z.string().optional(),
  /** A data set folder, or a file of rows; relative to where the data lies. */
  rows: z.string(),
  delimiter: z.enum([',', ';', '\t']).optional(),
  /** Names of a table's columns, where its first line is a row already. */
  columns: z.array(z.string()).optional(),
  /** A program: its functions' code, as the field `code`, joins the rows whose `key` is a name of the function. */
  program: z.strictObject({ path: z.string(), key: z.string() }).optional(),
  /** A field's first line becomes a field, and what follows another. */
  divide: z.strictObject({ field: z.string(), first: z.string(), rest: z.string() }).optional(),
  /** Rows of which a field is a number of at least so much. */
  least: z.record(z.string(), z.number()).optional(),
  input: z.string(),
  output: z.string(),
  /** Fields that rows share which were made of one thing; data sets of ours name definitions themselves. */
  group: z.array(z.string()).optional(),
  /** Ways of embedding the two, each measured. */
  embedders: z.array(z.strictObject({ input: sideShape, output: sideShape })).min(1),
});

export const listShape = z
  .strictObject({ sets: z.array(setShape).min(1) })
  .refine(({ sets }) => new Set(sets.map(({ name }) => name)).size === sets.length, {
    message: 'each set has a name of its own',
  });
export type PairSet = z.infer<typeof setShape>;

/** What a set is read from, as the list has the paths. */
function inputsOf({ rows, program }: PairSet): string[] {
  return [rows, ...(program ? [program.path] : [])];
}

/** A file or folder that a set needs and that is not there; null where all are. */
export function missingPath(set: PairSet, base: string): string | null {
  return (
    inputsOf(set)
      .map((path) => within(base, path))
      .find((path) => !existsSync(path)) ?? null
  );
}

/** SHA-256 of what a set is read from, by path: of a data set that of its manifest. */
export type InputHashes = Readonly<Record<string, string>>;

/** What was measured of other data does not count. */
export function sameInputs(one: InputHashes, other: InputHashes): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @throws BinscribeError `unreadable` where a file cannot be read */
export async function hashInputs(set: PairSet, base: string): Promise<InputHashes> {
  const hashes: Record<string, string> = {};
  for (const path of inputsOf(set)) hashes[path] = await inputHash(within(base, path));
  return hashes;
}

async function inputHash(path: string): Promise<string> {
  if (isDataset(path)) return manifestHash(path);
  try {
    return await fileHash(path);
  } catch (error) {
    throw new BinscribeError('unreadable', `${path}: ${describeError(error)}`, { cause: error });
  }
}

/**
 * @param base folder that relative paths start from
 * @param most items at most; of more a seeded sample is taken
 * @throws BinscribeError as `rowsOf`, `readItems` and the reader of programs do
 */
export async function itemsOfSet(set: PairSet, base: string, most: number, seed: number): Promise<Items> {
  const { input, output, group } = set;
  const path = within(base, set.rows);
  const fields = { input, output, by: [], ...placeFields(path, group) };
  return readItems(set.name, rowsOfSet(set, base, path), fields, most, seed);
}

async function* rowsOfSet(set: PairSet, base: string, path: string): AsyncGenerator<Row> {
  const { delimiter, columns, program, divide, least = {}, group = [] } = set;
  const code = program && codeByName(within(base, program.path));
  for await (const row of rowsOf({ path, delimiter, columns }, [set.input, set.output, ...group])) {
    const isLess = ([field, bound]: [string, number]): boolean => !(Number(fieldOf(row, field)) >= bound);
    if (Object.entries(least).some(isLess)) continue;
    const joined = code && program ? { ...row, code: code.get(String(row[program.key])) } : row;
    yield divide ? { ...joined, ...divided(row, divide) } : joined;
  }
}

function within(base: string, path: string): string {
  return isAbsolute(path) ? path : join(base, path);
}

function divided(row: Row, { field, first, rest }: NonNullable<PairSet['divide']>): Row {
  const text = fieldOf(row, field);
  if (typeof text !== 'string') return {};
  const end = text.indexOf('\n');
  return end < 0 ? { [first]: text } : { [first]: text.slice(0, end), [rest]: text.slice(end + 1).trim() };
}

/** The code of a program's functions by each of their names: an alias is as good as a name. */
function codeByName(path: string): Map<string, Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new BinscribeError('unreadable', `${path}: ${describeError(error)}`, { cause: error });
  }
  const binary = openBinary(bytes);
  const at = new Map<number, FoundFunction>(findFunctions(binary).map((found) => [found.address, found]));
  const code = new Map<string, Uint8Array>();
  for (const { name, address, type } of binary.symbols) {
    const found = at.get(address);
    if (found === undefined || found.size === 0 || type !== STT_FUNC) continue;
    // A symbol of a version that is kept for old programs comes second.
    if (!code.has(name)) code.set(name, binary.memory.slice(address, found.size));
  }
  return code;
}

/** An indirect function's code chooses another: it does nothing of what its page says. */
const STT_FUNC = 2;

/** A small data set, written as `binscribe corpus build` writes one: two packages to learn from, one to judge. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../src/corpus/hash.ts';
import { DATASET_SCHEMA, type Manifest } from '../../src/corpus/manifest.ts';
import { Marker } from '../../src/corpus/marks.ts';
import { ALL_COLUMNS, type FunctionRow } from '../../src/corpus/row.ts';
import { ShardWriter } from '../../src/corpus/shard.ts';
import { type LabelledBuild, labelledPackages } from './labelled.ts';

const SPLITS = { alpha: 'train', beta: 'train', gamma: 'test' } as const;

type Change = (row: FunctionRow) => FunctionRow;

/**
 * The same with all marks right.
 * @returns its rows
 */
export function writeMarkedDataset(dataset: string, change: Change = (row) => row): FunctionRow[] {
  const rows: FunctionRow[] = [];
  const marker = new Marker();
  writeDataset(dataset, (row) => {
    rows.push(change(row));
    return row;
  });
  for (const row of rows) marker.learn(row, row.split);
  const marked = rows.map((row) => ({ ...row, ...marker.mark(row) }));
  let written = 0;
  writeDataset(dataset, () => marked[written++]);
  return marked;
}

/**
 * @param dataset folder to be made
 * @param change what is written for a row
 * @param programsOf builds of a package
 */
export function writeDataset(
  dataset: string,
  change: Change = (row) => row,
  programsOf: (name: string) => Iterable<LabelledBuild> = (name) => labelledPackages([name]),
): void {
  mkdirSync(join(dataset, 'data'), { recursive: true });
  const rows = { train: 0, test: 0 };
  const shards = Object.entries(SPLITS).map(([name, split]) => {
    const file = `data/${split}-${name}.parquet`;
    const shard = new ShardWriter(join(dataset, file), ALL_COLUMNS);
    for (const program of programsOf(name)) {
      program.functions.forEach(({ address, size, code, body }, i) => {
        const label = program.labels[i];
        const row: FunctionRow = {
          package: name,
          version: program.version,
          split,
          compiler: program.compiler,
          optimization: program.optimization as FunctionRow['optimization'],
          flags: `-${program.optimization}`,
          binary: name,
          name: label.name,
          symbol: label.name,
          linkage_name: null,
          source_file: `${name}.c`,
          source_line: 1,
          external: true,
          address,
          size,
          code,
          ranges: [{ address, size }],
          instructions: body.instructions.length,
          assembly: program.assemblies[i],
          blocks: [0],
          edges: [],
          arguments: label.arguments,
          variadic: false,
          parameter_types: [],
          parameter_classes: [],
          return_type: 'int',
          exact_hash: label.exactHash,
          normalized_hash: label.normalizedHash,
          source: null,
          ir: null,
          lifted: null,
          text: null,
          text_kind: null,
          text_style: null,
          text_author: null,
          text_reference: null,
          text_licence: null,
          exact_duplicate: false,
          normalized_duplicate: false,
          exact_leak: false,
          normalized_leak: split === 'test' && label.name !== 'rare',
        };
        shard.write(change(row));
      });
    }
    shard.finish();
    rows[split] += shard.rows;
    const hash = sha256(readFileSync(join(dataset, file)));
    return { file, split, package: name, rows: shard.rows, sha256: hash };
  });
  const counts = (split: 'train' | 'test') => ({
    rows: rows[split],
    exactUnique: 0,
    normalizedUnique: 0,
    exactLeaks: 0,
    normalizedLeaks: 0,
  });
  const manifest: Manifest = {
    schema: DATASET_SCHEMA,
    tool: 'binscribe',
    name: 'small',
    sandboxed: true,
    compilers: ['gcc-12', 'clang-19'].map((name) => ({ name, version: name })),
    levels: ['O0', 'O1', 'O2', 'O3'],
    flags: [],
    packages: Object.entries(SPLITS).map(([name, split]) => ({
      name,
      version: '1.0',
      split,
      files: [],
      licences: [],
      buildSystem: null,
      texts: null,
    })),
    snippets: null,
    programs: null,
    failures: [],
    cuts: [],
    shards,
    counts: { train: counts('train'), test: counts('test') },
    described: { train: { rows: 0, unique: 0 }, test: { rows: 0, unique: 0 } },
    table: [],
  };
  writeFileSync(join(dataset, 'manifest.json'), JSON.stringify(manifest));
}

/** A recipe of functions to be known beside those of the shipped encoder, from such a data set. */
export function knownRecipe(dataset: string, packages: readonly string[]) {
  const model = { name: 'own', model: 'known', encoder: 'models/encoder' };
  return { ...model, dataset, floor: 8, libraries: false, packages, quoted: ['alpha'] };
}

/**
 * Puts extracted units together into a data set folder: shards, manifest, card. Everything is in a fixed order
 * and nothing tells the time, so the same units give the same bytes.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BinscribeError } from '../error.ts';
import { renderCard } from './card.ts';
import { COLUMNS_WITH_IR, UNMARKED_COLUMNS, type ProgramCut } from './extract.ts';
import { fileHash } from './hash.ts';
import { DATASET_SCHEMA, type Manifest } from './manifest.ts';
import { Marker } from './marks.ts';
import type { PlacedPackage, CommonRecipe, Split } from './recipe.ts';
import { type FolderKind, replaceFolder } from './replace.ts';
import { ALL_COLUMNS, type FunctionRow, type TextColumn } from './row.ts';
import { ShardWriter, readShard } from './shard.ts';
import { readLicences, type SourcePackage } from './sources.ts';
import { type FunctionText, type PackageTexts, TextIndex } from './texts.ts';
import { flagsFor, type Compiler, type Level } from './toolchain.ts';

export const DATASET_FOLDER: FolderKind = { name: 'data set', marks: ['manifest.json', 'card.md'] };

/** A unit whose rows are there. */
export interface DoneUnit {
  package: string;
  compiler: string;
  optimization: Level;
  buildSystem: string;
  programs: number;
  /** What each compilation got after the build's own flags. */
  flags: string[];
  /** Shard of its rows. */
  rows: string;
  cuts: ProgramCut[];
  /** What went wrong in a build that made programs all the same. */
  incomplete?: string;
  /** Where LLVM IR was asked for. */
  ir?: Manifest['table'][number]['ir'];
}

export interface Assembly {
  recipe: CommonRecipe;
  /** In the data set's order. */
  packages: readonly PlacedPackage[];
  sandboxed: boolean;
  sources: Map<string, SourcePackage>;
  /** By package, where the sources could be read. */
  texts: ReadonlyMap<string, PackageTexts>;
  compilers: Compiler[];
  units: DoneUnit[];
  failures: Manifest['failures'];
}

/**
 * @throws BinscribeError: `missing` where there are no units to put together, and what `checkReplaceable` throws.
 */
export async function assembleDataset(assembly: Assembly, out: string): Promise<Manifest> {
  if (assembly.units.length === 0) {
    const why = assembly.failures[0]?.reason ?? 'none was asked for';
    throw new BinscribeError('missing', `no package could be built: ${why}`);
  }
  return writeDataset(out, (folder) => writeShards(assembly, folder));
}

/** Lets `writeShards` fill `data/`, and adds what describes it. */
export async function writeDataset(
  out: string,
  writeShards: (folder: string) => Promise<Manifest>,
): Promise<Manifest> {
  return replaceFolder(out, DATASET_FOLDER, async (folder) => {
    mkdirSync(join(folder, 'data'));
    const manifest = await writeShards(folder);
    writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
    writeFileSync(join(folder, 'card.md'), renderCard(manifest));
    return manifest;
  });
}

/**
 * A manifest of nothing yet.
 *
 * @param compilers none where nothing is compiled
 * @param marker counts while the shards are written
 */
export function newManifest(
  { name, levels }: { name: string; levels: readonly Level[] },
  sandboxed: boolean,
  compilers: readonly Compiler[],
  marker: Marker,
): Manifest {
  return {
    schema: DATASET_SCHEMA,
    tool: 'binscribe',
    name,
    sandboxed,
    compilers: compilers.map(({ name, version }) => ({ name, version })),
    levels: [...levels],
    flags: levels.length === 0 ? [] : flagsFor(levels[0]).slice(0, -1),
    packages: [],
    snippets: null,
    programs: null,
    failures: [],
    cuts: [],
    shards: [],
    counts: marker.counts,
    described: { train: { rows: 0, unique: 0 }, test: { rows: 0, unique: 0 } },
    table: [],
  };
}

async function writeShards(assembly: Assembly, folder: string): Promise<Manifest> {
  const { recipe, sources } = assembly;
  const packages = assembly.packages.filter(({ name }) => sources.has(name));
  const marker = new Marker();
  for (const { name, split } of packages) {
    for (const unit of unitsOf(assembly, name)) {
      const rows = readShard(unit.rows, ['exact_hash', 'normalized_hash']);
      for await (const row of rows) marker.learn(row, split);
    }
  }
  const manifest = newManifest(recipe, assembly.sandboxed, assembly.compilers, marker);
  manifest.failures = assembly.failures;
  const isLifted = recipe.lifted ?? false;
  for (const { name, split } of packages) {
    const units = unitsOf(assembly, name);
    const texts = assembly.texts.get(name);
    const index = new TextIndex(texts?.functions ?? []);
    if (units.length > 0) await writeShard({ name, split, units, marker, index, isLifted }, manifest, folder);
    const source = sources.get(name);
    if (!source) continue;
    manifest.packages.push({
      name,
      version: source.version,
      split,
      files: source.files,
      licences: await readLicences(source),
      buildSystem: units[0]?.buildSystem ?? null,
      ...(source.project && { kind: 'project' as const }),
      texts: texts?.counts ?? null,
    });
  }
  return manifest;
}

interface PackageShard {
  readonly name: string;
  readonly split: Split;
  readonly units: readonly DoneUnit[];
  readonly marker: Marker;
  readonly index: TextIndex;
  /** Whether drafts by rules were asked for. */
  readonly isLifted: boolean;
}

async function writeShard(
  { name, split, units, marker, index, isLifted }: PackageShard,
  manifest: Manifest,
  folder: string,
): Promise<void> {
  // "train" and "test" at the head of the name is how Hugging Face's `datasets` tells the sides.
  const file = `data/${split}-${name}.parquet`;
  const path = join(folder, file);
  const shard = new ShardWriter(path, ALL_COLUMNS);
  for (const unit of units) {
    const before = shard.rows;
    let normalizedUnique = 0;
    let lifted = 0;
    const columns: readonly (typeof COLUMNS_WITH_IR)[number][] = unit.ir ? COLUMNS_WITH_IR : UNMARKED_COLUMNS;
    for await (const unmarked of readShard(unit.rows, columns)) {
      const placed = { ...unmarked, ir: unit.ir ? unmarked.ir : null, split };
      const text = index.find(placed.source_file, placed.name, placed.source_line);
      const flags = unit.flags.join(' ');
      const row: FunctionRow = { ...placed, flags, ...textColumns(text), ...marker.mark(placed) };
      if (row.text !== null) {
        manifest.described[split].rows++;
        if (!row.normalized_duplicate) manifest.described[split].unique++;
      }
      if (!row.normalized_duplicate) normalizedUnique++;
      if (row.lifted !== null) lifted++;
      shard.write(row);
    }
    const { compiler, optimization, programs, cuts, incomplete, ir } = unit;
    const rows = shard.rows - before;
    const cell = { package: name, compiler, optimization, programs, rows, normalizedUnique };
    manifest.table.push({
      ...cell,
      ...(incomplete !== undefined && { incomplete }),
      ...(ir && { ir }),
      ...(isLifted && { lifted }),
    });
    for (const cut of cuts) manifest.cuts.push({ package: name, compiler, optimization, ...cut });
  }
  shard.finish();
  manifest.shards.push({ file, split, package: name, rows: shard.rows, sha256: await fileHash(path) });
}

/** A package's licences are those of its files: manifest and card have them. */
function textColumns(found: FunctionText | null): Pick<FunctionRow, TextColumn> {
  const comment = found?.comment ?? null;
  return {
    source: found?.source ?? null,
    text: comment,
    text_kind: comment === null ? null : 'comment',
    text_style: found?.style ?? null,
    text_author: null,
    text_reference: found && comment !== null ? `${found.file}:${found.line}` : null,
    text_licence: null,
  };
}

/** The units of one package in the recipe's order. */
function unitsOf({ recipe, units }: Assembly, name: string): DoneUnit[] {
  const rank = (unit: DoneUnit) =>
    recipe.compilers.indexOf(unit.compiler) * recipe.levels.length + recipe.levels.indexOf(unit.optimization);
  return units.filter((unit) => unit.package === name).sort((a, b) => rank(a) - rank(b));
}

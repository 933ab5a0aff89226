/** Data sets of ready programs: each file is read, its functions joined with what the manual says, all put together. */

import { BinscribeError, describeError } from '../../error.ts';
import { newManifest, writeDataset } from '../assemble.ts';
import type { BuildOptions } from '../build-options.ts';
import { sha256 } from '../hash.ts';
import { readManual } from '../man/pages.ts';
import type { Manifest, ProgramsSummary } from '../manifest.ts';
import { Marker } from '../marks.ts';
import { sideOf, type ProgramsRecipe } from '../recipe.ts';
import type { FunctionRow } from '../row.ts';
import { readShard } from '../shard.ts';
import { Side } from '../sides.ts';
import { compareText } from '../text.ts';
import { Workplace } from '../workplace.ts';
import { Grouping } from './grouping.ts';
import { pathsIn } from './recipe.ts';
import type { Manual } from './texts.ts';
import { COMPILED_COLUMNS, readCompiled, type CompiledUnit } from './unit.ts';

const NOTES = [
  'A text is the summary of a manual page that names the function. A page names several functions, and several functions ' +
    'bear one name (versions for processors, two libraries): split by program, both sides have texts in common.',
  'Aliases at one address are one row. Code that chooses a function at run time (STT_GNU_IFUNC) has no text, nor has a ' +
    'function that is not visible to other files.',
  'Compiler and level are what `DW_AT_producer` says, else `.comment` where it names one compiler only.',
];

/** As `buildCorpus`. */
export async function buildPrograms(recipe: ProgramsRecipe, options: BuildOptions): Promise<Manifest> {
  const { files, manual: manualPath } = recipe.source;
  const pathOf = pathsIn(recipe.source, options.input);
  const place = new Workplace(options.workDir);
  place.open();
  const units = new Map<string, CompiledUnit>();
  const failures: ProgramsSummary['failures'] = [];
  const report = (step: string): void =>
    options.onProgress?.({
      unit: 'files',
      done: units.size + failures.length,
      total: files.length,
      failed: failures.length,
      step,
      left: undefined,
    });
  report('read the manual');
  const manual = manualPath === undefined ? null : openManual(manualPath, pathOf(manualPath));
  const manualHash = sha256(JSON.stringify([...(manual ?? [])]));
  const { lifted = false } = recipe;
  const context = { place, manual: manual ?? new Map(), manualHash, lifted, signal: options.signal };
  for (const file of files) {
    report(`read ${file}`);
    try {
      units.set(file, await readCompiled(file, pathOf(file), context));
    } catch (error) {
      if (!(error instanceof BinscribeError) || error.kind === 'interrupted') throw error;
      failures.push({ file, reason: describeError(error) });
    }
  }
  report('write the data set');
  const summary: ProgramsSummary = {
    testShare: recipe.testShare,
    splitBy: recipe.splitBy ?? (manual ? 'text' : 'program'),
    groups: { train: 0, test: 0 },
    notes: NOTES,
    manual: manual && { functions: manual.size, sha256: manualHash },
    builds: [],
    files: [],
    failures,
    cuts: [...units.values()].flatMap(({ cuts }) => cuts),
    moreCuts: [...units.values()].reduce((sum, { moreCuts }) => sum + moreCuts, 0),
  };
  if ([...units.values()].every(({ rows }) => rows === 0)) {
    const why = failures[0]?.reason ?? summary.cuts[0]?.reason ?? 'no file has symbols of functions';
    throw new BinscribeError('missing', `no functions were found: ${why}`, {
      hint: '`binscribe doctor` says which files are missing and how to get them.',
    });
  }
  return writeDataset(options.out, (folder) => writeShards(recipe, units, summary, folder));
}

function openManual(named: string, path: string): Manual {
  const manual = readManual(path);
  if (manual.size > 0) return manual;
  throw new BinscribeError(
    'unreadable',
    `${named}: manual pages of functions (man3/, man2/) expected, found none`,
    {
      hint: 'apt install manpages-dev',
    },
  );
}

async function writeShards(
  recipe: ProgramsRecipe,
  units: ReadonlyMap<string, CompiledUnit>,
  summary: ProgramsSummary,
  folder: string,
): Promise<Manifest> {
  const grouping = new Grouping(summary.splitBy);
  const builds = new Map<string, ProgramsSummary['builds'][number]>();
  for (const { path } of units.values()) {
    for await (const row of readShard(path, ['binary', 'text', 'compiler', 'optimization'])) {
      grouping.learn(row);
      const { compiler, optimization } = row;
      builds.set(`${compiler} ${optimization}`, { compiler, optimization });
    }
  }
  const marker = new Marker();
  for (const { path } of units.values()) {
    for await (const row of readShard(path, ['binary', 'text', 'exact_hash', 'normalized_hash'])) {
      marker.learn(row, sideOf(grouping.of(row), recipe.testShare));
    }
  }
  summary.builds = [...builds].sort(([a], [b]) => compareText(a, b)).map(([, build]) => build);
  for (const group of grouping.groups) summary.groups[sideOf(group, recipe.testShare)]++;
  // Nothing ran that could have done harm.
  const manifest = newManifest({ name: recipe.name, levels: [] }, true, [], marker);
  const sides = { train: new Side('train', folder), test: new Side('test', folder) };
  for (const [file, { sha256: hash, programs, rows, path }] of units) {
    const facts = { file, sha256: hash, programs, rows, normalizedUnique: 0, described: 0 };
    let lifted = 0;
    for await (const unmarked of readShard(path, COMPILED_COLUMNS)) {
      const split = sideOf(grouping.of(unmarked), recipe.testShare);
      const placed = { ...unmarked, split };
      const row: FunctionRow = { ...placed, ...marker.mark(placed) };
      if (row.text !== null) {
        facts.described++;
        manifest.described[split].rows++;
        if (!row.normalized_duplicate) manifest.described[split].unique++;
      }
      if (!row.normalized_duplicate) facts.normalizedUnique++;
      if (row.lifted !== null) lifted++;
      await sides[split].write(row);
    }
    summary.files.push({ ...facts, ...(recipe.lifted && { lifted }) });
  }
  manifest.programs = summary;
  manifest.shards = [...(await sides.train.finish()), ...(await sides.test.finish())];
  return manifest;
}

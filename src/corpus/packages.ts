/** Data sets of Debian source packages: fetch, read the sources, build every unit (see unit.ts), put together. */

import { availableParallelism } from 'node:os';
import { BinscribeError, describeError } from '../error.ts';
import { assembleDataset, type DoneUnit } from './assemble.ts';
import type { BuildOptions } from './build-options.ts';
import { extractUnit } from './extract.ts';
import type { Manifest } from './manifest.ts';
import { packagesOf, type PackagesRecipe } from './recipe.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { obtainSource, type SourcePackage } from './sources.ts';
import { type PackageTexts, readTexts } from './texts.ts';
import { findCompiler, type Compiler } from './toolchain.ts';
import { clearAbandonedDesks, type BuildContext } from './desk.ts';
import { unitKey, type Unit } from './unit-key.ts';
import { buildUnit } from './unit.ts';
import { Workplace } from './workplace.ts';

/** As `buildCorpus`. */
export async function buildPackages(recipe: PackagesRecipe, options: BuildOptions): Promise<Manifest> {
  const run = new Run(recipe, options);
  await run.fetch();
  await run.read();
  await run.build();
  return run.assemble();
}

type Failure = Manifest['failures'][number];

class Run {
  private readonly recipe: PackagesRecipe;
  private readonly options: BuildOptions;
  private readonly sandbox: Sandbox;
  private readonly place: Workplace;
  private readonly context: BuildContext;
  private readonly compilers: Compiler[];
  private readonly sources = new Map<string, SourcePackage>();
  private readonly texts = new Map<string, PackageTexts>();
  private readonly units: DoneUnit[] = [];
  private readonly failures: Failure[] = [];
  private readonly started = Date.now();
  /** Units done in this run, not found done. */
  private fresh = 0;

  constructor(recipe: PackagesRecipe, options: BuildOptions) {
    this.recipe = recipe;
    this.options = options;
    this.sandbox = openSandbox(options.unsafeNoSandbox);
    this.compilers = recipe.compilers.map(findCompiler);
    this.place = new Workplace(options.workDir);
    this.place.open();
    clearAbandonedDesks();
    const { limits, signal } = options;
    this.context = {
      place: this.place,
      sandbox: this.sandbox,
      brokenTrees: new Map(),
      ...(limits && { limits }),
      ...(signal && { signal }),
    };
  }

  async fetch(): Promise<void> {
    for (const { name } of packagesOf(this.recipe)) {
      this.report(`fetch ${name}`);
      await this.guard({ package: name, compiler: null, optimization: null }, async () => {
        this.sources.set(name, await obtainSource(this.place, name, this.options.signal));
      });
    }
  }

  /** What sources say: a package whose sources cannot be read has rows without it. */
  async read(): Promise<void> {
    const [compiler] = this.compilers;
    for (const [name, source] of this.sources) {
      this.report(`read the sources of ${name}`);
      await this.guard({ package: name, compiler: null, optimization: null }, async () => {
        this.texts.set(name, await readTexts({ source, compiler, level: 'O2' }, this.context));
      });
    }
  }

  /** All units, `jobs` at once. */
  async build(): Promise<void> {
    // The levels of one compiler share a configured tree, so one worker does them one after the other.
    const chains = this.compilers.flatMap((compiler) =>
      [...this.sources.values()].map((source) =>
        this.recipe.levels.map((level): Unit => ({ source, compiler, level })),
      ),
    );
    const worker = async () => {
      for (let chain = chains.shift(); chain; chain = chains.shift()) {
        for (const unit of chain) await this.buildOne(unit);
      }
    };
    const jobs = this.options.jobs ?? availableParallelism();
    await Promise.all(Array.from({ length: jobs }, worker));
  }

  assemble(): Promise<Manifest> {
    this.report('write the data set');
    const order = (failure: Failure) => [
      packagesOf(this.recipe).findIndex(({ name }) => name === failure.package),
      this.recipe.compilers.indexOf(failure.compiler ?? ''),
      this.recipe.levels.findIndex((level) => level === failure.optimization),
    ];
    return assembleDataset(
      {
        recipe: this.recipe,
        sandboxed: this.sandbox.isolated,
        sources: this.sources,
        texts: this.texts,
        compilers: this.compilers,
        units: this.units,
        failures: this.failures.sort((a, b) => compareNumbers(order(a), order(b))),
      },
      this.options.out,
    );
  }

  private async buildOne(unit: Unit): Promise<void> {
    const { source, compiler, level } = unit;
    const labels = { package: source.name, compiler: compiler.name, optimization: level };
    const step = `${source.name} ${compiler.name} ${level}`;
    await this.guard(labels, async () => {
      const key = unitKey(unit, this.sandbox);
      const known = this.place.has(key);
      const result = await buildUnit(unit, this.context);
      const { path, cuts } = await extractUnit(this.place, key, result, this.options.signal);
      if (!known) this.fresh++;
      const { buildSystem, programs } = result;
      this.units.push({ ...labels, buildSystem, programs: programs.length, rows: path, cuts });
    });
    this.report(step);
  }

  /** Lists what fails and lets the rest go on; only an interruption ends the run. */
  private async guard(what: Omit<Failure, 'reason'>, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof BinscribeError && error.kind === 'interrupted') throw error;
      this.failures.push({ ...what, reason: publicReason(error, this.place.root) });
    }
  }

  private report(step: string): void {
    const { recipe, units, failures, fresh } = this;
    const total = packagesOf(recipe).length * recipe.compilers.length * recipe.levels.length;
    const done = Math.min(total, units.length + failures.length);
    const each = (Date.now() - this.started) / fresh;
    const left = fresh === 0 ? undefined : each * (total - done);
    this.options.onProgress?.({ unit: 'builds', done, total, failed: failures.length, step, left });
  }
}

/** A failure's reason as it may stand in a manifest that is given away: no host, no path of this machine. */
function publicReason(error: unknown, root: string): string {
  return describeError(error)
    .replaceAll(root, '<work>')
    .replace(/\b\w+:\/\/\S+/g, '<url>');
}

function compareNumbers(a: number[], b: number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

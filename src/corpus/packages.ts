/** Data sets of Debian source packages, and of a project: fetch, read the sources, build every unit (see work.ts), put together. */

import { availableParallelism } from 'node:os';
import { BinscribeError, describeError } from '../error.ts';
import { assembleDataset, type DoneUnit } from './assemble.ts';
import type { BuildOptions } from './build-options.ts';
import { isClang } from './fragments/dialect.ts';
import type { Manifest } from './manifest.ts';
import { obtainProject } from './project.ts';
import {
  packagesOf,
  sideOf,
  type CommonRecipe,
  type PackagesRecipe,
  type PlacedPackage,
  type ProjectRecipe,
} from './recipe.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { obtainSource, type SourcePackage } from './sources.ts';
import { type PackageTexts, readTexts } from './texts.ts';
import { findCompiler, type Compiler } from './toolchain.ts';
import { clearAbandonedDesks, type BuildContext } from './desk.ts';
import { unitKey, type Unit } from './unit-key.ts';
import { buildTimes, keepTime, timeOf } from './times.ts';
import { doUnit, inParallel } from './work.ts';
import { Workplace } from './workplace.ts';

/** What is built, and where it comes from. */
interface Plan extends PlacedPackage {
  /** @throws BinscribeError where it cannot be had */
  obtain: (place: Workplace) => Promise<SourcePackage>;
}

/** As `buildCorpus`. */
export async function buildPackages(recipe: PackagesRecipe, options: BuildOptions): Promise<Manifest> {
  const plan = packagesOf(recipe).map(({ name, split }) => ({
    name,
    split,
    obtain: (place: Workplace) => obtainSource(place, name, options.signal),
  }));
  return new Run(recipe, plan, options).all();
}

/** As `buildCorpus`. */
export async function buildProject(recipe: ProjectRecipe, options: BuildOptions): Promise<Manifest> {
  const { source, testShare } = recipe;
  const place = new Workplace(options.workDir);
  place.open();
  // Without it there is nothing to go on with.
  const obtained = await obtainProject(place, source, options.input);
  const plan = { name: source.name, split: sideOf(source.name, testShare), obtain: async () => obtained };
  return new Run(recipe, [plan], options).all();
}

type Failure = Manifest['failures'][number];

class Run {
  private readonly recipe: CommonRecipe;
  private readonly plan: readonly Plan[];
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
  /** What the units took, by package, compiler and level. */
  private readonly seconds = new Map<string, number | undefined>();

  constructor(recipe: CommonRecipe, plan: readonly Plan[], options: BuildOptions) {
    this.recipe = recipe;
    this.plan = plan;
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

  async all(): Promise<Manifest> {
    await this.fetch();
    await this.read();
    await this.build();
    return this.assemble();
  }

  private async fetch(): Promise<void> {
    for (const { name, obtain } of this.plan) {
      this.report(`fetch ${name}`);
      await this.guard({ package: name, compiler: null, optimization: null }, async () => {
        this.sources.set(name, await obtain(this.place));
      });
    }
  }

  /** What sources say: a package whose sources cannot be read has rows without it. */
  private async read(): Promise<void> {
    const [compiler] = this.compilers;
    for (const [name, source] of this.sources) {
      this.report(`read the sources of ${name}`);
      await this.guard({ package: name, compiler: null, optimization: null }, async () => {
        this.texts.set(
          name,
          await readTexts({ source, compiler, level: 'O2', ir: false, lifted: false }, this.context),
        );
      });
    }
  }

  /** All units, `jobs` at once. */
  private async build(): Promise<void> {
    // The levels of one compiler share a configured tree, so one worker does them one after the other.
    const chains = this.compilers.flatMap((compiler) =>
      [...this.sources.values()].map((source) =>
        this.recipe.levels.map((level): Unit => ({
          source,
          compiler,
          level,
          ir: (this.recipe.ir ?? false) && isClang(compiler),
          lifted: this.recipe.lifted ?? false,
        })),
      ),
    );
    await inParallel(chains.values(), this.options.jobs ?? availableParallelism(), async (chain) => {
      for (const unit of chain) await this.buildOne(unit);
    });
  }

  private async assemble(): Promise<Manifest> {
    this.report('write the data set');
    const order = (failure: Failure) => [
      this.plan.findIndex(({ name }) => name === failure.package),
      this.recipe.compilers.indexOf(failure.compiler ?? ''),
      this.recipe.levels.findIndex((level) => level === failure.optimization),
    ];
    const manifest = await assembleDataset(
      {
        recipe: this.recipe,
        packages: this.plan,
        sandboxed: this.sandbox.isolated,
        sources: this.sources,
        texts: this.texts,
        compilers: this.compilers,
        units: this.units,
        failures: this.failures.sort((a, b) => compareNumbers(order(a), order(b))),
      },
      this.options.out,
    );
    this.options.onTimes?.(
      buildTimes(manifest, (cell) =>
        this.seconds.get(`${cell.package} ${cell.compiler} ${cell.optimization}`),
      ),
    );
    return manifest;
  }

  private async buildOne(unit: Unit): Promise<void> {
    const { source, compiler, level } = unit;
    const labels = { package: source.name, compiler: compiler.name, optimization: level };
    const step = `${source.name} ${compiler.name} ${level}`;
    await this.guard(labels, async () => {
      const key = unitKey(unit, this.sandbox);
      const known = this.place.has(key);
      const begun = performance.now();
      const done = await doUnit(unit, this.context);
      if (!known) keepTime(this.place, key, (performance.now() - begun) / 1000);
      this.seconds.set(step, timeOf(this.place, key));
      const { incomplete } = done;
      this.units.push(
        incomplete === undefined ? done : { ...done, incomplete: this.publicReason(incomplete) },
      );
      if (!known) this.fresh++;
    });
    this.report(step);
  }

  /** Lists what fails and lets the rest go on; only an interruption ends the run. */
  private async guard(what: Omit<Failure, 'reason'>, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof BinscribeError && error.kind === 'interrupted') throw error;
      this.failures.push({ ...what, reason: this.publicReason(describeError(error)) });
    }
  }

  /** A failure's reason as it may stand in a manifest that is given away: no host, no path of this machine. */
  private publicReason(reason: string): string {
    return reason.replaceAll(this.place.root, '<work>').replace(/\b\w+:\/\/\S+/g, '<url>');
  }

  private report(step: string): void {
    const { recipe, plan, units, failures, fresh } = this;
    const total = plan.length * recipe.compilers.length * recipe.levels.length;
    const done = Math.min(total, units.length + failures.length);
    const each = (Date.now() - this.started) / fresh;
    const left = fresh === 0 ? undefined : each * (total - done);
    this.options.onProgress?.({ unit: 'builds', done, total, failed: failures.length, step, left });
  }
}

function compareNumbers(a: number[], b: number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

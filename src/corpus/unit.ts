/**
 * The unit of work: one package, built by one compiler at one level. A unit is idempotent and its result is
 * addressed by all that decides it, so it can be done by any worker, twice, or by another machine; a result is
 * written beside its place and renamed into it, so it is there whole or not at all.
 */

import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BinscribeError } from '../error.ts';
import { recogniseBuildSystem, type BuildSystem } from './build-systems/index.ts';
import { findPrograms } from './programs.ts';
import type { Sandbox, SandboxLimits } from './sandbox.ts';
import type { SourcePackage } from './sources.ts';
import { flagsFor, writeDrivers, type Compiler, type Level } from './toolchain.ts';

/** Goes into every key: raise it when the way of building changes, and all units are built again. */
const BUILD_VERSION = 1;

/** The instant that all sources carry and that builds take for now: 2000-01-01, older than any file made later. */
const SOURCE_DATE_EPOCH = 946_684_800;

export interface Unit {
  source: SourcePackage;
  compiler: Compiler;
  level: Level;
}

export interface UnitProgram {
  /** Path inside the build. */
  path: string;
  sha256: string;
  size: number;
}

/** `unit.json` in the folder of a unit that was built. */
export interface UnitResult {
  package: string;
  version: string;
  compiler: string;
  compilerVersion: string;
  optimization: Level;
  flags: string[];
  buildSystem: string;
  sandboxed: boolean;
  programs: UnitProgram[];
}

/** Where things lie in a working folder. */
export class Workplace {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get sources(): string {
    return join(this.root, 'sources');
  }

  get units(): string {
    return join(this.root, 'units');
  }

  /** Extracted rows, a folder a unit. */
  get rows(): string {
    return join(this.root, 'rows');
  }

  /** Folder of a unit's result: `unit.json` and `programs/`. */
  unit(key: string): string {
    return join(this.units, key);
  }

  /** Whether a unit has been built. */
  has(key: string): boolean {
    return existsSync(this.unit(key));
  }

  /** The configured source tree that the levels of one compiler share. */
  tree(key: string): string {
    return join(this.root, 'trees', `${key}.tar`);
  }

  /** What a failed unit printed last. */
  log(unit: Unit): string {
    return join(this.root, 'logs', `${unit.source.name}-${unit.compiler.name}-${unit.level}.log`);
  }
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

function treeKey(unit: Omit<Unit, 'level'>, sandbox: Sandbox): string {
  const { source, compiler } = unit;
  return hash([BUILD_VERSION, source.name, source.version, source.files, compiler, sandbox.isolated]);
}

export function unitKey(unit: Unit, sandbox: Sandbox): string {
  return hash([treeKey(unit, sandbox), flagsFor(unit.level)]);
}

/** The result of a unit that was built before. */
export function readUnit(place: Workplace, key: string): UnitResult | undefined {
  const path = join(place.unit(key), 'unit.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as UnitResult) : undefined;
}

export interface BuildContext {
  place: Workplace;
  sandbox: Sandbox;
  /** Trees that could not be configured in this run, with why: the other levels need not try again. */
  brokenTrees: Map<string, unknown>;
  limits?: Partial<SandboxLimits>;
  signal?: AbortSignal;
}

/**
 * Builds one unit and returns its result; one that exists is returned as it is.
 *
 * @throws BinscribeError where the package does not build (the last words of its build are in the log), and of
 *   kind `interrupted`.
 */
export async function buildUnit(unit: Unit, context: BuildContext): Promise<UnitResult> {
  const { place, sandbox } = context;
  const key = unitKey(unit, sandbox);
  const known = readUnit(place, key);
  if (known) return known;
  const desk = new Desk(unit, context);
  try {
    const system = await desk.unpackTree();
    desk.useLevel(unit.level);
    await desk.step('build', system.build);
    return keepUnit(unit, system, desk.tree, context, key);
  } finally {
    desk.clear();
  }
}

function keepUnit(
  unit: Unit,
  system: BuildSystem,
  tree: string,
  { place, sandbox }: BuildContext,
  key: string,
): UnitResult {
  const target = place.unit(key);
  const partial = `${target}.partial-${process.pid}`;
  const programs: UnitProgram[] = [];
  try {
    for (const program of findPrograms(tree)) {
      const path = join(partial, 'programs', program.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, program.content);
      programs.push({ path: program.path, sha256: program.sha256, size: program.content.length });
    }
    if (programs.length === 0) throw new BinscribeError('unsupported', 'the build links no program');
    const result: UnitResult = {
      package: unit.source.name,
      version: unit.source.version,
      compiler: unit.compiler.name,
      compilerVersion: unit.compiler.version,
      optimization: unit.level,
      flags: flagsFor(unit.level),
      buildSystem: system.name,
      sandboxed: sandbox.isolated,
      programs,
    };
    writeFileSync(join(partial, 'unit.json'), JSON.stringify(result, null, 1));
    // Another worker may have been faster; what it left is the same.
    if (!existsSync(target)) renameSync(partial, target);
    return result;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/**
 * A folder in the system's temporary place where a unit is built. Not in the working folder: the dropped user
 * must be able to reach it, and a working folder may lie in somebody's home.
 */
class Desk {
  private readonly unit: Unit;
  private readonly context: BuildContext;
  private readonly folder: string;

  constructor(unit: Unit, context: BuildContext) {
    this.unit = unit;
    this.context = context;
    clearAbandonedDesks();
    this.folder = mkdtempSync(join(tmpdir(), `${DESK_PREFIX}${process.pid}-`));
    chmodSync(this.folder, 0o755);
    mkdirSync(this.tree);
    if (context.sandbox.owner !== undefined) {
      chownSync(this.tree, context.sandbox.owner, context.sandbox.owner);
    }
  }

  /** The folder that the build may write to. */
  get tree(): string {
    return join(this.folder, this.unit.source.name);
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes `cc` and `c++` compile at `level`. */
  useLevel(level: Level): void {
    const { sandbox } = this.context;
    // Unprotected builds see the host's path; debug information must not.
    const root = sandbox.root(this.folder);
    const extra = sandbox.isolated ? [] : [`-ffile-prefix-map=${root}=/build`];
    writeDrivers(join(this.folder, 'tools'), this.unit.compiler, level, extra);
  }

  /** @throws BinscribeError of kind `unsupported` where the script fails; its output goes to the log. */
  async step(name: string, script: string, files: { stdin?: number; stdout?: number } = {}): Promise<void> {
    const { sandbox, place, limits, signal } = this.context;
    const root = sandbox.root(this.folder);
    const result = await sandbox.run({
      script,
      directory: this.folder,
      writable: this.unit.source.name,
      env: { PATH: `${root}/tools:/usr/bin:/bin`, SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH) },
      ...files,
      ...(limits && { limits }),
      ...(signal && { signal }),
    });
    if (result.ok) return;
    const log = place.log(this.unit);
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, result.output);
    throw new BinscribeError('unsupported', `${name}: ${result.reason}: ${firstError(result.output)}`);
  }

  /** The configured tree: from the store, or made now and put there for the other levels. */
  async unpackTree(): Promise<BuildSystem> {
    const { place, sandbox, brokenTrees } = this.context;
    const key = treeKey(this.unit, sandbox);
    const stored = place.tree(key);
    if (existsSync(stored)) {
      await this.withFile(stored, 'r', (stdin) => this.step('unpack', 'tar -xf -', { stdin }));
      return recogniseBuildSystem(this.rootFiles());
    }
    if (brokenTrees.has(key)) throw brokenTrees.get(key);
    try {
      return await this.configureTree(stored);
    } catch (error) {
      brokenTrees.set(key, error);
      throw error;
    }
  }

  private async configureTree(stored: string): Promise<BuildSystem> {
    await this.unpackSource();
    const system = recogniseBuildSystem(this.rootFiles());
    this.useLevel('O2');
    await this.step('configure', system.configure);
    const partial = `${stored}.partial-${process.pid}`;
    mkdirSync(dirname(stored), { recursive: true });
    await this.withFile(partial, 'w', (stdout) => this.step('store', 'tar -cf - .', { stdout }));
    renameSync(partial, stored);
    return system;
  }

  private rootFiles(): Set<string> {
    return new Set(readdirSync(this.tree));
  }

  private async unpackSource(): Promise<void> {
    const { source } = this.unit;
    const folder = join(this.folder, 'source');
    mkdirSync(folder);
    for (const file of source.files) copyFileSync(join(source.folder, file.name), join(folder, file.name));
    // apt has checked the signatures; all files get one age, so that make sees nothing to generate again (a
    // patch to configure.ac would ask for autoconf).
    await this.step(
      'unpack',
      `dpkg-source --no-check -x ../source/${source.files[0].name} tmp-source >/dev/null\n` +
        'cd tmp-source && find . -mindepth 1 -maxdepth 1 -exec mv -t .. {} +\n' +
        `cd .. && rmdir tmp-source && find . -exec touch -h -d @${SOURCE_DATE_EPOCH} {} +`,
    );
  }

  private async withFile(path: string, mode: 'r' | 'w', use: (file: number) => Promise<void>): Promise<void> {
    const file = openSync(path, mode);
    try {
      await use(file);
    } finally {
      closeSync(file);
    }
  }
}

const DESK_PREFIX = 'binscribe-build-';

/** A run that was killed leaves its desks behind; their names tell whose they were. */
function clearAbandonedDesks(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${DESK_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}

/** The line of a build's output that most likely says what went wrong: what follows the first error is its echo. */
function firstError(output: string): string {
  const lines = output.trim().split('\n');
  const line =
    lines.find((text) => /\berror: /i.test(text)) ??
    lines.findLast((text) => /No such file|not found|\*\*\*/.test(text)) ??
    lines.at(-1);
  return (line ?? '').trim().slice(0, 300);
}

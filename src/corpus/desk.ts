/** Where one unit is built, step by step, in the sandbox. */

import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinscribeError } from '../error.ts';
import { recogniseBuildSystem, type BuildSystem } from './build-systems/index.ts';
import { quote } from './keeping-driver.ts';
import { SOURCE_DATE_EPOCH } from './programs.ts';
import type { Sandbox, SandboxLimits, SandboxResult } from './sandbox.ts';
import { PROJECT_FLAGS, writeDrivers, type DriverSettings, type Level } from './toolchain.ts';
import { treeKey, type Unit } from './unit-key.ts';
import { clearAbandoned, type Workplace } from './workplace.ts';

const DESK_PREFIX = 'binscribe-build-';

/** The drivers, and what a package is unpacked from. */
const TOOLS_FOLDER = 'tools';
const SOURCE_FOLDER = 'source';

/** A project's tree cannot be called like these, which lie beside it. */
export const DESK_FOLDERS: readonly string[] = [TOOLS_FOLDER, SOURCE_FOLDER];

/** Beside the tree, which is called as the package is: no package's name begins with a point. */
const KEPT_FOLDER = '.kept';
const LIST = '.list';

interface StandardFiles {
  stdin?: number;
  stdout?: number;
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
 * A folder in the system's temporary place where a unit is built. Not in the working folder: the dropped user
 * must be able to reach it, and a working folder may lie in somebody's home.
 */
export class Desk {
  private readonly unit: Unit;
  private readonly context: BuildContext;
  private readonly folder: string;

  constructor(unit: Unit, context: BuildContext) {
    this.unit = unit;
    this.context = context;
    this.folder = mkdtempSync(join(tmpdir(), `${DESK_PREFIX}${process.pid}-`));
    chmodSync(this.folder, 0o755);
    for (const path of [this.tree, this.kept]) {
      mkdirSync(path);
      if (context.sandbox.owner !== undefined) {
        chownSync(path, context.sandbox.owner, context.sandbox.owner);
      }
    }
  }

  /** The folder that is built in. */
  get tree(): string {
    return join(this.folder, this.unit.source.name);
  }

  /** The folder that holds what drivers keep, and other products that are no part of the tree. */
  get kept(): string {
    return join(this.folder, KEPT_FOLDER);
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes `cc` and `c++` compile at `level`. */
  useLevel(level: Level): void {
    this.useDrivers(level, {});
  }

  /**
   * Makes them compile at the unit's level, and keep what is asked of the unit. For its build alone: configure scripts
   * find out with -Werror what a compiler knows.
   */
  useUnit(): void {
    const { source, level, ir } = this.unit;
    const root = this.context.sandbox.root(this.folder);
    const keep = { folder: `${root}/${KEPT_FOLDER}`, root, objects: source.project !== undefined, ir };
    this.useDrivers(level, {
      ...(source.project && { extra: PROJECT_FLAGS }),
      ...((keep.objects || keep.ir) && { keep }),
    });
  }

  private useDrivers(level: Level, { extra = [], keep }: DriverSettings): void {
    const { sandbox } = this.context;
    // Unprotected builds see the host's path; debug information must not.
    const root = sandbox.root(this.folder);
    const mapped = sandbox.isolated ? extra : [...extra, `-ffile-prefix-map=${root}=/build`];
    const settings = { extra: mapped, ...(keep && { keep }) };
    writeDrivers(join(this.folder, TOOLS_FOLDER), this.unit.compiler, level, settings);
  }

  /**
   * Stripped twins of programs of the tree, `strip` being run in the sandbox as it reads what a stranger's build has
   * linked: the path of each, at which there is none where it could not be made.
   *
   * @param programs paths inside the tree
   */
  async strip(programs: readonly string[]): Promise<string[]> {
    const twins = programs.map((_, i) => `${i}.stripped`);
    // Names may hold anything but zero: they reach `strip` through a file, not through the shell.
    const pairs = programs.map((path, i) => `../${KEPT_FOLDER}/${twins[i]}\0./${path}\0`);
    writeFileSync(join(this.folder, LIST), pairs.join(''));
    await this.step('strip', `xargs -0 -r -n 2 strip -o <../${LIST} || :`);
    return twins.map((name) => join(this.kept, name));
  }

  /**
   * Builds as far as it goes, and returns what went wrong on the way: another try ends the same.
   *
   * @throws BinscribeError of kind `unsupported` where it was stopped: how far it came is then a matter of luck.
   */
  async build({ build }: BuildSystem): Promise<BinscribeError | undefined> {
    const result = await this.run(build);
    if (result.ok) return undefined;
    const failure = this.failure('build', result);
    if (!result.ended) throw failure;
    return failure;
  }

  /** @throws BinscribeError of kind `unsupported` where the script fails; its output goes to the log. */
  async step(name: string, script: string, files: StandardFiles = {}): Promise<void> {
    const result = await this.run(script, files);
    if (!result.ok) throw this.failure(name, result);
  }

  private run(script: string, files: StandardFiles = {}): Promise<SandboxResult> {
    const { sandbox, limits, signal } = this.context;
    const root = sandbox.root(this.folder);
    return sandbox.run({
      script,
      directory: this.folder,
      writable: this.unit.source.name,
      alsoWritable: KEPT_FOLDER,
      env: { PATH: `${root}/${TOOLS_FOLDER}:/usr/bin:/bin`, SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH) },
      ...files,
      ...(limits && { limits }),
      ...(signal && { signal }),
    });
  }

  /** Its output goes to the log. */
  private failure(name: string, { reason, output }: SandboxResult): BinscribeError {
    const { source, compiler, level } = this.unit;
    writeFileSync(this.context.place.log(`${source.name}-${compiler.name}-${level}`), output);
    return new BinscribeError('unsupported', `${name}: ${reason}: ${firstError(output)}`);
  }

  /** The configured tree: from the store, or made now and put there for the other levels. */
  async unpackTree(): Promise<BuildSystem> {
    const { place, sandbox, brokenTrees } = this.context;
    const key = treeKey(this.unit, sandbox);
    const stored = place.tree(key);
    if (existsSync(stored)) {
      await this.withFile(stored, 'r', (stdin) => this.step('unpack', 'tar -xf -', { stdin }));
      return this.buildSystem();
    }
    if (brokenTrees.has(key)) throw brokenTrees.get(key);
    try {
      return await this.configureTree(key);
    } catch (error) {
      brokenTrees.set(key, error);
      throw error;
    }
  }

  private async configureTree(key: string): Promise<BuildSystem> {
    const { place } = this.context;
    const stored = place.tree(key);
    await this.unpackSource();
    const system = this.buildSystem();
    this.useLevel('O2');
    await this.step('configure', system.configure);
    const partial = place.partial(`${key}.tar`);
    await this.withFile(partial, 'w', (stdout) => this.step('store', 'tar -cf - .', { stdout }));
    place.settle(partial, stored);
    return system;
  }

  private buildSystem(): BuildSystem {
    const build = this.unit.source.project?.build;
    if (build !== undefined) return { name: 'recipe', recognises: () => true, configure: ':', build };
    return recogniseBuildSystem(new Set(readdirSync(this.tree)));
  }

  /** The source with Debian's patches, as it is before anything is configured. */
  async unpackSource(): Promise<void> {
    const { source } = this.unit;
    const folder = join(this.folder, SOURCE_FOLDER);
    mkdirSync(folder);
    for (const file of source.files) copyFileSync(join(source.folder, file.name), join(folder, file.name));
    const archive = quote(`../${SOURCE_FOLDER}/${source.files[0].name}`);
    // apt has checked the signatures; all files get one age, so that make sees nothing to generate again (a
    // patch to configure.ac would ask for autoconf).
    await this.step(
      'unpack',
      (source.project ? unpackProject(archive) : unpackPackage(archive)) +
        `find . -exec touch -h -d @${SOURCE_DATE_EPOCH} {} +`,
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

function unpackPackage(archive: string): string {
  return `dpkg-source --no-check -x ${archive} tmp-source >/dev/null
cd tmp-source && find . -mindepth 1 -maxdepth 1 -exec mv -t .. {} +
cd .. && rmdir tmp-source
`;
}

/** Most archives have everything in one folder: it comes out of it. Folders may lack rights for their owner. */
function unpackProject(archive: string): string {
  const top = 'find .unpacked -mindepth 1 -maxdepth 1';
  return `mkdir .unpacked
tar --no-same-owner --no-same-permissions -xf ${archive} -C .unpacked
chmod -R u+rwX .unpacked
depth=1
if [ "$(${top} -printf x)" = x ] && [ -n "$(${top} -type d)" ]; then depth=2; fi
find .unpacked -mindepth $depth -maxdepth $depth -exec mv -t . {} +
rm -r .unpacked
`;
}

/** Takes away the desks of runs that were killed. */
export function clearAbandonedDesks(): void {
  clearAbandoned(tmpdir(), DESK_PREFIX);
}

/** The line of a build's output that most likely says what went wrong: what follows the first error is its echo. */
function firstError(output: string): string {
  const lines = output.trim().split('\n');
  const line =
    lines.find((text) => /\berror: |: (not found|No such file or directory)$/i.test(text)) ??
    lines.findLast((text) => /No such file|not found|\*\*\*/.test(text)) ??
    lines.at(-1);
  return (line ?? '').trim().slice(0, 300);
}

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
import type { Sandbox, SandboxLimits } from './sandbox.ts';
import { writeDrivers, type Level } from './toolchain.ts';
import { treeKey, type Unit } from './unit-key.ts';
import { clearAbandoned, type Workplace } from './workplace.ts';

/** The instant that all sources carry and that builds take for now: 2000-01-01, older than any file made later. */
const SOURCE_DATE_EPOCH = 946_684_800;

const DESK_PREFIX = 'binscribe-build-';

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
    const { source, compiler, level } = this.unit;
    writeFileSync(place.log(`${source.name}-${compiler.name}-${level}`), result.output);
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
    const system = recogniseBuildSystem(this.rootFiles());
    this.useLevel('O2');
    await this.step('configure', system.configure);
    const partial = place.partial(`${key}.tar`);
    await this.withFile(partial, 'w', (stdout) => this.step('store', 'tar -cf - .', { stdout }));
    place.settle(partial, stored);
    return system;
  }

  private rootFiles(): Set<string> {
    return new Set(readdirSync(this.tree));
  }

  /** The source with Debian's patches, as it is before anything is configured. */
  async unpackSource(): Promise<void> {
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

/** Takes away the desks of runs that were killed. */
export function clearAbandonedDesks(): void {
  clearAbandoned(tmpdir(), DESK_PREFIX);
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

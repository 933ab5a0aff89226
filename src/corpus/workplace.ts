/** The working folder of a build: what is kept there between runs, and how a result comes to be there. */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BinscribeError, describeError } from '../error.ts';

/** Where things lie in a working folder. */
export class Workplace {
  readonly root: string;

  constructor(root: string) {
    // apt and the sandbox run in folders of their own, where a relative path would lead elsewhere.
    this.root = resolve(root);
  }

  get sources(): string {
    return join(this.root, 'sources');
  }

  /** Sources of projects, a folder each by the hash of what is in it. */
  get projects(): string {
    return join(this.root, 'projects');
  }

  /** State of a package manager of our own. */
  get apt(): string {
    return join(this.root, 'apt');
  }

  get units(): string {
    return join(this.root, 'units');
  }

  /** Extracted rows, a folder a unit. */
  get rows(): string {
    return join(this.root, 'rows');
  }

  /** Where the result called `name` is made before it is renamed into its place. */
  partial(name: string): string {
    return join(this.root, 'partial', `${process.pid}-${name}`);
  }

  /** Puts a result into its place. Where another worker was faster its result stays: it is the same. */
  settle(partial: string, target: string): void {
    try {
      renameSync(partial, target);
    } catch (error) {
      if (!existsSync(target)) throw error;
      rmSync(partial, { recursive: true, force: true });
    }
  }

  /**
   * Makes the folders; takes away what runs that were killed have left half done.
   * @throws BinscribeError of kind `unreadable` where there can be none.
   */
  open(): void {
    for (const folder of [
      'partial',
      'sources',
      'projects',
      'units',
      'rows',
      'texts',
      'trees',
      'logs',
      'times',
      'settled',
      'posts',
    ]) {
      try {
        mkdirSync(join(this.root, folder), { recursive: true });
      } catch (error) {
        throw new BinscribeError(
          'unreadable',
          `${this.root}: cannot keep what is built here: ${describeError(error)}`,
          { hint: 'Name another folder with --work.', cause: error },
        );
      }
    }
    clearAbandoned(join(this.root, 'partial'), '');
  }

  /** Folder of a unit's result: `unit.json` and `programs/`, and what was kept beside (kept.ts, twins.ts). */
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

  /** What a package's sources say of its functions. */
  texts(key: string): string {
    return join(this.root, 'texts', `${key}.json`);
  }

  /** What makes source files of a batch of snippets. */
  settled(key: string): string {
    return join(this.root, 'settled', `${key}.json`);
  }

  /** Questions and answers of a dump, joined. */
  posts(key: string): string {
    return join(this.root, 'posts', key);
  }

  /** Seconds that a unit took: no part of its result, which is the same every time. */
  time(key: string): string {
    return join(this.root, 'times', `${key}.txt`);
  }

  /** What a failed unit printed last; `name` as `grep-gcc-12-O2`. */
  log(name: string): string {
    return join(this.root, 'logs', `${name}.log`);
  }
}

/**
 * Removes the entries of a folder that processes now gone have left: those called `<prefix><process>-…`.
 * A process that was killed cannot clean up after itself.
 */
export function clearAbandoned(folder: string, prefix: string): void {
  for (const name of readdirSync(folder)) {
    const owner = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

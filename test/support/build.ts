/** Binscribe built from these sources into a folder of its own, for tests that need a process or a page. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** As users run it. @returns Path of the executable's script. */
export function buildBinscribe(): string {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-built-'));
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  for (const name of ['node_modules', 'models']) symlinkSync(join(ROOT, name), join(folder, name));
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  // Types are checked elsewhere.
  execFileSync(
    tsc,
    ['-p', 'tsconfig.build.json', '--noCheck', '--declaration', 'false', '--outDir', join(folder, 'dist')],
    { cwd: ROOT },
  );
  return join(folder, 'dist/cli/main.js');
}

/**
 * Sources and tests, each file as a module of its own.
 * @returns The folder, which has `src` and `test` as this one does.
 */
export function buildTree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-tree-'));
  for (const name of ['node_modules', 'package.json', 'models'])
    symlinkSync(join(ROOT, name), join(folder, name));
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const options = ['--noEmit', 'false', '--noCheck', '--rootDir', ROOT, '--outDir', folder];
  execFileSync(tsc, ['-p', 'tsconfig.json', ...options], { cwd: ROOT });
  return folder;
}

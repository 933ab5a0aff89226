/** Binscribe as users run it, for tests that need a process: built from these sources into a folder of its own. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** @returns Path of the executable's script. */
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

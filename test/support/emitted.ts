/** Programs of ours for processes of their own, which tests may kill: Node 20 does not run TypeScript. */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Recipe } from '../../src/corpus/recipe.ts';

/** A program that builds a data set: its arguments are a recipe and `BuildOptions`, as JSON. @returns its path */
export function emitBuildScript(folder: string): string {
  const root = resolve(import.meta.dirname, '../..');
  const emitted = join(folder, 'emitted');
  const config = join(folder, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.build.json'),
      compilerOptions: {
        outDir: emitted,
        rootDir: join(root, 'src'),
        declaration: false,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: [join(root, 'src/corpus')],
      exclude: [join(root, 'src/**/*.test.ts')],
    }),
  );
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', config], { stdio: 'inherit' });
  writeFileSync(join(emitted, 'package.json'), '{"type":"module"}');
  execFileSync('ln', ['-s', join(root, 'node_modules'), join(emitted, 'node_modules')]);
  const script = join(emitted, 'run.js');
  writeFileSync(
    script,
    `import { buildCorpus } from './corpus/index.js';
const [recipe, options] = process.argv.slice(2).map((text) => JSON.parse(text));
await buildCorpus(recipe, options);
`,
  );
  return script;
}

/**
 * Builds a data set in a process of its own that is killed without warning, once for each of the numbers of units that
 * are there by then.
 *
 * @param folder for the program that it runs
 */
export async function killAtUnits(
  folder: string,
  recipe: Recipe,
  options: { out: string; workDir: string; input?: string },
  counts: readonly number[],
): Promise<void> {
  const script = emitBuildScript(folder);
  const given = [recipe, { ...options, jobs: 2 }].map((value) => JSON.stringify(value));
  for (const count of counts) {
    const child = spawn(process.execPath, [script, ...given], { stdio: 'ignore' });
    const ended = new Promise((done) => child.once('exit', done));
    while (child.exitCode === null && child.signalCode === null && countUnits(options.workDir) < count)
      await sleep(5);
    child.kill('SIGKILL');
    await ended;
  }
}

function countUnits(workDir: string): number {
  const units = join(workDir, 'units');
  return existsSync(units) ? readdirSync(units).length : 0;
}

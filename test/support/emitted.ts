/** Programs of ours for processes of their own, which tests may kill: Node 20 does not run TypeScript. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

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

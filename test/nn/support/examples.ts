/** The examples of our manuals, run as they stand: each is a module. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** What a user's `import` finds, in the sources. */
const MODULES: Readonly<Record<string, string>> = {
  binscribe: 'src/index.ts',
  'binscribe/nn': 'src/nn/index.ts',
  'binscribe/node': 'src/node.ts',
};

/** @param name of a page in docs/nn, or a path from there */
export function readPage(name: string): string {
  return readFileSync(join(ROOT, 'docs/nn', name), 'utf8');
}

/** @returns what each example exports, in the order of the page */
export async function runExamples(name: string): Promise<Record<string, unknown>[]> {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-example-'));
  const found: Record<string, unknown>[] = [];
  try {
    for (const [, code] of readPage(name).matchAll(/```ts\n([\s\S]*?)```/g)) {
      const file = join(folder, `${found.length}.ts`);
      writeFileSync(
        file,
        code.replace(
          /from '(binscribe(?:\/\w+)?)'/g,
          (_, path: string) => `from '${join(ROOT, MODULES[path])}'`,
        ),
      );
      found.push((await import(file)) as Record<string, unknown>);
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

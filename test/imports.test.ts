/** The one-way imports of DESIGN.md, shown by what the lint rules say to a file in each folder that breaks them. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What each folder may import of ours besides src/error.ts. */
const MAY_IMPORT: Record<string, string[]> = {
  binary: [],
  tokens: ['binary'],
  nn: [],
  runtimes: ['nn'],
  metrics: [],
  corpus: ['binary', 'tokens', 'metrics', 'lift'],
  models: ['nn', 'tokens', 'binary'],
  lift: ['binary', 'tokens'],
  capabilities: ['binary', 'tokens'],
  tasks: ['models', 'lift', 'capabilities', 'corpus', 'metrics', 'tokens', 'binary', 'nn', 'runtimes'],
  explain: ['binary', 'tokens', 'models', 'lift', 'capabilities'],
};
const PURE = ['binary', 'tokens', 'nn', 'metrics', 'models', 'lift', 'capabilities', 'explain'];
const FOLDERS = [...Object.keys(MAY_IMPORT), 'cli'];

/** Lints a copy of the configuration beside the given files. @returns the files with a restricted import */
function restricted(files: Record<string, string>): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'binscribe-lint-'));
  cpSync(join(ROOT, '.oxlintrc.json'), join(copy, '.oxlintrc.json'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  const run = spawnSync(join(ROOT, 'node_modules/.bin/oxlint'), ['--format', 'json', '.'], {
    cwd: copy,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(run.stdout) as { diagnostics: { code: string; filename: string }[] };
  return diagnostics
    .filter(({ code }) => code.includes('no-restricted-imports'))
    .map(({ filename }) => filename)
    .sort();
}

test('a folder may import what it may, and nothing else', () => {
  const files: Record<string, string> = {};
  const wrong: string[] = [];
  for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
    for (const target of FOLDERS.filter((other) => other !== folder)) {
      for (const depth of ['', 'deep/']) {
        const path = `src/${folder}/${depth}uses-${target}.ts`;
        files[path] = `export { x } from '${depth === '' ? '../' : '../../'}${target}/x.ts';\n`;
        if (!allowed.includes(target)) wrong.push(path);
      }
    }
  }
  expect(restricted(files)).toEqual(wrong.sort());
});

test('the core is pure; tests and the edges are not', () => {
  const text = "export { readFileSync } from 'node:fs';\n";
  const files: Record<string, string> = {};
  for (const folder of FOLDERS) {
    files[`src/${folder}/reads.ts`] = text;
    files[`src/${folder}/reads.test.ts`] = text;
  }
  expect(restricted(files)).toEqual(PURE.map((folder) => `src/${folder}/reads.ts`).sort());
});

/** What a command loads before it answers, by Node's own list: each package that it does without costs nobody time. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildBinscribe } from './support/build.ts';
import { compile } from './support/compile.ts';

const binscribe = buildBinscribe();
const dist = dirname(dirname(binscribe));
const program = compile('int main(void) { return 3; }', { compiler: 'gcc-12', flags: ['-O1', '-s'] });

interface Loaded {
  /** Packages of others. */
  packages: string[];
  /** Folders of ours, as `binary`, and the files beside them. */
  folders: string[];
}

/** Runs a command; NODE_V8_COVERAGE makes Node write down every script that it has loaded. */
function loadedBy(...argv: string[]): Loaded {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-loaded-'));
  const env = { ...process.env, NODE_V8_COVERAGE: folder };
  const { status, stderr } = spawnSync(process.execPath, [binscribe, ...argv], { env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const scripts = readdirSync(folder).flatMap(
    (name) => (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: { url: string }[] }).result,
  );
  const paths = scripts.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url));
  const packages = new Set<string>();
  const folders = new Set<string>();
  for (const path of paths) {
    const from = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
    if (from === undefined) folders.add(relative(dist, path).split('/')[0]);
    else packages.add(from);
  }
  return { packages: [...packages].sort(), folders: [...folders].sort() };
}

test.each(['--version', '--help', 'corpus build --help'])(
  '%s loads what reads the command line, and nothing else',
  (line) => {
    const { packages, folders } = loadedBy(...line.split(' '));
    expect(packages).toEqual(['commander']);
    for (const heavy of ['binary', 'models', 'tokens', 'corpus', 'tasks', 'runtimes'])
      expect(folders).not.toContain(heavy);
  },
);

test('functions loads no model and what checks none', () => {
  const { packages, folders } = loadedBy('functions', program);
  expect(packages).toContain('iced-x86');
  expect(packages).not.toContain('zod');
  for (const heavy of ['models', 'tokens', 'corpus', 'tasks']) expect(folders).not.toContain(heavy);
});

test('explain loads neither data sets nor training', () => {
  const { packages, folders } = loadedBy('explain', program);
  expect(packages).toContain('zod');
  // The model that ships is a network.
  expect(packages).toContain('onnxruntime-node');
  for (const heavy of ['hyparquet', 'hyparquet-writer', '@huggingface/tokenizers'])
    expect(packages).not.toContain(heavy);
  expect(folders).toContain('models');
  for (const heavy of ['corpus', 'tasks', 'metrics']) expect(folders).not.toContain(heavy);
});

test('explain leaves nothing behind and tells nobody: ONNX Runtime kept a number of the machine and reported each run', () => {
  const home = mkdtempSync(join(tmpdir(), 'binscribe-home-'));
  // It keeps quiet by itself where it takes what runs for a test of its own.
  const { CI: _, ORT_DISABLE_TELEMETRY: __, ...rest } = process.env;
  const env = { ...rest, HOME: home, TMPDIR: home, XDG_CACHE_HOME: join(home, 'cache') };
  const { status } = spawnSync(process.execPath, [binscribe, 'explain', program], { env, stdio: 'ignore' });
  expect({ status, left: readdirSync(home) }).toEqual({ status: 0, left: [] });
});

// The script and the style of the report's page, and the scripts for other tools, become strings of a module: the
// core reads no files, and a page is one file. The
// sources in src/explain/page/ are modules as any others; here their types go and they become one script, in the
// order in which they import each other. No bundler: a name may only stand once among them.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const page = join(root, 'src/explain/page');
const output = join(root, 'src/explain/render/generated.ts');

const IMPORT = /^import [^;]*? from '([^']+)';\n/gm;

/** The modules that `path` needs, and itself last. */
function collect(path, found = new Map()) {
  if (found.has(path)) return found;
  const text = readFileSync(path, 'utf8');
  for (const [, from] of text.matchAll(IMPORT)) {
    if (!from.startsWith('.')) throw new Error(`${path}: imports ${from}: a page has modules of ours only`);
    collect(join(dirname(path), from), found);
  }
  return found.set(
    path,
    text
      .replace(IMPORT, '')
      .replace(/^export (?!\{)/gm, '')
      .replace(/^export \{\};\n/gm, ''),
  );
}

/** The scripts for other tools, which are in their languages and stay as they are. */
function scripts() {
  const read = (name) => readFileSync(join(root, 'src/explain/scripts', name), 'utf8');
  return { CORE: read('core.py'), GHIDRA: read('ghidra.py'), IDA: read('ida.py'), RADARE2: read('r2.js') };
}

/** Makes the module; also what vitest calls before its tests. */
export function setup() {
  const built = mkdtempSync(join(tmpdir(), 'binscribe-page-'));
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', page, '--noCheck', '--outDir', built], {
      cwd: root,
    });
    const modules = collect(join(built, 'explain/page/main.js'));
    const script = `'use strict';{\n${[...modules.values()].join('')}}\n`;
    const names = [...script.matchAll(/^(?:async )?(?:function\*?|class|const|let) +(\w+)/gm)].map(
      ([, name]) => name,
    );
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined)
      throw new Error(`two modules of the page have a ${twice}: the later would be both`);
    if (/^\s*(import|export)\b/m.test(script)) throw new Error('an import or export is left in the script');
    if (/<\/script|<!--/i.test(script)) throw new Error('the script holds what would end it in a page');
    const style = readFileSync(join(page, 'page.css'), 'utf8').replace(/\/\*[^]*?\*\/\n?/g, '');
    const text =
      `/** Made by ${relative(root, import.meta.filename)} from src/explain/page/: do not edit. */\n\n` +
      Object.entries({ SCRIPT: script, STYLE: style, ...scripts() })
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`)
        .join('\n');
    if (!existsSync(output) || readFileSync(output, 'utf8') !== text) writeFileSync(output, text);
  } finally {
    rmSync(built, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) setup();

/** The scripts for Ghidra, IDA and radare2: run with stand-ins for the tools, and with radare2 where it is there. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { renderScript, type ScriptTool } from '../../src/explain/render/scripts/script.ts';
import { suggestionsOf, TAG } from '../../src/explain/render/scripts/suggestions.ts';
import { sanitize } from '../../src/explain/sanitize.ts';
import type { Report } from '../../src/explain/schema.ts';
import { compile } from '../support/compile.ts';
import { functionReport, HOSTILE_NAMES, reportOf } from '../support/report.ts';
import { stubModel } from '../support/stub-model.ts';

const TOOLS: ScriptTool[] = ['ghidra', 'ida', 'r2'];
const folder = mkdtempSync(join(tmpdir(), 'binscribe-scripts-'));

const named = (address: number, name: string) =>
  functionReport(address, { names: [{ name: sanitize(name), score: 0.5 }] });

/** Every hostile name at an address of its own. */
const hostile = reportOf(HOSTILE_NAMES.map((name, at) => named(0x1000 + 16 * at, name)));

describe('whatever names a file has, a script differs in its data alone', () => {
  const dataOf = (script: string): string => /DATA = (?:''\.join\(\[\s*)?'([^']*)'/.exec(script)?.[1] ?? '';

  test.each(TOOLS)('%s', (tool) => {
    const empty = renderScript(reportOf([]), tool);
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE_NAMES));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 8 }), name, (names, path) => {
        const functions = names.map((text, at) =>
          functionReport(at, { names: [{ name: text, score: 0.5 }] }),
        );
        const report = reportOf(functions, { path });
        const script = renderScript(report, tool);
        const data = dataOf(script);
        expect(data).toMatch(/^[A-Za-z0-9+/]+=*$/);
        expect(script.replace(data, dataOf(empty))).toBe(empty);
        expect(JSON.parse(Buffer.from(data, 'base64').toString())).toEqual(
          // What is no text, half a surrogate pair, does not survive UTF-8; sanitize leaves none in a report.
          JSON.parse(Buffer.from(JSON.stringify(suggestionsOf(report))).toString()),
        );
      }),
    );
  });
});

test('no literal is longer than Jython takes, and all of them are the data', () => {
  const report = reportOf(Array.from({ length: 3000 }, (_, at) => named(0x1000 + 16 * at, `function_${at}`)));
  const script = renderScript(report, 'ghidra');
  const literals = [...script.matchAll(/^ {4}'([A-Za-z0-9+/=]+)',?$/gm)].map(([, literal]) => literal);
  expect(literals.length).toBeGreaterThan(3);
  expect(Math.max(...literals.map((literal) => literal.length))).toBeLessThan(65_536);
  expect(JSON.parse(Buffer.from(literals.join(''), 'base64').toString())).toEqual(suggestionsOf(report));
});

test('what is known for certain is not suggested again, and an object file has no script', () => {
  const report = reportOf([
    functionReport(1, { symbol: 'known', names: [{ name: 'other', score: 0.9 }] }),
    functionReport(2),
    functionReport(3, { role: 'main', arguments: { count: 2, score: 0.9 } }),
  ]);
  expect(suggestionsOf(report).comments).toEqual([['0x3', '[binscribe] main, certain; arguments 2 (90 %)']]);
  expect(() => renderScript(reportOf([], { kind: 'relocatable', base: null }), 'r2')).toThrow(/object file/);
});

interface Case {
  tool: ScriptTool;
  script: string;
  /** Where the tool has functions, and where it has anything. */
  functions: number[];
  from: number;
  to: number;
  base: number;
  sha256: string;
  comments: Record<string, string>;
  actions: string[];
}

interface State {
  comments: Record<string, string>;
  said: string[];
}

const STAND_IN = join(import.meta.dirname, 'stand_in.py');

/** Jython, in which Ghidra runs scripts, is Python 2.7. */
function pythons(): string[] {
  const versions = join(homedir(), '.pyenv/versions');
  const old = existsSync(versions) ? readdirSync(versions).filter((name) => name.startsWith('2.7')) : [];
  const paths = ['python2.7', ...old.map((name) => join(versions, name, 'bin/python2.7'))];
  const found = paths.find((path) => spawnSync(path, ['--version']).status === 0);
  return found === undefined ? ['python3'] : ['python3', found];
}

function runPython(python: string, given: Case): State[] {
  const path = join(folder, 'case.json');
  writeFileSync(path, JSON.stringify(given));
  return JSON.parse(execFileSync(python, [STAND_IN, path], { encoding: 'utf8' })) as State[];
}

/** As much of radare2 as the script asks, with the meaning that its source gives `CCu` and `CC-`. */
function runR2({ script, functions, from, to, base, sha256, comments, actions }: Case): State[] {
  const kept = new Map(Object.entries(comments).map(([at, text]) => [Number(at), text]));
  return actions.map((action) => {
    const said: string[] = [];
    const cmd = (command: string): string => {
      if (command === '%BINSCRIBE') return `${action}\n`;
      if (command === 'itj') return JSON.stringify({ sha256 });
      if (command === 'ij') return JSON.stringify({ bin: { baddr: base } });
      if (command === 'aflj') return JSON.stringify(functions.map((addr) => ({ addr })));
      if (command === 'iSSj') return JSON.stringify([{ vaddr: from, vsize: to - from }]);
      if (command === 'CC*') {
        return Array.from(
          kept,
          ([at, text]) => `CCu base64:${Buffer.from(text).toString('base64')} @ 0x${at.toString(16)}\n`,
        ).join('');
      }
      const match = /^CC(?:-|u base64:([A-Za-z0-9+/]+=*)) @ (0x[0-9a-f]+)$/.exec(command);
      if (match === null) throw new Error(`radare2 would be told: ${command}`);
      const [, text, at] = match;
      if (text === undefined) kept.delete(Number(at));
      else kept.set(Number(at), Buffer.from(text, 'base64').toString());
      return '';
    };
    runInNewContext(script, { r2: { cmd }, console: { log: (text: string) => said.push(text) } });
    return { comments: Object.fromEntries([...kept].map(([at, text]) => [String(at), text])), said };
  });
}

const runners: [name: string, tool: ScriptTool, run: (given: Case) => State[]][] = [
  ...pythons().flatMap((python): typeof runners => [
    [`ghidra, ${python.replace(/.*\//, '')}`, 'ghidra', (given) => runPython(python, given)],
    [`ida, ${python.replace(/.*\//, '')}`, 'ida', (given) => runPython(python, given)],
  ]),
  ['r2', 'r2', runR2],
];

describe.each(runners)('%s', (_, tool, run) => {
  const MOVED = 0x100000;
  const lines = new Map(suggestionsOf(hostile).comments.map(([at, line]) => [Number(at) + MOVED, line]));
  const [first, second] = lines.keys();
  const given: Case = {
    tool,
    script: renderScript(hostile, tool),
    // The last is not defined, and the one before it lies nowhere.
    functions: [...lines.keys()].slice(0, -1),
    from: MOVED,
    to: MOVED + 0x10000,
    base: MOVED,
    sha256: hostile.file.sha256,
    comments: { [first]: 'mine\n\nand "mine" ; `x` 😀\n', [second]: `${TAG} what an older report said` },
    actions: [],
  };

  test('lists, adds once, removes exactly what it added', () => {
    const [listed, silent, added, again, removed, gone] = run({
      ...given,
      actions: ['', 'list', 'add', 'add', 'remove', 'remove'],
    });
    expect(listed.comments).toEqual(given.comments);
    expect(silent).toEqual(listed);
    expect(listed.said).toHaveLength(lines.size + 2);
    expect(listed.said.at(-2)).toContain(
      `${lines.size} comments would be added or changed, 0 as they should be`,
    );
    const expected = Object.fromEntries([...lines].map(([at, line]) => [String(at), line]));
    expected[first] = `${given.comments[first]}\n${lines.get(first)}`;
    expect(added.comments).toEqual(expected);
    expect(added.said.filter((line) => line.includes('no function is defined here'))).toHaveLength(1);
    expect(again.comments).toEqual(expected);
    expect(again.said).toEqual([
      `binscribe: 0 comments added or changed, ${lines.size} as they should be, 0 skipped`,
    ]);
    expect(removed.comments).toEqual({ [first]: given.comments[first] });
    expect(gone.comments).toEqual(removed.comments);
  });

  test('does nothing to another file, nor where nothing lies, nor for a word that it does not know', () => {
    const [other] = run({ ...given, sha256: 'cd'.repeat(32), actions: ['add'] });
    expect(other).toEqual({ comments: given.comments, said: [expect.stringContaining('nothing done')] });
    const [nowhere] = run({ ...given, from: MOVED, to: second, actions: ['add'] });
    expect(Object.keys(nowhere.comments)).toEqual([String(first), String(second)]);
    expect(nowhere.said.at(-1)).toContain(
      `1 comments added or changed, 0 as they should be, ${lines.size - 1} skipped`,
    );
    const [unknown] = run({ ...given, actions: ['rename'] });
    expect(unknown).toEqual({ comments: given.comments, said: [expect.stringContaining('expected')] });
  });
});

test('IDA: the base is the lowest page where the loader has not said it', () => {
  const report = reportOf([named(0x401000, 'name')], { base: '0x400000' });
  const script = renderScript(report, 'ida');
  const { sha256 } = report.file;
  const place = { functions: [0x401000], from: 0x400000, to: 0x500000, base: 0, sha256, comments: {} };
  const [{ comments }] = runPython('python3', { tool: 'ida', script, ...place, actions: ['add'] });
  expect(Object.keys(comments)).toEqual([String(0x401000)]);
});

/** A radare2 with JavaScript in it; Debian 12 has none. */
const radare2 = process.env['BINSCRIBE_RADARE2'] ?? 'radare2';
const hasRadare2 = spawnSync(radare2, ['-qc', '#!qjs -h', '-']).status === 0;

describe.skipIf(!hasRadare2)('radare2 itself', () => {
  test('lists, adds once, keeps a comment of the user, removes', async () => {
    const program = compile('int f(int a) { return a * 3; } int main(int c, char **v) { return f(c); }', {
      compiler: 'gcc-12',
      flags: ['-O0'],
    });
    const report: Report = await explain(readFileSync(program), stubModel(), { path: program });
    report.functions.forEach((entry, at) => {
      entry.symbol = null;
      entry.names = [{ name: sanitize(HOSTILE_NAMES[at % HOSTILE_NAMES.length]), score: 0.5 }];
    });
    const script = join(folder, 'suggest.r2.js');
    writeFileSync(script, renderScript(report, 'r2'));
    const { comments } = suggestionsOf(report);
    const [at] = comments[0];
    const say = (what: string): string => `?e ${what}`;
    const commands = [
      `CCu base64:${Buffer.from('mine ; `x`').toString('base64')} @ ${at}`,
      say('=before'),
      'CC*',
      `. ${script}`,
      say('=listed'),
      'CC*',
      `%BINSCRIBE=add; . ${script}`,
      say('=added'),
      'CC*',
      `. ${script}`,
      say('=again'),
      'CC*',
      `%BINSCRIBE=remove; . ${script}`,
      say('=removed'),
      'CC*',
    ];
    const out = execFileSync(radare2, ['-2', '-qA', ...commands.flatMap((one) => ['-c', one]), program], {
      encoding: 'utf8',
      env: { ...process.env, RABIN2_NOPLUGINS: '1' },
    });
    const stateAfter = (mark: string): Map<number, string> =>
      new Map(
        [
          ...out
            .split(`=${mark}\n`)[1]
            .split('\n=')[0]
            .matchAll(/CCu base64:([A-Za-z0-9+/=]+) @ (0x[0-9a-f]+)/g),
        ].map(([, text, address]) => [Number(address), Buffer.from(text, 'base64').toString()]),
      );
    // radare2 has comments of its own, at the starts of sections.
    const before = stateAfter('before');
    expect(before.get(Number(at))).toBe('mine ; `x`');
    const wanted = new Map(before);
    for (const [address, line] of comments) {
      const kept = before.get(Number(address));
      wanted.set(Number(address), kept === undefined ? line : `${kept}\n${line}`);
    }
    expect(stateAfter('listed')).toEqual(before);
    expect(stateAfter('added')).toEqual(wanted);
    expect(stateAfter('again')).toEqual(wanted);
    expect(stateAfter('removed')).toEqual(before);
  });
});

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../../test/support/compile.ts';
import { stubModel } from '../../test/support/stub-model.ts';
import type { Model } from '../models/model.ts';
import { explain } from './explain.ts';
import { inventorySchema } from './inventory-schema.ts';
import { listFunctions } from './inventory.ts';
import { renderJson } from './render/json.ts';
import { PLAIN } from './render/style.ts';
import { renderText } from './render/text.ts';
import { type Report, reportSchema } from './schema.ts';

const SOURCE = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__attribute__((noinline)) int fold(const char *text, int start) {
  int sum = start;
  for (size_t i = 0; i < strlen(text); i++) sum = sum * 31 + text[i] * (int)i;
  if (sum == 7) puts("the sum is seven, which is rare");
  return sum;
}
int main(int argc, char **argv) {
  if (argc < 2) { puts("usage: fixture TEXT"); exit(1); }
  printf("%d\\n", fold(argv[1], argc));
  return 0;
}
`;

/** A string that wants to be obeyed: a bidirectional override, a C1 control. The name is made so later. */
const HOSTILE = `
  .text
  .globl _start
  .type _start, @function
_start:
  lea message(%rip), %rdi
  call evil_name_here
  ret
  .size _start, . - _start
  .globl evil_name_here
  .type evil_name_here, @function
evil_name_here:
  lea message(%rip), %rsi
  xor %eax, %eax
  ret
  .size evil_name_here, . - evil_name_here
  .section .rodata
message: .string "txt.\\342\\200\\256exe and \\302\\233 31m"
`;

function strip(path: string): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'binscribe-explain-')), 'stripped');
  copyFileSync(path, copy);
  execFileSync('strip', [copy]);
  return copy;
}

const program = compile(SOURCE, { compiler: 'gcc-12', flags: ['-O1'] });
const stripped = readFileSync(strip(program));

async function explained(bytes: Uint8Array, functions: string[] = []): Promise<Report> {
  return explain(bytes, stubModel(), { path: 'fixture', functions });
}

const textOf = (report: Report, more = {}) => renderText(report, { width: 100, style: PLAIN, ...more });

test('a stripped program becomes a report of the published shape', async () => {
  const report = await explained(stripped);
  expect(reportSchema.parse(report)).toEqual(report);
  expect(report.file).toMatchObject({ path: 'fixture', format: 'elf', arch: 'x86-64', stripped: true });
  expect(report.file.size).toBe(stripped.length);
  expect(report.model.id).toBe('stub-1');
  expect(report.partial).toBe(false);
});

test('main is found by the start-up code, with its calls and strings, and comes first', async () => {
  const report = await explained(stripped);
  const main = report.functions.find((entry) => entry.role === 'main');
  expect(main).toMatchObject({ symbol: null, interest: 1 });
  expect(main?.calls).toEqual(expect.arrayContaining(['exit', 'puts']));
  expect(main?.strings).toContain('usage: fixture TEXT');
  expect(report.functions.find((entry) => entry.role === 'entry')?.calls).toContain('__libc_start_main');
});

test('main is found in a program that is not position-independent', async () => {
  const fixed = compile(SOURCE, { compiler: 'gcc-12', flags: ['-O1', '-no-pie'] });
  const report = await explained(readFileSync(fixed));
  expect(report.functions.find((entry) => entry.role === 'main')?.symbol).toBe('main');
});

test('the model is asked about functions, not about stubs, and answers in order', async () => {
  const model = stubModel();
  const report = await explain(stripped, model, { path: 'fixture' });
  const kinds = new Map(report.functions.map((entry) => [Number(entry.address), entry]));
  const asked = model.asked.flatMap((batch) => batch.functions);
  expect(asked.length).toBeGreaterThan(3);
  for (const { address, body, code, size } of asked) {
    expect(kinds.get(address)?.kind).toBe('function');
    expect(kinds.get(address)?.names.length).toBe(body.instructions.length < 8 ? 0 : 1);
    expect(code.length).toBe(size);
  }
  const thunk = report.functions.find((entry) => entry.kind === 'thunk');
  expect(thunk).toMatchObject({ names: [], compiler: null, arguments: null, abstained: [] });
});

test('an answer does not depend on what else is wanted: the model sees the whole program', async () => {
  const [whole, one] = [stubModel(), stubModel()];
  const bytes = readFileSync(program);
  const all = await explain(bytes, whole, { path: 'fixture' });
  const { functions } = await explain(bytes, one, { path: 'fixture', functions: ['fold'] });
  expect(one.asked.map((asked) => asked.functions)).toEqual(whole.asked.map((asked) => asked.functions));
  expect(one.asked.map((asked) => asked.wanted?.size)).toEqual([1]);
  expect(functions).toEqual(
    all.functions.filter((entry) => entry.symbol === 'fold').map((entry) => ({ ...entry, interest: 1 })),
  );
});

test('the same input gives the same bytes', async () => {
  const [first, second] = [await explained(stripped), await explained(stripped)];
  expect([...renderJson(first)].join('')).toBe([...renderJson(second)].join(''));
  expect(textOf(first)).toBe(textOf(second));
});

test('functions are chosen by name, role, and address at or inside them', async () => {
  const bytes = readFileSync(program);
  const all = await explained(bytes);
  const fold = all.functions.find((entry) => entry.symbol === 'fold');
  if (!fold) throw new Error('the fixture has lost its function');
  const inside = `0x${(Number(fold.address) + 5).toString(16)}`;
  for (const wanted of ['fold', fold.address, inside]) {
    const report = await explained(bytes, [wanted]);
    expect(report.functions.map((entry) => entry.symbol)).toEqual(['fold']);
  }
  const both = await explained(bytes, ['main', 'fold']);
  expect(both.functions.map((entry) => entry.symbol).sort()).toEqual(['fold', 'main']);
  await expect(explained(bytes, ['nobody'])).rejects.toMatchObject({ kind: 'usage' });
});

test('names and strings of the file are shown and not obeyed', async () => {
  const flags = ['-nostdlib', '-static'];
  const hostile = readFileSync(compile(HOSTILE, { compiler: 'gcc-12', flags, suffix: '.s' }));
  // A colour and a line in a name: no assembler would write it, so it is put in afterwards.
  hostile.write('evil\u001b[31m\nne', hostile.indexOf('evil_name_here'), 'latin1');
  const report = await explain(hostile, stubModel('\u001b[2J'), { path: '\u001b]0;title\u0007' });
  expect(reportSchema.parse(report)).toEqual(report);
  expect(report.functions.map((entry) => entry.symbol)).toContain('evil\\x1b[31m\\nnere');
  const text = [
    textOf(report, { verbose: true }),
    ...renderJson(report),
    ...renderJson((await listFunctions(hostile, { path: '\u202e' })).inventory),
  ].join('');
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
  expect(text).toContain('\\u{202e}exe');
});

test('a budget that ends leaves what was done and says what is missing', async () => {
  let kept = 0;
  for (let instructions = 8; instructions < 4096; instructions *= 2) {
    const run = explain(stripped, stubModel(), { path: 'fixture', limits: { instructions } });
    const report = await run.catch((error: unknown) => {
      expect(error).toMatchObject({ kind: 'budget' });
    });
    if (!report?.partial || report.functions.length === 0) continue;
    kept++;
    expect(reportSchema.parse(report)).toEqual(report);
    expect(report.skipped.length + report.cuts.length).toBeGreaterThan(0);
    expect(textOf(report)).toMatch(/skipped|left out/);
  }
  expect(kept).toBeGreaterThan(0);
});

test('the text has a line a function, the most interesting first, and says what it leaves out', async () => {
  const report = await explained(stripped);
  const lines = textOf(report, { limit: 3 }).trimEnd().split('\n');
  const titles = lines.findIndex((line) => line.trimStart().startsWith('ADDRESS'));
  expect(lines[titles + 1]).toMatch(/^ *0x[0-9a-f]+ +\d+ {2}main +certain +2 /);
  expect(lines).toHaveLength(titles + 1 + 3 + 1);
  expect(lines.at(-1)).toMatch(/^… and \d+ more functions, \d+ import stubs.*: --all shows them/);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
});

test('evidence names the neighbour and where it is from', async () => {
  const text = textOf(await explained(stripped), { verbose: true });
  expect(text).toContain('resembles  suggested_name (0.97), coreutils 9.1-1 by gcc-12 O2');
  expect(text).toContain('says       "usage: fixture TEXT"');
});

test('JSON is one document with a line a function', async () => {
  const report = await explained(stripped);
  const json = [...renderJson(report)].join('');
  expect(JSON.parse(json)).toEqual(report);
  expect(json.split('\n').filter((line) => line.startsWith('    {"address"'))).toHaveLength(
    report.functions.length,
  );
});

test('the list of functions has the published shape, and code where it is asked for', async () => {
  const { inventory, disassembly } = await listFunctions(readFileSync(program), { path: 'fixture' });
  expect(inventorySchema.parse(inventory)).toEqual(inventory);
  const fold = inventory.functions.find((listed) => listed.symbol === 'fold');
  expect(fold).toMatchObject({ kind: 'function', source: 'symbol' });
  if (!fold) return;
  const code = disassembly(fold);
  expect(code).toHaveLength(fold.instructions);
  expect(code.at(-1)?.text).toMatch(/ret|jmp/);
});

test('a name that a function of the file certainly has is not suggested for another', async () => {
  const model = stubModel();
  const answering = async (name: string): Promise<Report> => {
    const saying: Model = {
      card: model.card,
      answer: async (input) =>
        (await model.answer(input)).map((answer) => ({ ...answer, names: [{ name, score: 0.9 }] })),
    };
    return explain(stripped, saying, { path: 'fixture' });
  };
  const namesOf = (report: Report, role: string | null) =>
    report.functions.filter((one) => one.role === role && one.kind === 'function');
  const report = await answering('main');
  expect(namesOf(report, 'main')[0].names.map(({ name }) => name)).toEqual(['main']);
  expect(namesOf(report, null).length).toBeGreaterThan(0);
  for (const { names, abstained } of namesOf(report, null)) {
    expect(names).toEqual([]);
    expect(abstained).toContain('names');
  }
  expect(namesOf(await answering('fold'), null).every(({ names }) => names[0].name === 'fold')).toBe(true);
});

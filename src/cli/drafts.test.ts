/** `binscribe study drafts` on problems of our own, of a kind that it can judge; a study that was stopped. */

import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import { bubblewrapWorks } from '../../test/support/packages.ts';
import type { DraftsReport } from '../tasks/drafts/render.ts';

const ASSERT = '#include <assert.h>\n';
/** A right one, one whose test asserts nothing, and one whose reference is wrong. */
const PROBLEMS: readonly [string, string][] = [
  [
    'int func0(const int *list, int n) { int s = 0; for (int i = 0; i < n; i++) s += list[i]; return s; }',
    'int main() { int a[] = {1, 2, 3}; assert(func0(a, 3) == 6); assert(func0(a, 0) == 0); }',
  ],
  [
    'int func0(int a, int b) { while (b != 0) { int t = a % b; a = b; b = t; } return a; }',
    'int main() { func0(12, 18); return 0; }',
  ],
  [
    'int func0(const char *s) { int n = 0; while (s[n] != 0) n++; return n + 1; }',
    'int main() { assert(func0("abc") == 3); return 0; }',
  ],
];

describe.skipIf(!bubblewrapWorks())('study drafts', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const study = (...more: string[]) =>
    runCommand([
      'study',
      'drafts',
      at('eval.json'),
      '-o',
      at('out'),
      '--rivals',
      '2',
      '--other',
      'gcc-12',
      ...more,
    ]);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'binscribe-drafts-test-'));
    const rows = PROBLEMS.flatMap(([c_func, c_test], i) =>
      ['O0', 'O1', 'O2', 'O3'].map((type) => ({ task_id: i + 7, type, c_func, c_test: ASSERT + c_test })),
    );
    writeFileSync(at('eval.json'), JSON.stringify(rows));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('tells which references fail, which tests decide nothing, and how often the right source is found', async () => {
    const { code, err, out } = await study('--json');
    expect(code, err).toBe(0);
    const { parts, problems } = JSON.parse(out) as DraftsReport;
    expect(problems).toBe(3);
    const tests = parts.filter((part) => part.kind === 'reexecution');
    expect(tests.map(({ level }) => level)).toEqual(['O0', 'O1', 'O2', 'O3']);
    for (const { endings, failing, undecided } of tests) {
      expect(endings).toEqual({ passed: 2, wrong: 1 });
      expect(failing).toEqual([9]);
      expect(undecided).toContain(8);
      expect(undecided).not.toContain(9);
    }
    const choices = parts.filter((part) => part.kind === 'choice');
    expect(choices.length).toBe(2 * 4 * 4);
    for (const { rivals, target, candidates, problems: asked, among, right, own } of choices) {
      if (rivals === 'other functions') expect([asked, among]).toEqual([3, 2]);
      else expect(asked).toBeGreaterThan(0);
      if (target.compiler !== candidates.compiler || target.level !== candidates.level) continue;
      expect(own).toBe(1);
      expect(right.likeness).toEqual({ value: 1, interval: { low: 1, high: 1 } });
    }
    const lifted = parts.filter((part) => part.kind === 'lifting');
    expect(lifted.map(({ level }) => level)).toEqual(['O0', 'O1', 'O2', 'O3']);
    for (const part of lifted) {
      // The third does what its reference does, and so fails as that does.
      expect(part).toMatchObject({
        targets: 3,
        lifted: 3,
        compiles: 3,
        passes: 2,
        failing: [9],
        reasons: [],
      });
      expect(part.likeness).toBeGreaterThan(part.level === 'O0' ? 0.9 : 0.5);
      expect(part.bleu).toBeGreaterThan(0.05);
    }
    const table = readFileSync(at('out.md'), 'utf8');
    expect(table).toMatch(/\| O0 \| 3 of 3 \| 3 \| 2 \| 1 of 2 \| 9 \| /);
    expect(table).toContain('| O0 | 2 of 3 | 9 |');
    expect(table).toContain('| gcc-12 -O2 |');
    expect(existsSync(at('out.partial.jsonl'))).toBe(false);
  }, 120_000);

  it('goes on where it was stopped', async () => {
    const whole = readFileSync(at('out.json'), 'utf8');
    const { parts, faithfulness, ...facts } = JSON.parse(whole) as DraftsReport;
    const known = { ...parts[0], failing: [1234] };
    const lines = [known, ...parts.slice(1, 4)].map((part, i) => ({ key: `unit tests at O${i}`, part }));
    writeFileSync(
      at('out.partial.jsonl'),
      [facts, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    appendFileSync(at('out.partial.jsonl'), '{"key":');
    expect((await study()).code).toBe(0);
    const again = JSON.parse(readFileSync(at('out.json'), 'utf8')) as DraftsReport;
    expect(again).toEqual({ ...facts, faithfulness, parts: [known, ...parts.slice(1)] });
  }, 120_000);

  it('says what is wrong with its input', async () => {
    writeFileSync(at('other.json'), '[{"task_id": "x"}]');
    const { code, err } = await runCommand(['study', 'drafts', at('other.json'), '-o', at('out')]);
    expect(code).toBe(5);
    expect(err).toContain('It is decompile-eval.json of LLM4Decompile.');
    expect((await runCommand(['study', 'drafts', at('none.json'), '-o', at('out')])).code).toBe(3);
  });
});

/** `explain --function … --source`: drafts of source, compiled again where that can be. */

import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import { compile } from '../../test/support/compile.ts';
import { bubblewrapWorks, temporaryFolder } from '../../test/support/packages.ts';
import { stubModel } from '../../test/support/stub-model.ts';
import { type Report, reportSchema } from '../explain/schema.ts';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));

const program = join(root, 'program');
copyFileSync(
  compile(
    `#include <stdio.h>
__attribute__((noinline)) int fold(const char *text, int n) {
  int sum = n;
  for (int i = 0; i < n; i++) sum = sum * 31 + text[i];
  return sum;
}
__attribute__((noinline)) void odd(void) { asm volatile("cpuid; xgetbv; rdtsc" ::: "rax", "rbx", "rcx", "rdx"); }
int main(int argc, char **argv) {
  odd();
  printf("the sum of %s is %d\\n", argv[0], fold(argv[0], argc));
  return 0;
}`,
    { compiler: 'gcc-12', flags: ['-O2'] },
  ),
  program,
);

const options = {
  openModel: () => Promise.resolve(stubModel()),
  openMeaning: () => Promise.resolve(null),
  openWriter: () => Promise.resolve(null),
};

async function explained(...argv: string[]): Promise<Report['functions']> {
  const { code, out, err } = await runCommand(['explain', program, '--json', ...argv], options);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return reportSchema.parse(JSON.parse(out)).functions;
}

describe.runIf(bubblewrapWorks())('drafts of source', () => {
  it('are compiled again as the function was, and compared', async () => {
    const [{ source }] = await explained('--function', 'fold', '--source');
    expect(source!.text).toMatch(/\bfold\(/);
    expect(source!.text).toContain('31');
    expect(source!.match).toMatch(/^lifted by rules; compile[ds] .*(alike|same code).* \(gcc-12 -O2\)$/);
    expect(source!.score).toBeGreaterThan(0);
    expect(source!.score).toBeLessThan(1);
    expect(execFileSync('ls', [root], { encoding: 'utf8' })).toBe('program\n');
  });

  it('stand below the line of their function', async () => {
    const { out } = await runCommand(['explain', program, '--function', 'fold', '--source'], options);
    expect(out).toMatch(
      /^ {4}source {5}a draft that does the same with a probability of \d+ %:\n +lifted by rules/m,
    );
    expect(out).toMatch(/^ {4}.*\bfold\(.*\n/m);
  });

  it('are not there where rules do not reach, and it is said why', async () => {
    const [{ source, noSource }] = await explained('--function', 'odd', '--source');
    expect(source).toBeNull();
    expect(noSource).toMatch(/cpuid/i);
    const { out } = await runCommand(['explain', program, '--function', 'odd', '--source'], options);
    expect(out).toMatch(/^ {4}source {5}none: .*cpuid/im);
  });
});

describe('asking for source', () => {
  it('without naming a function is misuse', async () => {
    const { code, out, err } = await runCommand(['explain', program, '--source'], options);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('--function main --source');
  });

  it('of a folder is misuse', async () => {
    const argv = ['explain', root, '--function', 'fold', '--source', '-o', join(root, 'reports')];
    const { code, err } = await runCommand(argv, options);
    expect(code).toBe(2);
    expect(err).toMatch(/--source/);
  });

  it('is not done unless it is asked', async () => {
    const [entry] = await explained('--function', 'fold');
    expect(entry.source).toBeNull();
    expect(entry).not.toHaveProperty('noSource');
  });
});

import { readFileSync, rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { compile, tool } from '../../../test/support/compile.ts';
import { writeDataset } from '../../../test/support/dataset.ts';
import { PACKAGES } from '../../../test/support/labelled.ts';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { openDataset } from '../../corpus/dataset.ts';
import { functionsOfIr } from '../../corpus/snippets/ir.ts';
import { codedFunctions } from './programs.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('names of functions that a program calls within itself were read in its LLVM IR, function by function', async () => {
  const flags = ['-S', '-emit-llvm', '-O1'];
  const path = compile(PACKAGES.alpha, { compiler: 'clang-19', flags });
  const irOf = functionsOfIr(readFileSync(path, 'utf8'));
  tool('llvm-as-19', path, '-o', `${path}.bc`);
  const imported = tool('llvm-nm-19', '--undefined-only', `${path}.bc`).match(/\w+$/gm);
  expect(imported).toContain('malloc');

  writeDataset(folder, (row) => ({
    ...row,
    ir: row.package === 'alpha' && row.compiler === 'clang-19' ? (irOf.get(row.name) ?? null) : null,
  }));
  const called = new Set<string>();
  const names = new Set<string>();
  for await (const { row, code } of codedFunctions(openDataset(folder), { view: 'ir', columns: ['name'] })) {
    expect([row.package, row.compiler]).toEqual(['alpha', 'clang-19']);
    names.add(row.name);
    for (const [, name] of code.matchAll(/@(\w+)\(/g)) called.add(name);
  }
  expect([...names].sort()).toEqual([...irOf.keys()].sort());
  // Intrinsics, whose names have dots, are instructions.
  expect([...called].sort()).toEqual(['function', ...imported!].sort());
});

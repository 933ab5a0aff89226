import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../../test/support/command.ts';
import { knownRecipe, writeMarkedDataset } from '../../../test/support/dataset.ts';
import { SHARED } from '../../../test/support/labelled.ts';
import type { KnownDocument } from './report.ts';

it('an encoder is judged by itself and with what it knows besides, on test packages and on libraries', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-known-study-'));
  const at = (name: string): string => join(folder, name);
  const rows = writeMarkedDataset(at('data'), (row) => ({
    ...row,
    text: `Does what ${row.name} is for.`,
    text_kind: 'comment',
  }));
  const library = (name: string, source: string): string => {
    writeFileSync(at(`${name}.c`), source);
    execFileSync('gcc-12', ['-O2', '-c', `${name}.c`], { cwd: folder });
    execFileSync('ar', ['rcs', `${name}.a`, `${name}.o`], { cwd: folder });
    return at(`${name}.a`);
  };
  writeFileSync(at('recipe.json'), JSON.stringify(knownRecipe(at('data'), ['alpha', 'beta'])));
  expect((await runCommand(['train', at('recipe.json'), '-o', at('known')])).code).toBe(0);
  const known = library('shared', SHARED);
  const stranger = library(
    'stranger',
    'int odd(int a) { int n = 0; while (a--) n ^= a * 77 + (n >> 3); return n; }',
  );
  const argv = [
    'study',
    'known',
    at('data'),
    '--known',
    at('known'),
    '--library',
    known,
    '--stranger',
    stranger,
  ];
  const { code, err } = await runCommand([...argv, '-o', at('result')]);
  expect([code, err]).toEqual([0, expect.any(String)]);
  const { groups, sentences, models } = JSON.parse(readFileSync(at('result.json'), 'utf8')) as KnownDocument;
  expect(models[1]).toContain(' + own ');
  const [all, different, shared, strange] = groups;
  expect(groups.map(({ group }) => group)).toEqual([
    'test packages',
    'test packages, copies left out',
    'libraries that are known',
    'other libraries',
  ]);
  // The functions of the test package that others have, and those that only it has.
  expect(all.functions).toBeGreaterThan(different.functions);
  expect(all.models[1].named).toBeGreaterThan(all.models[0].named);
  expect(all.models[1].right.value).toBeGreaterThan(0.9);
  expect(all.models[0].told).toBe(0);
  expect(all.models[1].told).toBeGreaterThan(0);
  expect(all.by['gamma'].functions).toBe(all.functions);
  expect(shared.functions).toBe(4);
  expect(shared.models[1].right.value).toBe(1);
  expect(strange.functions).toBe(1);
  // Its own programmers say the same of a function that training has.
  expect(sentences.functions).toBe(all.models[1].told);
  expect(sentences.bleu).toBeGreaterThan(sentences.drawn.bleu);
  expect(rows.some(({ package: from }) => from === 'gamma')).toBe(true);
  expect(readFileSync(at('result.md'), 'utf8')).toContain('| libraries that are known (1) |');
});

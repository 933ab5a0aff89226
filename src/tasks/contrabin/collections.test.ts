import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { writeDataset } from '../../../test/support/dataset.ts';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { openDataset } from '../../corpus/dataset.ts';
import { byProblem } from './collections.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('programs of the training problems are learned from in part, those of the others judged in whole', async () => {
  // Of CodeXGLUE's split the first trains, the second validates, the third tests.
  const problems = new Map([
    ['alpha', '1'],
    ['beta', '70'],
    ['gamma', '90'],
  ]);
  writeDataset(folder, (row) => ({ ...row, package: problems.get(row.package)!, binary: row.name }));
  const vocabulary = { size: 256, encode: (text: string) => [...Buffer.from(text)] };
  const collected = (share?: number) =>
    byProblem(openDataset(folder), { vocabulary, view: 'assembly', limit: 64, share });
  const [whole, part] = [await collected(), await collected(0.7)];
  expect([part.validation.texts.total, part.test.classes]).toEqual([
    whole.validation.texts.total,
    whole.test.classes,
  ]);
  expect(part.training.programs.length).toBeGreaterThan(0);
  expect(part.training.programs.length).toBeLessThan(whole.training.programs.length);
  // A program is there in all its builds.
  expect(part.training.programs.map((builds) => builds.length)).toEqual(
    part.training.programs.map(() => whole.training.programs[0].length),
  );
});

import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { writeDataset } from '../../../test/support/dataset.ts';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { openDataset } from '../../corpus/dataset.ts';
import { embeddedFunctions } from './embeddings.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('puts followed functions first two by two, in whichever order the data have them', async () => {
  writeDataset(folder, (row) => ({ ...row, normalized_duplicate: false }));
  const dataset = openDataset(folder);
  const settings = { dataset: folder, build: 'gcc-12 O0', functions: 6, neighbours: 2 };
  const all = await embeddedFunctions(dataset, 'assembly', 1, { ...settings, followed: [] });
  const [a, b, c, d] = [...new Set(all.map(({ name }) => name))];
  for (const followed of [
    [[a, b]],
    [
      [c, a],
      [d, b],
    ],
    [
      [a, d],
      [b, c],
    ],
  ] as [string, string][][]) {
    const found = await embeddedFunctions(dataset, 'assembly', 1, { ...settings, followed });
    expect(found.slice(0, 2 * followed.length).map(({ name }) => name)).toEqual(followed.flat());
    expect(found).toHaveLength(all.length);
  }
});

import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { writeDataset } from '../../test/support/dataset.ts';
import { temporaryFolder } from '../../test/support/packages.ts';
import { openDataset } from '../corpus/dataset.ts';
import { contentKey } from '../corpus/hash.ts';
import { collectPools } from './ask/pools.ts';
import { learnedFrom } from './learned.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('asks as new only what no data set has that the model has learned from', async () => {
  // Without the marks of a split: nothing of this set's own training side is in its test side.
  writeDataset(folder, (row) => ({
    ...row,
    text: `what ${row.name} of ${row.package} does`,
    text_kind: 'comment',
    normalized_leak: false,
  }));
  const dataset = openDataset(folder);
  const learned = await learnedFrom([folder]);
  const [assemblies, said] = [new Set<string>(), new Set<string>()];
  for await (const { assembly, text } of dataset.rows(['assembly', 'text'], { split: 'train' })) {
    assemblies.add(contentKey(assembly));
    said.add(contentKey(text!));
  }
  expect(learned).toEqual({ codes: assemblies, texts: said });

  const nothing = { codes: new Set<string>(), texts: new Set<string>() };
  const before = await collectPools(dataset, 1, nothing);
  expect(before.pools.flatMap(({ functions }) => functions).some(({ isKnown }) => isKnown)).toBe(false);
  expect(before.known.size).toBe(0);
  // Another set has learned from the first code and the first text.
  const other = {
    codes: new Set([contentKey(before.codes[0])]),
    texts: new Set([contentKey(before.texts[0])]),
  };
  const after = await collectPools(dataset, 1, other);
  for (const { functions } of after.pools) {
    for (const { code, isKnown } of functions) expect(isKnown).toBe(code === 0);
  }
  expect([...after.known]).toEqual([0]);
});

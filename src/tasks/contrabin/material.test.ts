import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { writeDataset } from '../../../test/support/dataset.ts';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { openDataset } from '../../corpus/dataset.ts';
import type { Bpe } from '../../tokens/bpe/bpe.ts';
import type { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import { collectMaterial, type MaterialOptions } from './material.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sizes = { width: 16, inner: 16, layers: 1, heads: 1, dropout: 0 };
const OPTIONS: MaterialOptions = {
  datasets: [folder],
  validation: new Set(['beta']),
  view: 'assembly',
  floor: 1,
  network: sizes,
  anchor: sizes,
  vocabularies: { code: 400, text: 400 },
  limits: { code: 64, source: 64, comment: 32 },
  progress: () => undefined,
};

it('takes a function for one with three views once somebody has said something of it, whichever build that is', async () => {
  // By clang alone, which comes second; of main nobody says anything.
  writeDataset(folder, (row) => ({
    ...row,
    source: `int ${row.name}(void);`,
    text: row.compiler === 'clang-19' && row.name !== 'main' ? `What ${row.name} does.` : null,
    text_kind: 'comment',
  }));
  const { training, validation, vocabularies } = await collectMaterial(OPTIONS);
  const ofAlpha = new Map<string, Set<string>>();
  const ofBeta = new Set<string>();
  for await (const row of openDataset(folder).rows(['package', 'name', 'assembly'], { split: 'train' })) {
    if (row.package === 'beta') ofBeta.add(row.name);
    else ofAlpha.set(row.name, (ofAlpha.get(row.name) ?? new Set()).add(row.assembly));
  }
  const { triples, pairs } = training;
  expect(triples.builds).toHaveLength(ofAlpha.size - 1);
  expect(triples.comments.length).toBe(triples.sources.length);
  expect(pairs.builds).toHaveLength(1);
  expect(pairs.sources.length).toBe(1);
  // The code of all builds, those before the comment too.
  const sum = (builds: readonly (readonly number[])[]): number => builds.flat().length;
  expect(sum(pairs.builds)).toBe(ofAlpha.get('main')!.size);
  expect(sum(triples.builds)).toBe(
    [...ofAlpha].reduce((all, [name, texts]) => all + (name === 'main' ? 0 : texts.size), 0),
  );
  // Everything has a name.
  expect(training.named.builds.toSorted()).toEqual([...triples.builds, ...pairs.builds].toSorted());
  const words = Array.from({ length: training.named.comments.length }, (_, i) =>
    (vocabularies.text as Bpe).decode(training.named.comments.at(i)),
  );
  expect(words.toSorted()).toEqual([...ofAlpha.keys()].toSorted());
  // Of the other package only what the first has not: of two names that both have the source is the same.
  const own = [...ofBeta].filter((name) => !ofAlpha.has(name));
  expect(validation.triples.builds.length + validation.pairs.builds.length).toBe(own.length);
});

it('takes what a manual says of functions without a source apart from those with one', async () => {
  // Of `main` nobody says anything; all others are described, and one comment is of all builds.
  writeDataset(folder, (row) => ({
    ...row,
    source: null,
    text: row.name === 'main' ? null : `what ${row.name} does`,
    text_kind: 'man',
  }));
  const { training, vocabularies } = await collectMaterial(OPTIONS);
  const names = new Set<string>();
  for await (const row of openDataset(folder).rows(['package', 'name'], { split: 'train' })) {
    if (row.package !== 'beta' && row.name !== 'main') names.add(row.name);
  }
  const { described, triples, pairs, named } = training;
  expect([triples.builds, pairs.builds, named.builds]).toEqual([[], [], []]);
  const said = (texts: TokenTexts): string[] =>
    Array.from({ length: texts.length }, (_, i) => (vocabularies.text as Bpe).decode(texts.at(i)));
  expect(said(described.names).toSorted()).toEqual([...names].toSorted());
  expect(said(described.comments)).toEqual(said(described.names).map((name) => `what ${name} does`));
  expect(described.builds.every((builds) => builds.length > 1)).toBe(true);
});

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addSourcePackage, temporaryFolder } from '../../test/support/packages.ts';
import { obtainSource, readLicences } from './sources.ts';
import { Workplace } from './workplace.ts';

const folder = temporaryFolder();
const place = new Workplace(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a source package that is there', () => {
  it('is read without a network', async () => {
    addSourcePackage(folder, 'tiny', { 'a.c': 'int a;\n' });
    const source = await obtainSource(place, 'tiny');
    expect(source).toMatchObject({ name: 'tiny', version: '1.0' });
    expect(source.files.map((file) => file.name)).toEqual(['tiny_1.0.dsc', 'tiny_1.0.tar.xz']);
    expect(await readLicences(source)).toEqual(['Expat']);
  });

  it('is refused where it is not what its description says', async () => {
    addSourcePackage(folder, 'changed', { 'a.c': 'int a;\n' });
    writeFileSync(join(place.sources, 'changed/changed_1.0.tar.xz'), 'something else');
    await expect(obtainSource(place, 'changed')).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(/^changed_1.0.tar.xz: expected SHA-256/),
    });
    mkdirSync(join(place.sources, 'hollow'));
    await expect(obtainSource(place, 'hollow')).rejects.toMatchObject({ kind: 'corrupt' });
  });
});

it('fetches where the working folder was given by a relative path: apt got paths that led nowhere', () => {
  expect(new Workplace('work/corpus').apt).toBe(join(process.cwd(), 'work/corpus/apt'));
});

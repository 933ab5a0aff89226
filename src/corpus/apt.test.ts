/** Against an archive that the test makes with Debian's own tools. */

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSourcePackage, temporaryFolder } from '../../test/support/packages.ts';
import { AptState, asSourceList } from './apt.ts';

const folder = temporaryFolder();
const archive = join(folder, 'archive');
let apt: AptState;

/** Versions whose order is not that of their texts: 1.10 is newer than 1.9, and ~rc1 older than none. */
const VERSIONS = ['1.9', '1.10~rc1', '1.10'];

beforeAll(async () => {
  // apt reads archives as a user of its own.
  chmodSync(folder, 0o755);
  mkdirSync(archive);
  for (const version of VERSIONS) {
    addSourcePackage(join(folder, version), 'tiny', { 'a.c': 'int a;\n' }, version);
    const made = join(folder, version, 'sources/tiny');
    for (const file of readdirSync(made)) execFileSync('cp', [join(made, file), archive]);
  }
  writeFileSync(
    join(archive, 'Sources'),
    execFileSync('dpkg-scansources', ['.'], { cwd: archive, stdio: 'pipe' }),
  );
  apt = await AptState.open(join(folder, 'apt'), undefined, [
    ['test.list', `deb-src [trusted=yes] file:${archive} ./\n`],
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function fetched(name: string): Promise<string[]> {
  const into = join(folder, 'into');
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into);
  await apt.source(name, into);
  return readdirSync(into).sort();
}

describe('apt', () => {
  it('fetches the newest version', async () => {
    expect(await fetched('tiny')).toEqual(['tiny_1.10.dsc', 'tiny_1.10.tar.xz']);
  });

  it('fetches the one before where the archive has lost the newest: security updates were not found', async () => {
    rmSync(join(archive, 'tiny_1.10.tar.xz'));
    expect(await fetched('tiny')).toEqual(['tiny_1.10~rc1.dsc', 'tiny_1.10~rc1.tar.xz']);
  });

  it('says of the newest why it cannot be had where it has none, and no address', async () => {
    for (const file of readdirSync(archive)) if (file.endsWith('.xz')) rmSync(join(archive, file));
    await expect(fetched('tiny')).rejects.toMatchObject({
      kind: 'missing',
      message: expect.stringMatching(/^apt-get tiny=1.10: [^/]*tiny_1.10.tar.xz/),
    });
  });

  it('knows what it has never heard of', async () => {
    await expect(fetched('tinier')).rejects.toMatchObject({ kind: 'missing', message: /tinier/ });
  });
});

describe('a list of packages', () => {
  it('becomes a list of sources in the form of stanzas', () => {
    const list = 'Types: deb\nURIs: mirror\nSuites: stable\n\nTypes: deb deb-src\nURIs: other\n';
    expect(asSourceList(list)).toBe(
      'Types: deb-src\nURIs: mirror\nSuites: stable\n\nTypes: deb-src\nURIs: other\n',
    );
  });

  it('and in the form of lines', () => {
    const list = '# deb old\ndeb [signed-by=k] mirror stable main\ndeb-src mirror stable main\n';
    expect(asSourceList(list)).toBe(
      '# deb old\ndeb-src [signed-by=k] mirror stable main\ndeb-src mirror stable main\n',
    );
  });
});

/** What the tests of the corpus share: small source packages that are built without a network. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openSandbox } from '../../src/corpus/sandbox.ts';

/** Containers often forbid namespaces: tests that need them are skipped there, visibly. */
export function bubblewrapWorks(): boolean {
  try {
    openSandbox();
    return true;
  } catch {
    return false;
  }
}

export function giveTo(path: string, owner: number | undefined): void {
  if (owner !== undefined) chownSync(path, owner, owner);
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'binscribe-corpus-test-'));
}

/** Makes a Debian source package of the given files, there for `obtainSource` as if it had been fetched. */
export function addSourcePackage(
  workDir: string,
  name: string,
  files: Record<string, string>,
  version = '1.0',
): void {
  const folder = temporaryFolder();
  const tree = join(folder, `${name}-${version}`);
  const all = {
    ...files,
    'debian/changelog': `${name} (${version}) unstable; urgency=low\n\n  * Test.\n\n -- A <a@example.org>  Sat, 01 Jan 2000 00:00:00 +0000\n`,
    'debian/control': `Source: ${name}\nMaintainer: A <a@example.org>\n\nPackage: ${name}\nArchitecture: any\nDescription: test\n`,
    'debian/rules': '#!/usr/bin/make -f\n',
    'debian/source/format': '3.0 (native)\n',
    'debian/copyright': 'Files: *\nCopyright: A\nLicense: Expat\n',
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
    chmodSync(join(tree, path), text.startsWith('#!') ? 0o755 : 0o644);
  }
  execFileSync('dpkg-source', ['-b', tree], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, SOURCE_DATE_EPOCH: '946684800' },
  });
  const target = join(workDir, 'sources', name);
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(folder)) {
    if (/\.(dsc|tar\.\w+)$/.test(file)) cpSync(join(folder, file), join(target, file));
  }
  rmSync(folder, { recursive: true });
}

/** All files under a folder with their contents, to compare two of them. */
export function contents(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(root.length + 1), readFileSync(path).toString('base64')]),
  );
}

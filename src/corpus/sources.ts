/** Debian source packages by name, as their `.dsc` files describe them (policy 5.4). */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BinscribeError } from '../error.ts';
import { AptState } from './apt.ts';
import { sha256 } from './hash.ts';
import { compareText } from './text.ts';
import type { Workplace } from './workplace.ts';

export interface SourceFile {
  name: string;
  sha256: string;
}

export interface SourcePackage {
  name: string;
  version: string;
  /** The `.dsc` first, then by name; of a project its archive. */
  files: SourceFile[];
  /** Folder that holds them. */
  folder: string;
  /** Of a project, which comes as one archive and is no package of Debian. */
  project?: {
    licence?: string;
    /** How it is built, where the recipe says it. */
    build?: string;
  };
}

/**
 * The source package `name`: from the working folder where an earlier run (or the user) has put it, so that a build
 * once begun keeps its versions and resumes without a network; else fetched by apt.
 *
 * @throws BinscribeError: `missing` where apt cannot fetch it, `corrupt` where files and `.dsc` disagree.
 */
export async function obtainSource(
  place: Workplace,
  name: string,
  signal?: AbortSignal,
): Promise<SourcePackage> {
  const target = join(place.sources, name);
  if (!existsSync(target)) {
    const partial = place.partial(`source-${name}`);
    mkdirSync(partial, { recursive: true });
    const apt = await aptState(place.apt, signal);
    await apt.source(name, partial, signal);
    readSource(name, partial);
    place.settle(partial, target);
  }
  return readSource(name, target);
}

/** @throws BinscribeError of kind `corrupt` unless the folder holds one `.dsc` and the files that it lists. */
function readSource(name: string, folder: string): SourcePackage {
  const descriptions = readdirSync(folder).filter((file) => file.endsWith('.dsc'));
  if (descriptions.length !== 1) {
    throw new BinscribeError(
      'corrupt',
      `source of ${name}: expected one .dsc file, got ${descriptions.length}`,
    );
  }
  const description = descriptions[0];
  const content = readFileSync(join(folder, description));
  const text = content.toString('utf8');
  const version = /^Version: (\S+)$/m.exec(text)?.[1];
  const checksums = /^Checksums-Sha256:\s*\n((?: .*\n)+)/m.exec(text)?.[1];
  if (version === undefined || checksums === undefined) {
    throw new BinscribeError('corrupt', `${description}: expected the fields Version and Checksums-Sha256`);
  }
  const files = checksums
    .trim()
    .split('\n')
    .map((line): SourceFile => {
      const [sha256 = '', , file = ''] = line.trim().split(/\s+/);
      return { sha256, name: basename(file) };
    });
  for (const file of files) {
    const path = join(folder, file.name);
    const actual = existsSync(path) ? sha256(readFileSync(path)) : 'no file';
    if (actual !== file.sha256) {
      throw new BinscribeError('corrupt', `${file.name}: expected SHA-256 ${file.sha256}, got ${actual}`);
    }
  }
  files.sort((a, b) => compareText(a.name, b.name));
  return { name, version, files: [{ name: description, sha256: sha256(content) }, ...files], folder };
}

/** More is no list of licences; Linux's has 8,000 lines. */
const MAX_COPYRIGHT = 4 * 2 ** 20;

/**
 * The licences that `debian/copyright` names, sorted; none where it is not in the machine-readable form. Of a project
 * what the recipe says.
 */
export async function readLicences(source: SourcePackage): Promise<string[]> {
  if (source.project) return source.project.licence === undefined ? [] : [source.project.licence];
  const archive =
    source.files.find(({ name }) => /\.debian\.tar\.\w+$/.test(name)) ??
    source.files.find(({ name }) => /\.tar\.\w+$/.test(name));
  if (!archive) return [];
  const text = await readMember(join(source.folder, archive.name), '*debian/copyright');
  const names = [...text.matchAll(/^License: *(\S.*)$/gm)].map((match) => match[1].trim());
  return [...new Set(names)].sort(compareText);
}

/** The text of the members of an archive that a pattern fits; '' where there are none. */
function readMember(archive: string, pattern: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { encoding: 'utf8', maxBuffer: MAX_COPYRIGHT } as const;
    execFile('tar', ['-xOf', archive, '--wildcards', pattern], options, (error, text) =>
      resolve(error ? '' : text),
    );
  });
}

/** One a process and folder: it is shared by all packages that are fetched at the same time. */
const states = new Map<string, Promise<AptState>>();

function aptState(folder: string, signal: AbortSignal | undefined): Promise<AptState> {
  const known = states.get(folder);
  if (known) return known;
  const state = AptState.open(folder, signal);
  states.set(folder, state);
  // A failed update must not be the answer for ever.
  state.catch(() => states.delete(folder));
  return state;
}

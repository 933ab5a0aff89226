/**
 * What the drivers of a build have kept (keeping-driver.ts), brought from the build's folder to the unit's: objects to
 * `objects/`, LLVM IR to `ir/`. The build could write there what it liked, so only names and files of our own form count.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readUntrusted } from './programs.ts';
import { compareText } from './text.ts';

/** Counts of what there is beside a unit's programs. */
export interface KeptCounts {
  objects: number;
  /** Sources that became LLVM IR, and those that did not though the build compiled them. */
  modules: number;
  failed: number;
}

/** A compilation, the number of its source, from 1, and of how many. */
const KEPT = /^([0-9a-f]{32}\.[1-9]\d*\.[1-9]\d*)\.(o|ll|failed)$/;

/** Files of one build: Linux with all its drivers compiles 30,000 sources, each of which gives an object and IR. */
const MOST = 200_000;

/** Bytes of the longest module, and so of an object: that of SQLite in one file, without optimisation, has 40 MB. */
const LARGEST = 256 * 2 ** 20;

/** @param target the unit's folder, being made */
export function keepKept(kept: string, target: string): KeptCounts {
  const counts: KeptCounts = { objects: 0, modules: 0, failed: 0 };
  const entries = readdirSync(kept, { withFileTypes: true })
    .filter((entry) => entry.isFile() && KEPT.test(entry.name))
    .map(({ name }) => name)
    .sort(compareText)
    .slice(0, MOST);
  for (const folder of ['objects', 'ir']) mkdirSync(join(target, folder), { recursive: true });
  for (const file of entries) {
    const [, name, suffix] = KEPT.exec(file) ?? [];
    const content = suffix === 'failed' ? undefined : readUntrusted(join(kept, file), LARGEST);
    if (content === undefined) {
      if (suffix !== 'o') counts.failed++;
    } else if (suffix === 'o') {
      writeFileSync(join(target, 'objects', file), content);
      counts.objects++;
    } else {
      writeFileSync(join(target, 'ir', `${name}.ll.gz`), gzipSync(content));
      counts.modules++;
    }
  }
  return counts;
}

/** The LLVM IR of one source of a compilation. */
export interface KeptModule {
  compilation: string;
  /** Sources of the compilation. */
  of: number;
  path: string;
}

/** @param unit folder of a unit */
export function keptModules(unit: string): KeptModule[] {
  const folder = join(unit, 'ir');
  return readdirSync(folder).map((file) => {
    const [compilation, , of] = file.split('.');
    return { compilation, of: Number(of), path: join(folder, file) };
  });
}

export function readModule({ path }: KeptModule): string {
  return gunzipSync(readFileSync(path)).toString('utf8');
}

/**
 * Source packages through apt, which is given a state folder of its own, with the machine's package lists turned into
 * lists of sources: the system's own lists are neither needed nor touched, and no right of root is.
 */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BinscribeError, describeError } from '../error.ts';

/** apt's lists and cache in a folder. */
export class AptState {
  private readonly settings: string[];

  private constructor(settings: string[]) {
    this.settings = settings;
  }

  /**
   * Fetches the lists of all packages.
   *
   * @param lists apt's lists of sources, by file name; the machine's own by default
   * @throws BinscribeError of kind `missing` with apt's own words where it fails
   */
  static async open(
    folder: string,
    signal?: AbortSignal,
    lists: Iterable<[string, string]> = sourceLists(),
  ): Promise<AptState> {
    const parts = join(folder, 'sources');
    for (const path of [parts, join(folder, 'lists'), join(folder, 'cache')])
      mkdirSync(path, { recursive: true });
    for (const [name, content] of lists) writeFileSync(join(parts, name), content);
    const settings = Object.entries({
      'Dir::Etc::SourceList': '/dev/null',
      'Dir::Etc::SourceParts': parts,
      'Dir::State::Lists': join(folder, 'lists'),
      'Dir::Cache': join(folder, 'cache'),
      // A mirror that is busy answers the second time.
      'Acquire::Retries': '2',
    }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const state = new AptState(settings);
    await state.call('apt-get', ['-qq', 'update'], folder, signal);
    return state;
  }

  /**
   * Fetches the files of a source package: of its newest version, or where the mirror has lost that one (as happens to
   * security updates once the next is out) of the newest that it has.
   *
   * @param into a folder of their own: it is emptied of what another version left
   * @throws BinscribeError of kind `missing` where it has none: why the newest cannot be had
   */
  async source(name: string, into: string, signal?: AbortSignal): Promise<void> {
    const versions = await this.versions(name, into, signal);
    let failure = new BinscribeError('missing', `apt knows no source package ${name}`);
    for (const version of versions) {
      try {
        const wanted = ['source', '--download-only', '--only-source', `${name}=${version}`];
        await this.call('apt-get', ['-qq', ...wanted], into, signal);
        return;
      } catch (error) {
        if (!(error instanceof BinscribeError) || error.kind === 'interrupted') throw error;
        if (version === versions[0]) failure = error;
        for (const file of readdirSync(into)) rmSync(join(into, file), { recursive: true });
      }
    }
    throw failure;
  }

  /** Newest first. */
  private async versions(name: string, cwd: string, signal?: AbortSignal): Promise<string[]> {
    const text = await this.call('apt-cache', ['showsrc', '--only-source', name], cwd, signal);
    const versions = text
      .split(/\n{2,}/)
      .filter((stanza) => stanza.match(/^Package: (\S+)$/m)?.[1] === name)
      .flatMap((stanza) => stanza.match(/^Version: (\S+)$/m)?.[1] ?? []);
    const newest: string[] = [];
    for (const version of new Set(versions)) {
      const place = newest.findIndex((other) => isNewer(version, other));
      newest.splice(place < 0 ? newest.length : place, 0, version);
    }
    return newest;
  }

  /** What a program of apt's says. @throws BinscribeError of kind `missing` with its own words where it fails. */
  private call(program: string, options: string[], cwd: string, signal?: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, [...this.settings, ...options], {
        cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(signal && { signal }),
      });
      let said = '';
      let complained = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
      child.once('error', (error) =>
        reject(
          signal?.aborted
            ? new BinscribeError('interrupted', 'interrupted')
            : new BinscribeError('missing', `cannot run ${program}: ${describeError(error)}`, {
                cause: error,
              }),
        ),
      );
      child.once('close', (code) => {
        if (code === 0) resolve(said);
        else
          reject(new BinscribeError('missing', `${program} ${options.at(-1)}: ${reason(complained, code)}`));
      });
    });
  }
}

/** Debian's order of versions (policy 5.6.12). */
function isNewer(version: string, other: string): boolean {
  return spawnSync('dpkg', ['--compare-versions', version, 'gt', other]).status === 0;
}

/** apt's first complaint, what follows being what comes of it; of an address its last part, which names the file. */
function reason(complained: string, code: number | null): string {
  const first = /^E: (.*)$/m.exec(complained)?.[1] ?? `exit ${code}`;
  return first
    .replace(/\w+:\/\S*\//g, '')
    .replace(/\s*\[IP: [^\]]*\]/g, '')
    .replace(/\s+/g, ' ');
}

/** The machine's package lists as lists of sources: file name and content. */
function* sourceLists(): Generator<[string, string]> {
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  for (const path of ['/etc/apt/sources.list', ...files]) {
    if (!existsSync(path) || !/\.(list|sources)$/.test(path)) continue;
    yield [basename(path), asSourceList(readFileSync(path, 'utf8'))];
  }
}

/** A list of packages, in either of apt's forms, with the kind `deb` turned into `deb-src`. */
export function asSourceList(list: string): string {
  return list.replace(/^Types:.*$/gim, 'Types: deb-src').replace(/^deb(?=\s)/gm, 'deb-src');
}

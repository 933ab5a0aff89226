/**
 * A project's repository as a source: a package that comes from a folder or an archive of the user's, and whose sources
 * say neither who built them before nor how they want to be built.
 */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { BinscribeError, describeError } from '../error.ts';
import { fileHash } from './hash.ts';
import { SOURCE_DATE_EPOCH } from './programs.ts';
import { DESK_FOLDERS } from './desk.ts';
import type { SourcePackage } from './sources.ts';
import type { Workplace } from './workplace.ts';

/** What `--input` names. */
export const PROJECT_INPUT = "a folder of a project's sources, or a tar archive of one, compressed or not";

export const projectShape = z.strictObject({
  kind: z.literal('project'),
  /** It is a folder's name in the build; the split goes by it. */
  name: z
    .string()
    .regex(/^\w[\w+.-]*$/, 'expected letters, digits and ._+-')
    .refine(
      (name) => !DESK_FOLDERS.includes(name),
      'expected another name: the build has a folder called so',
    ),
  version: z.string().optional(),
  licence: z.string().optional(),
  /** A shell script for where none of our build systems will do. */
  build: z.string().optional(),
});

export type ProjectSource = z.infer<typeof projectShape>;

/**
 * The project's sources, as they are now: a folder is packed into the working folder, without what git keeps of its past,
 * so that a build goes on with what it began with, and is known by what is in it.
 *
 * @throws BinscribeError: `usage` without an input, `unreadable` where it is not there.
 */
export async function obtainProject(
  place: Workplace,
  { name, version = '', licence, build }: ProjectSource,
  input: string | undefined,
): Promise<SourcePackage> {
  if (input === undefined) {
    throw new BinscribeError('usage', `a recipe of a project needs its sources: ${PROJECT_INPUT}`, {
      hint: 'Name it with --input PATH.',
    });
  }
  if (!existsSync(input)) {
    throw new BinscribeError('unreadable', `${input}: ${PROJECT_INPUT} expected, there is none`);
  }
  const archive = statSync(input).isDirectory() ? await packFolder(place, name, input) : resolve(input);
  return {
    name,
    version,
    files: [{ name: basename(archive), sha256: await fileHash(archive) }],
    folder: dirname(archive),
    project: { ...(licence !== undefined && { licence }), ...(build !== undefined && { build }) },
  };
}

/** The same files give the same bytes, whoever has them. */
async function packFolder(place: Workplace, name: string, folder: string): Promise<string> {
  const partial = place.partial(`project-${name}`);
  const archive = join(partial, `${name}.tar`);
  mkdirSync(partial, { recursive: true });
  await tar([
    '--format=gnu',
    '--sort=name',
    `--mtime=@${SOURCE_DATE_EPOCH}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
    '--exclude=.git',
    `--directory=${folder}`,
    `--file=${archive}`,
    '--create',
    '.',
  ]);
  const target = join(place.projects, (await fileHash(archive)).slice(0, 32));
  place.settle(partial, target);
  return join(target, `${name}.tar`);
}

function tar(options: string[]): Promise<void> {
  return new Promise((done, fail) => {
    execFile('tar', options, { env: { ...process.env, LC_ALL: 'C' } }, (error) => {
      if (!error) done();
      else
        fail(
          new BinscribeError('unreadable', `cannot pack the project: ${describeError(error)}`, {
            cause: error,
          }),
        );
    });
  });
}

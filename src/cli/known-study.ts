/** `binscribe study known`: what it is worth that an encoder knows more functions than it learned from. */

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { manifestHash, readManifest } from '../corpus/index.ts';
import { renderJson } from '../explain/render/json.ts';
import { byItsSymbols, type JudgedProgram, testPrograms } from '../tasks/known/judged.ts';
import { namedProgram } from '../tasks/known/named.ts';
import { type KnownDocument, renderKnownStudy } from '../tasks/known/report.ts';
import { figuresOf, judgePrograms, sentencesOf } from '../tasks/known/study.ts';
import { VERSION } from '../version.ts';
import { readInput } from './files.ts';
import { Progress } from './progress.ts';
import { publish, type ResultFlags } from './result.ts';
import type { Session } from './session.ts';

export interface KnownStudyFlags extends ResultFlags {
  known?: string[];
  /** Static libraries whose functions are known, and others. */
  library?: string[];
  stranger?: string[];
}

/** @throws BinscribeError as data sets, models and libraries are read */
export async function studyKnown(folder: string, flags: KnownStudyFlags, session: Session): Promise<void> {
  const { name, counts } = readManifest(folder);
  const models = [
    await session.openModel(undefined, false),
    await session.openModel(undefined, flags.known ?? []),
  ];
  const names = ['itself', 'with them'];
  const judge = async (what: string, programs: AsyncIterable<JudgedProgram>, all?: number) => {
    const progress = new Progress(session, `judging ${what}`);
    progress.begin();
    return judgePrograms(programs, models, (done) => progress.update(done, all ?? done)).finally(() =>
      progress.end(),
    );
  };
  const tested = await judge('test packages', testPrograms(folder), counts.test.rows);
  const groups = [
    figuresOf('test packages', tested, names),
    figuresOf(
      'test packages, copies left out',
      tested.filter(({ truth }) => !truth.isCopy),
      names,
    ),
  ];
  for (const [group, paths = []] of [
    ['libraries that are known', flags.library],
    ['other libraries', flags.stranger],
  ] as const) {
    if (paths.length > 0) groups.push(figuresOf(group, await judge(group, libraryPrograms(paths)), names));
  }
  const libraries: Record<string, string> = {};
  for (const path of [...(flags.library ?? []), ...(flags.stranger ?? [])]) {
    libraries[basename(path)] = createHash('sha256')
      .update(await readInput(path))
      .digest('hex');
  }
  const document: KnownDocument = {
    schema: 'binscribe.known-study/1',
    tool: `binscribe ${VERSION}`,
    models: models.map(({ card }) => card.id),
    dataset: { name, manifest: manifestHash(folder) },
    libraries,
    groups,
    sentences: sentencesOf(tested, models.length - 1),
  };
  await publish(session, flags, renderKnownStudy(document), renderJson(document));
}

async function* libraryPrograms(paths: readonly string[]): AsyncGenerator<JudgedProgram> {
  for (const path of paths) yield byItsSymbols(await namedProgram(path, await readInput(path)));
}

/** `binscribe study drafts`: what unit tests and likeness of code can tell of drafts; goes on where it was stopped. */

import { readFileSync } from 'node:fs';
import { sha256 } from '../corpus/hash.ts';
import { openSandbox } from '../corpus/sandbox.ts';
import { findCompiler } from '../corpus/toolchain.ts';
import { renderJson } from '../explain/render/json.ts';
import { renderDrafts, type DraftsReport } from '../tasks/drafts/render.ts';
import { fitFaithfulness } from '../tasks/drafts/lifting.ts';
import { DraftStudy, type PartKey, type StudyPart } from '../tasks/drafts/study.ts';
import { readDecompileEval } from '../tasks/reexecution/decompile-eval.ts';
import { VERSION } from '../version.ts';
import { Journal } from './journal.ts';
import { Steps } from './progress.ts';
import { alone, publish } from './result.ts';
import type { Session } from './session.ts';

export interface DraftsFlags {
  output: string;
  compiler: string;
  other: string;
  seed: number;
  rivals: number;
  limit?: number;
  json?: boolean;
}

export async function studyDrafts(file: string, flags: DraftsFlags, session: Session): Promise<void> {
  const problems = readDecompileEval(file).slice(0, flags.limit);
  await alone(flags.output, () => judgeDrafts(file, problems, flags, session));
}

async function judgeDrafts(
  file: string,
  problems: ReturnType<typeof readDecompileEval>,
  flags: DraftsFlags,
  session: Session,
): Promise<void> {
  const { output, json = false, seed, rivals } = flags;
  const compilers = [...new Set([flags.compiler, flags.other])].map(findCompiler);
  const facts = {
    schema: 1 as const,
    tool: `binscribe ${VERSION}`,
    data: sha256(readFileSync(file)),
    problems: problems.length,
    compilers: compilers.map(({ name, version }) => ({ name, version })),
    seed,
    rivals,
  };
  const sandbox = openSandbox();
  const journal = Journal.open<{ key: PartKey; part: StudyPart }>(`${output}.partial.jsonl`, facts);
  const steps = new Steps(session);
  let place = '';
  const study = new DraftStudy(problems, {
    sandbox,
    compilers,
    seed,
    rivals,
    progress: (step, done, total) => steps.update(`${place}: ${step}`, done, total),
  });
  try {
    for (const [i, { key, run }] of study.jobs.entries()) {
      if (journal.lines.some((line) => line.key === key)) continue;
      place = `${i + 1} of ${study.jobs.length}`;
      journal.add({ key, part: await run() });
    }
  } finally {
    steps.end();
    study.close();
  }
  const done = new Map(journal.lines.map(({ key, part }) => [key, part]));
  const parts = study.jobs.map(({ key }) => done.get(key)!);
  const faithfulness = fitFaithfulness(parts.filter((part) => part.kind === 'lifting'));
  const report: DraftsReport = { ...facts, parts, faithfulness };
  await publish(session, { output, json }, renderDrafts(report), renderJson(report));
  journal.remove();
}

/** `binscribe study starts`: compares the functions found in stripped programs with their symbols. */

import { listPrograms } from '../corpus/index.ts';
import { renderJson } from '../explain/render/json.ts';
import { measureFunctionStarts, type StartsOfProgram } from '../tasks/function-starts.ts';
import { renderStarts, reportStarts } from '../tasks/starts-report.ts';
import { Progress } from './progress.ts';
import { publish, type ResultFlags } from './result.ts';
import type { Session } from './session.ts';

export interface StartsFlags extends ResultFlags {
  work: string;
  unwindTables: boolean;
  package?: string[];
}

/** Measures every program that `corpus build` has kept. */
export async function studyStarts(flags: StartsFlags, session: Session): Promise<void> {
  const programs = listPrograms(flags.work).filter(
    (program) => flags.package?.includes(program.package) ?? true,
  );
  const stripping = flags.unwindTables ? 'symbols' : 'unwind tables too';
  const progress = new Progress(session, 'measuring function starts', 'programs');
  const measured: StartsOfProgram[] = [];
  for (const program of measureFunctionStarts(programs, stripping)) {
    measured.push(program);
    progress.update(measured.length, programs.length);
  }
  progress.end();
  const report = reportStarts(measured, stripping);
  await publish(session, flags, renderStarts(report), renderJson(report));
}

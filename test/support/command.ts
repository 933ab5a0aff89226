/** A command line run as the program runs it, without a process. */

import { openMeaning, openModel, openWriter } from '../../src/cli/model.ts';
import { main } from '../../src/cli/program.ts';
import type { Session } from '../../src/cli/session.ts';

export interface Ran {
  /** The exit code. */
  code: number;
  out: string;
  err: string;
}

/** @param more what the session has instead: another model, another terminal. */
export async function runCommand(argv: readonly string[], more: Partial<Session> = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await main(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    openModel,
    // Labels and summaries of the shipped models take seconds: only who names a folder waits for them.
    openMeaning: (folder) => (folder === undefined ? Promise.resolve(null) : openMeaning(folder)),
    openWriter: (folder) => (folder === undefined ? Promise.resolve(null) : openWriter(folder)),
    status: 0,
    ...more,
  });
  return { code, out, err };
}

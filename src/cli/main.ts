#!/usr/bin/env node
/** The executable: this process's streams, and its end. */

import { EXIT_CODES } from '../error.ts';
import { main } from './program.ts';
import type { Session } from './session.ts';

// `binscribe … | head` closes our output early. That is the reader's right and no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.done);
  throw error;
});

/** What reads models takes longer to load than most commands that need none take to run. */
const openModel: Session['openModel'] = async (folder, known) =>
  (await import('./model.ts')).openModel(folder, known);
const openMeaning: Session['openMeaning'] = async (folder) =>
  (await import('./model.ts')).openMeaning(folder);
const openWriter: Session['openWriter'] = async (folder) => (await import('./model.ts')).openWriter(folder);

const { stdout, stderr, env } = process;
// No process.exit: what is still on its way to a pipe would be lost. Ctrl-C is left to the system, which ends
// the process as a signal does: the shell sees 130, and loops of scripts end too.
process.exitCode = await main(process.argv.slice(2), {
  stdout,
  stderr,
  env,
  openModel,
  openMeaning,
  openWriter,
  status: 0,
});

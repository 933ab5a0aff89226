/** How a failure is told: one line that says what is wrong, one that says what to do, and the exit code. */

import { CommanderError } from 'commander';
import { BinscribeError, type ErrorKind, EXIT_CODES } from '../error.ts';
import { sanitize } from '../explain/sanitize.ts';
import type { Session } from './session.ts';

/** A message holds names and paths of strangers; this is enough for any of ours. */
const MESSAGE_LENGTH = 1000;

/** Tells `error` on standard error. @returns its exit code */
export function tellFailure(error: unknown, session: Session): number {
  // Help, which commander has shown: an answer where it was asked for, else all that there is to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
  if (error instanceof BinscribeError) {
    say(session, error.message, error.hint);
    return error.exitCode;
  }
  say(
    session,
    `internal error: ${error instanceof Error ? error.message : String(error)}`,
    'This is a defect of binscribe: please report it, with the command. BINSCRIBE_DEBUG=1 shows where it happened.',
  );
  if (session.env['BINSCRIBE_DEBUG'] === '1' && error instanceof Error) {
    session.stderr.write(`${error.stack}\n`);
  }
  return EXIT_CODES.internal;
}

/** What to do about a program file that cannot be explained, where the reader knows nothing better. */
const PROGRAM_HINTS: Readonly<Partial<Record<ErrorKind, string>>> = {
  unreadable: 'Name a program file that is there and may be read.',
  unsupported:
    'Binscribe reads programs, libraries and object files of Linux for x86-64 (ELF, 64-bit), and archives of them.',
  corrupt: 'The file is damaged or incomplete: copy it again from where it came.',
};

/** `error` with the program file it concerns named first. */
export function concerning(path: string, error: unknown): unknown {
  if (!(error instanceof BinscribeError)) return error;
  const hint = error.hint ?? PROGRAM_HINTS[error.kind];
  return new BinscribeError(error.kind, `${path}: ${error.message}`, {
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}

function say(session: Session, message: string, hint: string | undefined): void {
  session.stderr.write(`binscribe: ${sanitize(message, MESSAGE_LENGTH)}\n`);
  if (hint !== undefined) session.stderr.write(`  ${sanitize(hint, MESSAGE_LENGTH)}\n`);
}

/** The programs that a path of the command line names: the file itself, or every member of a static archive. */

import { type FileHandle, open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { isArchive, readArchive } from '../binary/archive.ts';
import { Budget, type Cut } from '../binary/budget.ts';
import { BinscribeError, describeError, unsupported } from '../error.ts';
import { sanitize } from '../explain/sanitize.ts';
import { concerning, tellFailure } from './failure.ts';
import { readInput } from './files.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';

/** A program to work on. */
export interface Input {
  /** The path; of a member of an archive `lib.a(member.o)`. */
  path: string;
  bytes: Uint8Array;
}

/** Bytes from which on finding the functions alone may take over a second. */
export const LARGE = 4_000_000;
/** What decides whether a file is an archive. */
const MAGIC_LENGTH = 8;

/** Whether a path names an archive, which has one answer a member. False also for what cannot be read. */
export async function namesArchive(path: string): Promise<boolean> {
  let file: FileHandle | undefined;
  try {
    // As in files.ts: a FIFO without a writer would block an ordinary open for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) return false;
    const { buffer, bytesRead } = await file.read(new Uint8Array(MAGIC_LENGTH), 0, MAGIC_LENGTH, 0);
    return isArchive(buffer.subarray(0, bytesRead));
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}

/**
 * Does `work` for each program that `path` names. Of an archive's members some may be no programs: each such is
 * told on standard error and left out.
 *
 * @throws whatever `work` throws for a file; for an archive, a BinscribeError where there was an answer for no
 * member. Failures of single members are told, and the first decides the session's status.
 */
export async function eachProgram(
  path: string,
  session: Session,
  work: (input: Input) => Promise<void>,
): Promise<void> {
  const bytes = await readInput(path);
  if (!isArchive(bytes)) return work({ path, bytes });
  const budget = new Budget();
  const members = readArchive(bytes, budget);
  if (members.length === 0) throw unsupported('this archive is empty: members expected');
  const progress = new Progress(session, `reading ${path}`, 'members');
  const failures: unknown[] = [];
  for (const [index, member] of members.entries()) {
    const input = { path: `${path}(${member.name})`, bytes: member.bytes };
    try {
      await work(input);
    } catch (error) {
      failures.push(error);
      if (failures.length < members.length) tellMember(input.path, error, session);
    }
    progress.update(index + 1, members.length);
  }
  progress.end();
  for (const cut of budget.cuts) tellCut(path, cut, session);
  if (failures.length === members.length) throw failures[0];
}

/** What is no program of ours is left out with a word; what is one and damaged is a failure. */
function tellMember(path: string, error: unknown, session: Session): void {
  // A wanted function stands in few of the members.
  if (error instanceof BinscribeError && error.kind === 'usage') return;
  if (error instanceof BinscribeError && error.kind === 'unsupported') {
    session.stderr.write(`binscribe: ${sanitize(`${path}: skipped: ${describeError(error)}`, 1000)}\n`);
    return;
  }
  const code = tellFailure(concerning(path, error), session);
  session.status ||= code;
}

function tellCut(path: string, { reason }: Cut, session: Session): void {
  const error = new BinscribeError('corrupt', `${path}: ${reason}; the members before it were read`);
  const code = tellFailure(error, session);
  session.status ||= code;
}

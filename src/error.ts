/**
 * The one error class and the one table of exit codes.
 *
 * Every failure that a user can cause or meet is a `BinscribeError`; anything else that escapes is a defect
 * of ours and leaves with code 1.
 */

/** Why something failed. The numbers are a contract: scripts of others rely on them. */
export const EXIT_CODES = {
  done: 0,
  internal: 1,
  usage: 2,
  unreadable: 3,
  unsupported: 4,
  corrupt: 5,
  budget: 6,
  missing: 7,
  interrupted: 130,
} as const;

export type ErrorKind = Exclude<keyof typeof EXIT_CODES, 'done'>;

export interface ErrorDetail {
  /** What the user can do about it, as a sentence. */
  hint?: string;
  cause?: unknown;
}

/**
 * A failure with a kind (which decides the exit code), a message of one line (what, where, expected, got) and
 * an optional hint (what to do).
 */
export class BinscribeError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'BinscribeError';
    this.kind = kind;
    this.hint = detail.hint;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** The file contradicts its own format. */
export function corrupt(message: string): BinscribeError {
  return new BinscribeError('corrupt', message);
}

/** The file is well-formed as far as we can tell, and of a kind that we do not read. */
export function unsupported(message: string, hint?: string): BinscribeError {
  return new BinscribeError('unsupported', message, hint === undefined ? {} : { hint });
}

/** The system's reasons in our words, for reading and writing alike. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file and no folder',
  EEXIST: 'a file is in the way',
  EISDIR: 'this is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long for a file',
};

/** One line that says what went wrong, for any thrown value. Of a file's trouble the caller says which file. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ('code' in error && REASONS[String(error.code)]) || error.message;
}

/** The first thing that is wrong with a document, where in it, and what was expected: of the issues of zod. */
export function describeIssue([issue]: readonly { path: PropertyKey[]; message: string }[]): string {
  const what = issue.message
    .replace(/^Invalid input: /, '')
    .replace('received undefined', 'got nothing')
    .replace('received', 'got');
  return issue.path.length === 0 ? what : `${issue.path.join('.')}: ${what}`;
}

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

/** One line that says what went wrong, for any thrown value. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

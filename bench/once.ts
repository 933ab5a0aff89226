/** What a side of `bench open` tells: it does its work once, as whoever opens a file does. */

export interface Once {
  /** From before the file is read until the digest is there. */
  readonly milliseconds: number;
  /** SHA-256 of all that was made, in which both sides must agree. */
  readonly digest: string;
  /** How much was made: tokens, functions. */
  readonly count: number;
}

export interface OnceSide extends Once {
  /** In bytes. */
  readonly peakMemory: number;
}

/** A program's last words. */
export function tellOnce(once: Once): void {
  // The unit of maxRSS is a kilobyte.
  const side: OnceSide = { ...once, peakMemory: process.resourceUsage().maxRSS * 1024 };
  process.stdout.write(`${JSON.stringify(side)}\n`);
}

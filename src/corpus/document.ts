/** JSON documents on disk: recipes, which people write, and manifests, which we do. */

import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { BinscribeError, describeError, describeIssue, type ErrorKind } from '../error.ts';

export interface DocumentKind<T> {
  shape: z.ZodType<T>;
  /** `recipe of a run` say. */
  name: string;
  /** What it is when there is no such file, and when the file holds something else. */
  absent: ErrorKind;
  wrong: ErrorKind;
  /** Where one comes from. */
  hint: string;
}

/** @throws BinscribeError of the kinds given; the message says which file, what was expected, what is wrong. */
export function readDocument<T>(path: string, { shape, name, absent, wrong, hint }: DocumentKind<T>): T {
  const fail = (as: ErrorKind, why: string, cause?: unknown): BinscribeError =>
    new BinscribeError(as, `${path}: no ${name}: ${why}`, { hint, cause });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fail(absent, describeError(error), error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(wrong, `no JSON: ${describeError(error)}`, error);
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw fail(wrong, describeIssue(parsed.error.issues));
  return parsed.data;
}

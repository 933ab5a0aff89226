/**
 * A program taken apart in batches. A model looks from a call to what is called, and from a function to its
 * callers, so that a batch should hold all of a program; but 20 million instructions at once would need 6 GB.
 */

import type { Binary, FoundFunction } from '../binary/binary.ts';
import type { FunctionBody } from '../binary/instruction.ts';
import { disassemble } from '../binary/x86/disassemble.ts';
import { BinscribeError } from '../error.ts';

/**
 * Instructions in a batch: 300 bytes each, so about 300 MB. Nearly every program fits one batch (git has 630,000
 * instructions); the 20 million of node stay below 3 GB in all.
 */
const BATCH_INSTRUCTIONS = 1_000_000;

/** A function with its code taken apart. */
export interface Opened {
  found: FoundFunction;
  body: FunctionBody;
}

/** A function of which nothing can be said. */
export interface Unopened {
  found: FoundFunction;
  /** What the reader threw; without it, the file has no code at the function's address. */
  error: BinscribeError | null;
}

/**
 * All of `functions` that have code, in order. The batches are the same whichever functions somebody wants to
 * see, so that an answer does not depend on what else was asked.
 *
 * @param unopened gets the functions that are in no batch
 */
export function* openInBatches(
  binary: Binary,
  functions: readonly FoundFunction[],
  unopened: Unopened[],
): Generator<Opened[]> {
  let batch: Opened[] = [];
  let held = 0;
  for (const found of functions) {
    const body = openOne(binary, found);
    if (body instanceof BinscribeError) unopened.push({ found, error: body });
    else if (body.instructions.length === 0) unopened.push({ found, error: null });
    else {
      batch.push({ found, body });
      held += body.instructions.length;
    }
    if (held < BATCH_INSTRUCTIONS) continue;
    yield batch;
    batch = [];
    held = 0;
  }
  if (batch.length > 0) yield batch;
}

/** @returns the error where the reader throws one of ours */
export function openOne(binary: Binary, found: FoundFunction): FunctionBody | BinscribeError {
  try {
    return disassemble(binary, found);
  } catch (error) {
    if (error instanceof BinscribeError) return error;
    throw error;
  }
}

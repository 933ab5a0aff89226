/** One mutant through everything that reads a file: what came of it. */

import { isArchive, readArchive } from '../../src/binary/archive.ts';
import { Budget } from '../../src/binary/budget.ts';
import { readSubprograms } from '../../src/binary/dwarf/index.ts';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { disassemble } from '../../src/binary/x86/disassemble.ts';
import { BinscribeError } from '../../src/error.ts';
import { mutate, randomFrom } from '../../test/support/mutate.ts';
import type { Subject } from './subjects.ts';

/** Ten times what the intact subjects need, and a time that only an endless loop takes. */
const LIMITS = { bytes: 1 << 21, entries: 50_000, instructions: 50_000, milliseconds: 2_000 };

/** `whole`: read without a cut; `partial`: with one; then our errors by kind; `crashed`: anything else. */
export type Outcome = 'whole' | 'partial' | 'corrupt' | 'unsupported' | 'budget' | 'crashed';

export interface Reading {
  outcome: Outcome;
  milliseconds: number;
  /** Of a crash. */
  message?: string;
}

/** Seeds count through the subjects, so that any run of them damages all alike. */
export function mutantOf(
  subjects: readonly Subject[],
  seed: number,
): { subject: Subject; bytes: Uint8Array } {
  const subject = subjects[seed % subjects.length];
  return { subject, bytes: mutate(subject.bytes, subject.focuses, randomFrom(seed)) };
}

/** Reads a file as `explain` does, archives member by member. */
export function readMutant(bytes: Uint8Array): Reading {
  const began = performance.now();
  const budget = new Budget(LIMITS);
  const done = (outcome: Outcome, message?: string): Reading => {
    const reading: Reading = { outcome, milliseconds: performance.now() - began };
    return message === undefined ? reading : { ...reading, message };
  };
  try {
    const files = isArchive(bytes) ? readArchive(bytes, budget).map((member) => member.bytes) : [bytes];
    for (const file of files) readFile(file, budget, files.length > 1);
    return done(budget.cuts.length > 0 ? 'partial' : 'whole');
  } catch (error) {
    if (error instanceof BinscribeError && isExpected(error.kind)) return done(error.kind);
    return done('crashed', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

function isExpected(kind: string): kind is 'corrupt' | 'unsupported' | 'budget' {
  return kind === 'corrupt' || kind === 'unsupported' || kind === 'budget';
}

function readFile(bytes: Uint8Array, budget: Budget, oneOfSeveral: boolean): void {
  const read = (): void => {
    const binary = openBinary(bytes, { budget });
    readSubprograms(binary);
    for (const found of findFunctions(binary)) {
      budget.attempt('disassembly', () => disassemble(binary, found), undefined);
    }
  };
  // A damaged member does not cost the others.
  if (oneOfSeveral) budget.attempt('member', read, undefined);
  else read();
}

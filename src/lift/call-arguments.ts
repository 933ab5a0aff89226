/** What is given to a function that is called: by its prototype, its format, its code, or what the caller has set. */

import type { AddressSpace } from '../binary/memory.ts';
import { ARGUMENTS, CannotLift, FLOAT_ARGUMENTS, RAX } from './code.ts';
import { type Expr, load, variable } from './expressions.ts';
import { truncate } from './integers.ts';
import { formatParameters } from './prototypes.ts';
import { asFloat } from './rebuild.ts';
import type { BlockWriter } from './semantics.ts';

/** Bytes of a format that are looked at. */
const MOST_FORMAT = 1024;

/** Letters of prototypes.ts for a call, by what was done before it. */
export class CallArguments {
  private readonly writer: BlockWriter;
  private readonly memory: AddressSpace | undefined;
  /** Registers that were set for the call, with their bits: see `Before`. */
  private readonly written: ReadonlyMap<number, number>;

  constructor(writer: BlockWriter, memory: AddressSpace | undefined, written: ReadonlyMap<number, number>) {
    this.writer = writer;
    this.memory = memory;
    this.written = written;
  }

  /** Of a function that nobody knows: the registers that were set for it, in order. */
  guessed(): string {
    let letters = '';
    for (const id of ARGUMENTS) {
      const bits = this.written.get(id);
      if (bits === undefined) break;
      letters += bits === 64 ? 'l' : 'i';
    }
    for (const id of FLOAT_ARGUMENTS) {
      const bits = this.written.get(id);
      if (bits === undefined) break;
      letters += bits === 64 ? 'd' : 'f';
    }
    return letters;
  }

  /** Of a format that is not known: the registers that were set, and as many floats as al tells. */
  private unknownFormat(name: string, parameters: string): string {
    const guessed = this.guessed().replace(/[df]/g, '');
    const floats = this.writer.valueOf(RAX);
    // Where all registers are full, more may be on the stack.
    const isFull = guessed.length >= ARGUMENTS.length;
    if (isFull || name.endsWith('scanf') || floats?.kind !== 'const' || floats.value > 8n) {
      throw new CannotLift(`a format of ${name} that is not known`);
    }
    return guessed.slice(parameters.length) + 'd'.repeat(Number(floats.value));
  }

  /** Of what a function may read as much as was set: who takes any number of arguments stores all registers. */
  ofCallee(letters: string): string {
    const floats = letters.replace(/[^df]/g, '');
    let general = letters.replace(/[df]/g, '');
    while (general !== '' && this.writer.valueOf(ARGUMENTS[general.length - 1])?.kind === 'undefined') {
      general = general.slice(0, -1);
    }
    return general + floats;
  }

  byFormat(name: string, parameters: string): string {
    const last = ARGUMENTS[parameters.length - 1];
    const format = this.writer.formats.get(last) ?? this.writer.valueOf(last);
    const { memory } = this;
    if (format?.kind !== 'global' || memory === undefined) return this.unknownFormat(name, parameters);
    const bytes = memory.slice(format.address, MOST_FORMAT);
    const end = bytes.indexOf(0);
    if (end < 0) throw new CannotLift(`a format of ${name} without an end`);
    const text = String.fromCharCode(...bytes.subarray(0, end));
    const letters = formatParameters(text, name.endsWith('scanf'));
    if (letters === undefined) throw new CannotLift(`a format of ${name} that is not known`);
    return letters;
  }
}

export function callOf(name: string, args: readonly Expr[], bits: number): Extract<Expr, { kind: 'call' }> {
  return { kind: 'call', bits, float: false, name, args };
}

export function bitsOf(letter: string): number {
  return { b: 8, i: 32, u: 32, f: 32, v: 32 }[letter] ?? 64;
}

/** @param stacked where those lie that no registers hold, from the stack pointer at entry */
export function argumentsOf(letters: string, stacked: number): Expr[] {
  let [general, float, above] = [0, 0, 0];
  return Array.from(letters, (letter) => {
    const isFloat = letter === 'd' || letter === 'f';
    const id = isFloat ? FLOAT_ARGUMENTS[float++] : ARGUMENTS[general++];
    const place = { kind: 'stack' as const, bits: 64 as const, offset: stacked + 8 * above };
    if (id === undefined) above++;
    const whole = id === undefined ? load(place, 64) : variable(id, 64);
    const value = truncate(whole, bitsOf(letter));
    return isFloat ? asFloat(value) : value;
  });
}

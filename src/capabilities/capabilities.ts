/**
 * What a function does as far as its code tells it by itself: which functions of libraries it calls, which numbers and
 * instructions are known for one purpose, and what it is when it is short. Nothing is learned here and nothing is
 * guessed: each capability names what of the code it was read off. What a function is for is another question (models/meaning).
 *
 *     Opens files, moves in files, reads, allocates memory and closes files.
 */

import { capabilityOfImport } from './imports.ts';
import { capabilitiesOfInstructions, SWAP } from './instructions.ts';
import { capabilityOfNumber } from './numbers.ts';
import { shapeOf } from './shapes.ts';
import type { TableCapability } from './tables.ts';

/**
 * What a capability was read off, the most telling first: all of a short function; numbers and tables by which an algorithm
 * is known; instructions for one purpose; functions of libraries; what it computes with; calls of who knows what.
 */
export const CAPABILITY_KINDS = [
  'whole',
  'algorithm',
  'instruction',
  'import',
  'arithmetic',
  'pointer',
] as const;
export type CapabilityKind = (typeof CAPABILITY_KINDS)[number];

export interface Capability {
  /** In the third person: `opens files`. */
  readonly text: string;
  readonly kind: CapabilityKind;
  /** Imports, numbers or instructions that it was read off, each once. */
  readonly because: readonly string[];
}

/** As many fit a sentence; the others say less. */
const MOST = 6;
const MOST_REASONS = 6;
/** Lines of what may be one of the shapes, with its frame. */
const SHORT = 8;

/** What the program says itself is no name and no number of its code. */
const STRING = /"(?:[^"\\]|\\.)*"/g;
/** Called, jumped to, or in place of an address. */
const NAME = /(?<=^(?:call|jmp) |\[)[A-Za-z_][\w.$@]*/;
const NUMBER = /(?<=, )-?0x[0-9a-f]+$/;
const BY_POINTER = /^call (?:r(?:[a-d]x|[sd]i|[sb]p|\d+)$|qword \[r)/;
/** RFC 4648, tables 1 and 2. */
const BASE64 = /"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789(?:\+\/|-_)/;

interface Found {
  readonly text: string;
  readonly kind: CapabilityKind;
  /** Within its kind, 0 for what tells most. */
  readonly rank: number;
  /** Line of the first reason. */
  readonly at: number;
  readonly because: string[];
}

/**
 * The most telling ones, in the order of the code.
 * @param assembly normalised
 * @param tables that the function refers to: normalised assembly does not tell of data
 */
export function capabilitiesOf(assembly: string, tables: readonly TableCapability[] = []): Capability[] {
  const lines = assembly === '' ? [] : assembly.split('\n');
  const whole = lines.length <= SHORT ? shapeOf(lines) : null;
  if (whole !== null) return [{ text: whole, kind: 'whole', because: [] }];
  const mnemonics = lines.map(mnemonicOf);
  const found = new Map<string, Found>();
  const add = (one: Omit<Found, 'because'>, reason?: string): void => {
    const capability = found.get(one.text) ?? { ...one, because: [] };
    found.set(one.text, capability);
    const { because } = capability;
    if (reason !== undefined && because.length < MOST_REASONS && !because.includes(reason))
      because.push(reason);
  };
  for (const { shown, ...table } of tables) add({ ...table, kind: 'algorithm', at: 0 }, shown);
  lines.forEach((line, at) => {
    const bare = line.replace(STRING, '');
    const name = NAME.exec(bare)?.[0];
    const byName = name === undefined ? undefined : capabilityOfImport(name);
    if (byName) add({ ...byName, kind: 'import', at }, name);
    const number = NUMBER.exec(bare)?.[0];
    const byNumber = number === undefined ? undefined : capabilityOfNumber(number, mnemonics[at]);
    if (byNumber) {
      const { shown, ...capability } = byNumber;
      add({ ...capability, kind: 'algorithm', at }, shown);
    }
    if (BASE64.test(line))
      add({ text: 'writes or reads Base64', kind: 'algorithm', rank: 0, at }, 'its alphabet');
    if (BY_POINTER.test(line))
      add({ text: 'calls by pointers', kind: 'pointer', rank: 0, at }, line.slice('call '.length));
  });
  for (const { because, ...capability } of capabilitiesOfInstructions(mnemonics)) {
    for (const one of because) add(capability, one);
  }
  const telling = [...found.values()].sort(
    (a, b) => CAPABILITY_KINDS.indexOf(a.kind) - CAPABILITY_KINDS.indexOf(b.kind) || a.rank - b.rank,
  );
  return telling
    .slice(0, MOST)
    .sort((a, b) => a.at - b.at)
    .map(({ text, kind, because }) => ({ text, kind, because }));
}

/** Turning a word of 16 bits by half is how compilers swap its bytes: that is no rotation. */
const HALF_TURN = /^ro[lr] (?:[a-d]x|[sd]i|[sb]p|r\d+w), 0x8$/;

function mnemonicOf(line: string): string {
  if (line.startsWith('.')) return '';
  return HALF_TURN.test(line) ? SWAP : line.split(' ', 1)[0];
}

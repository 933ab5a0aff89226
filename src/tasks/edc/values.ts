/** What a field's value is: code, or text; and when two values are the same. */

import { disassembleRange } from '../../binary/x86/disassemble.ts';
import { BinscribeError } from '../../error.ts';
import { exactHash, normalizedHash } from '../../tokens/normalize.ts';

/** Bytes, or as text in hexadecimal digits. @throws BinscribeError `corrupt` for anything else */
export function codeOf(value: unknown, field: string, item: number): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string' || !/^([0-9a-f]{2}\s*)+$/i.test(value)) {
    throw wrongValue(field, item, 'machine code in hexadecimal digits', value);
  }
  return Uint8Array.from(value.match(/[0-9a-f]{2}/gi)!, (byte) => parseInt(byte, 16));
}

/** @param item counted from 0 */
export function wrongValue(field: string, item: number, expected: string, got: unknown): BinscribeError {
  const shown = (JSON.stringify(got) ?? String(got)).slice(0, 60);
  return new BinscribeError('corrupt', `item ${item + 1}: ${field}: ${expected} expected, got ${shown}`);
}

/** Equal for values that are the same in every byte. */
export function exactKey(value: unknown): string {
  if (value instanceof Uint8Array) return exactHash(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Equal also for code that was linked elsewhere, and for text in other case, with other spaces or a last mark. */
export function normalizedKey(value: unknown): string {
  if (value instanceof Uint8Array) return normalizedHash(disassembleRange(value, 0));
  if (typeof value !== 'string') return JSON.stringify(value);
  return value
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[.,;:!?]+$/u, '');
}

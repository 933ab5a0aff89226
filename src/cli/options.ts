/** What several commands' options share. */

import { InvalidArgumentError } from 'commander';

/** For an option that may be repeated. @param earlier true is the default of an option that has a negation */
export function collect(value: string, earlier: string[] | boolean = []): string[] {
  return [...(typeof earlier === 'boolean' ? [] : earlier), value];
}

/** For an option that lists words, `a,b c,d`, and may be repeated. */
export function collectList(value: string, earlier: string[] | boolean = []): string[] {
  const words = value.split(',').map((word) => word.trim());
  if (words.some((word) => word === '')) throw new InvalidArgumentError('expected words with commas between');
  return [...new Set([...(typeof earlier === 'boolean' ? [] : earlier), ...words])];
}

/** Whoever asks by meaning, or judges who does. */
export const MEANING_MODEL = [
  '--model <dir>',
  'folder of a model of meaning (default: the one that comes with binscribe, if any)',
] as const;

/** Whoever judges a model of meaning. */
export const LEARNED = [
  '--learned <dir>',
  'another data set that the model has learned from: what it has is no new question; may be repeated',
  collect,
] as const;

/** For an option that counts. */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a whole number above 0');
}

/** For an option that may be repeated and names numbers. */
export function positives(text: string, earlier: number[] = []): number[] {
  return [...earlier, positive(text)];
}

/** For the width of a network, of which each of four heads has its part. */
export function multipleOfFour(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value % 4 === 0) return value;
  throw new InvalidArgumentError('expected a whole number above 0 that 4 divides');
}

/** For an option that is a percentage. @returns the share, from 0 to 1 */
export function percentage(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value / 100;
  throw new InvalidArgumentError('expected a number from 0 to 100');
}

/** For an option that is a similarity of sets. Under a half, most of two similar sets differs. */
export function similarity(text: string): number {
  const value = Number(text);
  if (value >= 0.5 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from 0.5 to 1');
}

/** For an option that lists shares: `0,0.5,1`. */
export function shares(text: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (values.every((value) => value >= 0 && value <= 1)) return values;
  throw new InvalidArgumentError('expected numbers from 0 to 1 with commas between, as 0,0.5,1');
}

/** For a price. */
export function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('expected a number, 0 or above');
}

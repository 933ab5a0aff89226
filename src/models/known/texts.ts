/** What programmers say of functions that they wrote, by package and name: a file of pairs, so that a package's name is there once. */

import { ByteReader, ByteWriter } from '../bytes.ts';

/** "BSQ1" in little-endian order; the digit changes with the format. */
const MAGIC = 0x31515342;

/** A sentence about a function of a package. */
export interface Quotation {
  readonly package: string;
  readonly name: string;
  readonly text: string;
}

/** Looks quotations up. */
export class KnownTexts {
  private readonly texts: ReadonlyMap<string, string>;

  constructor(quotations: readonly Quotation[] = []) {
    this.texts = new Map(quotations.map((one) => [keyOf(one.package, one.name), one.text]));
  }

  /** Of a function of a package; undefined where nothing is known. */
  of(from: string, name: string): string | undefined {
    return this.texts.get(keyOf(from, name));
  }
}

function keyOf(from: string, name: string): string {
  return `${from}\0${name}`;
}

/** The same quotations in any order give the same bytes. */
export function encodeTexts(quotations: readonly Quotation[]): Uint8Array {
  const packages = new Map<string, Quotation[]>();
  for (const one of quotations) packages.set(one.package, [...(packages.get(one.package) ?? []), one]);
  const out = new ByteWriter();
  out.word(MAGIC);
  out.uint(packages.size);
  for (const [from, own] of [...packages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    out.text(from);
    out.uint(own.length);
    for (const { name, text } of own.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      out.text(name);
      out.text(text);
    }
  }
  return out.finish();
}

/** @throws BinscribeError of kind `corrupt` for anything that `encodeTexts` would not write */
export function decodeTexts(data: Uint8Array, where: string): Quotation[] {
  const input = new ByteReader(data, where);
  if (input.left < 4 || input.word() !== MAGIC) input.fail('no file of quotations');
  const quotations: Quotation[] = [];
  for (let packages = input.count(2); packages > 0; packages--) {
    const from = input.text();
    for (let own = input.count(2); own > 0; own--) {
      quotations.push({ package: from, name: input.text(), text: input.text() });
    }
  }
  if (input.left > 0) input.fail(`${input.left} bytes too many`);
  return quotations;
}

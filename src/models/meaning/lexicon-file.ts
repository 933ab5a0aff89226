/**
 * A lexicon as a file holds it, and what it reads of the functions that its scores are told by. Weights of a feature are
 * signed bytes with one scale, and most are none: a table of all would take 26 MB, this takes 1.
 */

import { corrupt } from '../../error.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import type { SparseVector } from '../linear/sparse.ts';
import { Lexicon } from './lexicon.ts';

/** The largest whole number of a signed byte, and of a byte. */
const SIGNED = 127;
const BYTE = 255;
/** A sign takes the last bit. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number): number => (value % 2 === 1 ? -(value + 1) / 2 : value / 2);

/** Numbers with a fraction are whole numbers of this size: of a rarity two digits would do. */
const FINE = 1 / 4096;
/** Of a scale of weights, which are some thousandths. */
const FINEST = 1 / 2 ** 28;

/** @param background what it reads of some functions */
export function encodeLexicon({ parts }: Lexicon, background: readonly SparseVector[]): Uint8Array {
  const writer = new ByteWriter();
  const names = (texts: readonly string[], rarity: Float32Array): void => {
    writer.uint(texts.length);
    texts.forEach((text, i) => {
      writer.text(text);
      writer.uint(Math.round(rarity[i] / FINE));
    });
  };
  names(parts.features, parts.rarity);
  names(parts.terms, parts.termRarity);
  for (const { indices, values } of parts.weights) {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / SIGNED;
    const whole = Array.from(values, (value) => Math.round(value / scale));
    const kept = [...whole.keys()].filter((i) => whole[i] !== 0);
    writer.uint(kept.length);
    if (kept.length > 0) writer.uint(Math.round(scale / FINEST));
    writePlaces(
      writer,
      kept.map((i) => indices[i]),
      kept.map((i) => zigzag(whole[i])),
    );
  }
  writer.uint(background.length);
  for (const { indices, values } of background) {
    writer.uint(indices.length);
    writePlaces(
      writer,
      [...indices],
      Array.from(values, (value) => Math.round(value * BYTE)),
    );
  }
  return writer.finish();
}

/** Rising numbers, each as how far it is from the last, with a value. */
function writePlaces(writer: ByteWriter, places: readonly number[], values: readonly number[]): void {
  let last = 0;
  places.forEach((place, i) => {
    writer.uint(place - last);
    writer.uint(values[i]);
    last = place;
  });
}

/** @throws BinscribeError of kind `corrupt` */
export function decodeLexicon(
  bytes: Uint8Array,
  where: string,
): { lexicon: Lexicon; background: SparseVector[] } {
  const reader = new ByteReader(bytes, where);
  const names = (): { texts: string[]; rarity: Float32Array } => {
    const count = reader.count(2);
    const texts: string[] = [];
    const rarity = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      texts.push(reader.text());
      rarity[i] = reader.uint() * FINE;
    }
    if (new Set(texts).size < count) throw corrupt(`${where}: a name is there twice`);
    return { texts, rarity };
  };
  const features = names();
  const terms = names();
  const readPlaces = (count: number, columns: number, valueOf: (whole: number) => number): SparseVector => {
    const vector = { indices: new Uint32Array(count), values: new Float32Array(count) };
    let last = 0;
    for (let i = 0; i < count; i++) {
      const away = reader.uint();
      if (i > 0 && away === 0) reader.fail('a number is there twice');
      last += away;
      if (last >= columns) reader.fail(`number ${last} of ${columns}`);
      vector.indices[i] = last;
      vector.values[i] = valueOf(reader.uint());
    }
    return vector;
  };
  const weights = features.texts.map(() => {
    const count = reader.count(2);
    const scale = count > 0 ? reader.uint() * FINEST : 0;
    return readPlaces(count, terms.texts.length, (whole) => unzigzag(whole) * scale);
  });
  const background = Array.from({ length: reader.count(1) }, () =>
    readPlaces(reader.count(2), features.texts.length, (whole) => whole / BYTE),
  );
  if (reader.left > 0) reader.fail('more than a lexicon');
  const lexicon = new Lexicon({
    features: features.texts,
    rarity: features.rarity,
    terms: terms.texts,
    termRarity: terms.rarity,
    weights,
  });
  return { lexicon, background };
}

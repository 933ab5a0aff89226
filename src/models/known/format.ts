/**
 * The file of known functions (`index.bin`): numbers in LEB128, lists that ascend as differences, so that most
 * numbers take a byte. It holds names, hashes and counts of opcode pairs; from these no code can be had back.
 *
 *     magic, names, origins, vocabulary with frequencies, entries: hash, length, exact hashes,
 *     occurrences, terms
 */

import { ByteReader, ByteWriter } from '../bytes.ts';
import type { KnownFunctions, Origin } from './index.ts';

/** "BSK1" in little-endian order; the digit changes with the format. */
const MAGIC = 0x314b5342;
const ORIGIN_FIELDS = ['package', 'version', 'compiler', 'optimization'] as const satisfies (keyof Origin)[];

export function encodeKnown(known: KnownFunctions): Uint8Array {
  const out = new ByteWriter();
  out.word(MAGIC);
  out.uint(known.names.length);
  for (const name of known.names) out.text(name);
  out.uint(known.origins.length);
  for (const origin of known.origins) for (const field of ORIGIN_FIELDS) out.text(origin[field]);
  out.uint(known.vocabulary.length);
  let before = 0;
  known.vocabulary.forEach((token, term) => {
    out.uint(token - before);
    out.uint(known.frequency[term]);
    before = token;
  });
  out.uint(known.entries);
  for (let e = 0; e < known.entries; e++) {
    out.word(known.hashes[e * 2]);
    out.word(known.hashes[e * 2 + 1]);
    out.uint(known.lengths[e]);
    out.uint(known.exactStarts[e + 1] - known.exactStarts[e]);
    for (let i = known.exactStarts[e]; i < known.exactStarts[e + 1]; i++) out.word(known.exactHashes[i]);
    out.uint(known.occurrenceStarts[e + 1] - known.occurrenceStarts[e]);
    for (let i = known.occurrenceStarts[e]; i < known.occurrenceStarts[e + 1]; i++) {
      out.uint(known.occurrenceNames[i]);
      out.uint(known.occurrenceOrigins[i]);
    }
    out.uint(known.termStarts[e + 1] - known.termStarts[e]);
    before = 0;
    for (let i = known.termStarts[e]; i < known.termStarts[e + 1]; i++) {
      out.uint(known.terms[i] - before);
      out.uint(known.counts[i]);
      before = known.terms[i];
    }
  }
  return out.finish();
}

/** @throws BinscribeError of kind `corrupt` for anything that `encodeKnown` would not write. */
export function decodeKnown(data: Uint8Array, where: string): KnownFunctions {
  const input = new ByteReader(data, where);
  if (input.left < 4 || input.word() !== MAGIC) input.fail('no index of known functions');
  const names = Array.from({ length: input.count(1) }, () => input.text());
  const origins = Array.from(
    { length: input.count(ORIGIN_FIELDS.length) },
    () => Object.fromEntries(ORIGIN_FIELDS.map((field) => [field, input.text()])) as unknown as Origin,
  );
  const vocabulary = new Uint32Array(input.count(2));
  const frequency = new Uint32Array(vocabulary.length);
  let token = 0;
  for (let term = 0; term < vocabulary.length; term++) {
    const difference = input.uint();
    if (term > 0 && difference === 0) input.fail('a token twice in the vocabulary');
    token += difference;
    if (token >= 2 ** 32) input.fail('a token of more than 32 bits');
    vocabulary[term] = token;
    frequency[term] = input.uint();
  }
  // A hash of 8 bytes, a length, three counts.
  const entries = input.count(12);
  const hashes = new Uint32Array(entries * 2);
  const lengths = new Uint32Array(entries);
  const exactStarts = new Uint32Array(entries + 1);
  const occurrenceStarts = new Uint32Array(entries + 1);
  const termStarts = new Uint32Array(entries + 1);
  const lists = {
    exact: [] as number[],
    names: [] as number[],
    origins: [] as number[],
    terms: [] as number[],
    counts: [] as number[],
  };
  for (let e = 0; e < entries; e++) {
    hashes[e * 2] = input.word();
    hashes[e * 2 + 1] = input.word();
    lengths[e] = input.uint();
    const exact = input.count(4);
    for (let i = 0; i < exact; i++) lists.exact.push(input.word());
    exactStarts[e + 1] = lists.exact.length;
    const occurrences = input.count(2);
    if (occurrences === 0) input.fail('an entry that was seen nowhere');
    for (let i = 0; i < occurrences; i++) {
      lists.names.push(input.below(names.length, 'name'));
      lists.origins.push(input.below(origins.length, 'origin'));
    }
    occurrenceStarts[e + 1] = lists.names.length;
    const terms = input.count(2);
    let term = 0;
    for (let i = 0; i < terms; i++) {
      const difference = input.uint();
      if (i > 0 && difference === 0) input.fail('a term twice in an entry');
      term += difference;
      if (term >= vocabulary.length) input.fail(`term ${term} of ${vocabulary.length}`);
      lists.terms.push(term);
      lists.counts.push(input.uint());
    }
    termStarts[e + 1] = lists.terms.length;
  }
  if (input.left > 0) input.fail(`${input.left} bytes too many`);
  return {
    names,
    origins,
    vocabulary,
    frequency,
    entries,
    hashes,
    lengths,
    exactStarts,
    exactHashes: Uint32Array.from(lists.exact),
    occurrenceStarts,
    termStarts,
    occurrenceNames: Uint32Array.from(lists.names),
    occurrenceOrigins: Uint32Array.from(lists.origins),
    terms: Uint32Array.from(lists.terms),
    counts: Uint32Array.from(lists.counts),
  };
}

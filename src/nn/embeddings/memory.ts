/** Fills a memory as its plan says: tables, corpus and first weights. */

import { Random } from '../../random.ts';
import { aliasTable } from './alias.ts';
import type { Corpus } from './corpus.ts';
import { BATCH_BYTES, type Plan } from './plan.ts';
import type { Vocabulary } from './vocabulary.ts';

/** FNV-1a over the words of a document, in 32 bits: equal documents start from equal vectors. */
function hashDocuments({ tokens, starts, owners, documents }: Corpus): Uint32Array {
  const hashes = new Uint32Array(documents).fill(0x811c9dc5);
  owners.forEach((owner, sequence) => {
    let hash = hashes[owner];
    for (let i = starts[sequence]; i < starts[sequence + 1]; i++)
      hash = Math.imul(hash ^ tokens[i], 0x01000193);
    // The end of a sequence counts too.
    hashes[owner] = Math.imul(hash ^ (hash >>> 15) ^ 0xff, 0x01000193);
  });
  return hashes;
}

/** word2vec's: evenly spread in [-1/2, 1/2) over the length. Padding stays zero. */
function spread(vector: Float32Array, size: number, random: Random): void {
  for (let i = 0; i < size; i++) vector[i] = (random.uniform() - 0.5) / size;
}

/** @param cuts As `cutBatches` makes them */
export function writeMemory(
  memory: ArrayBufferLike,
  plan: Plan,
  vocabulary: Vocabulary,
  corpus: Corpus,
  cuts: readonly number[],
): void {
  const { at, settings, rowBytes, documentSlots, frozen } = plan;
  const { size } = settings;
  const { tokens, starts, owners } = corpus;
  const put = (address: number, values: Uint32Array): void =>
    new Uint32Array(memory).set(values, address / 4);
  put(at.alias, aliasTable(vocabulary.noiseWeights(settings.exponent)));
  put(at.keep, vocabulary.keepThresholds(settings.sample));
  put(at.tokens, tokens);
  put(at.starts, starts);
  put(at.owners, owners);

  const integers = new Uint32Array(memory);
  const doubles = new Float64Array(memory);
  for (let i = 0; i < plan.batches; i++) {
    const entry = at.batch + i * BATCH_BYTES;
    integers[entry / 4] = cuts[i];
    integers[entry / 4 + 1] = cuts[i + 1];
    // A new document learns at a rate that does not depend on what else is asked for.
    doubles[entry / 8 + 1] = frozen ? 0 : starts[cuts[i]] / tokens.length;
  }

  const random = new Random(settings.seed);
  const row = (address: number): Float32Array => new Float32Array(memory, address, rowBytes / 4);
  for (let word = 0; word < plan.words; word++) spread(row(at.input + word * rowBytes), size, random);

  const hashes = hashDocuments(corpus);
  if (settings.model !== 'skip-gram') {
    hashes.forEach((hash, document) => {
      const random = new Random(settings.seed * 2 ** 32 + hash);
      for (let slot = 0; slot < documentSlots; slot++) {
        spread(row(at.document + (document * documentSlots + slot) * rowBytes), size, random);
      }
    });
  }
  // A new document draws what it would draw alone; a sequence in training, what no other draws.
  let first = 0;
  for (let sequence = 0; sequence < owners.length; sequence++) {
    if (owners[sequence] !== owners[first]) first = sequence;
    integers[at.seeds / 4 + sequence] = frozen ? hashes[owners[sequence]] + sequence - first : sequence;
  }
}

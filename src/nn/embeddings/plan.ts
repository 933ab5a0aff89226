/**
 * Where everything lies in one memory that all threads share: weights, tables, corpus, and a stretch of scratch for
 * each thread. The kernels have these addresses as constants.
 */

import { BinscribeError } from '../../error.ts';
import type { Corpus } from './corpus.ts';
import type { EmbeddingSettings } from './settings.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Words after which the learning rate is set anew and a thread takes new work: gensim's batch. */
const BATCH_WORDS = 10_000;

/** A row starts where a vector register can load it in one go. */
const LANES = 4;

/** Memory that 32-bit addresses reach. */
const LIMIT = 2 ** 32 - 65536;

/** Bytes of an entry of the table of batches: first sequence, end, and the share of an epoch done before (f64). */
export const BATCH_BYTES = 16;

/** Bytes of a part of the context: a row's address, a place in the hidden vector, two weights. */
export const PART_BYTES = 16;

export interface Plan {
  readonly settings: EmbeddingSettings;
  readonly words: number;
  readonly documents: number;
  readonly batches: number;
  readonly threads: number;
  /** Word and output vectors stay as they are: only document vectors learn. */
  readonly frozen: boolean;
  /** Bytes from one word vector to the next, zeros behind the last number. */
  readonly rowBytes: number;
  /** Vectors side by side in the hidden vector, and so in an output vector. */
  readonly slots: number;
  /** Vectors side by side in a document vector. */
  readonly documentSlots: number;
  /** Addresses in bytes. */
  readonly at: {
    /** Two i32: the next batch to take, and the first that is not to be taken yet. */
    readonly queue: number;
    readonly alias: number;
    readonly keep: number;
    readonly input: number;
    readonly output: number;
    readonly document: number;
    readonly tokens: number;
    readonly starts: number;
    readonly owners: number;
    readonly seeds: number;
    readonly batch: number;
    readonly scratch: number;
  };
  /** Scratch of one thread, and what lies where in it. */
  readonly scratch: {
    readonly bytes: number;
    /** Words of the sequence that subsampling left; in `asm2vec`, where instructions start. */
    readonly kept: number;
    /** Addresses of the output vectors of words drawn, from the second place on. */
    readonly targets: number;
    readonly hidden: number;
    /** The gradient that reaches the hidden vector. */
    readonly work: number;
    readonly parts: number;
  };
  /** Size of the memory. */
  readonly bytes: number;
}

export interface PlanOptions {
  readonly threads: number;
  readonly frozen?: boolean;
}

/** @throws BinscribeError `unsupported` where it does not fit into 4 GiB */
export function planMemory(
  settings: EmbeddingSettings,
  vocabulary: Vocabulary,
  corpus: Corpus,
  batches: number,
  { threads, frozen = false }: PlanOptions,
): Plan {
  const { model, size, window, negative } = settings;
  const rowBytes = LANES * 4 * Math.ceil(size / LANES);
  const slots = model === 'asm2vec' ? 2 : model === 'pv-dm-concat' ? 2 * window + 1 : 1;
  const documentSlots = model === 'asm2vec' ? 2 : 1;
  const words = vocabulary.size;
  const sequences = corpus.owners.length;
  let longest = 0;
  for (let i = 0; i < sequences; i++) longest = Math.max(longest, corpus.starts[i + 1] - corpus.starts[i]);

  let end = 0;
  /** A cache line's alignment, so that no two threads write into one by chance. */
  const region = (bytes: number): number => {
    const start = end;
    end += 64 * Math.ceil(bytes / 64);
    return start;
  };
  const quads = Math.ceil((negative + 1) / LANES);
  const scratch = {
    kept: region(4 * (longest + 1)),
    targets: region(4 * LANES * quads),
    hidden: region(slots * rowBytes),
    work: region(slots * rowBytes),
    parts: region(PART_BYTES * Math.max(2 * window, longest)),
    bytes: end,
  };
  end = 0;
  const at = {
    queue: region(8),
    alias: region(8 * words),
    keep: region(4 * words),
    // One more than there are words: what stands outside of a document (`pv-dm-concat`).
    input: region((words + 1) * rowBytes),
    output: region(words * slots * rowBytes),
    document: region(model === 'skip-gram' ? 0 : corpus.documents * documentSlots * rowBytes),
    tokens: region(4 * corpus.tokens.length),
    starts: region(4 * (sequences + 1)),
    owners: region(4 * sequences),
    seeds: region(4 * sequences),
    batch: region(BATCH_BYTES * batches),
    scratch: region(threads * scratch.bytes),
  };
  if (end > LIMIT) {
    throw new BinscribeError('unsupported', `embeddings: at most 4 GiB expected, got ${end} bytes`, {
      hint: 'Take a higher minimum count, a smaller vector, or a part of the corpus.',
    });
  }
  return {
    settings,
    words,
    documents: corpus.documents,
    batches,
    threads,
    frozen,
    rowBytes,
    slots,
    documentSlots,
    at,
    scratch,
    bytes: end,
  };
}

/** Where batches of about 10,000 words start, and the end: indices of sequences. No document is cut in two. */
export function cutBatches({ starts, owners }: Corpus): number[] {
  const cuts = [0];
  for (let i = 1; i < owners.length; i++) {
    const words = starts[i + 1] - starts[cuts[cuts.length - 1]];
    if (words > BATCH_WORDS && owners[i] !== owners[i - 1]) cuts.push(i);
  }
  if (owners.length > 0) cuts.push(owners.length);
  return cuts;
}

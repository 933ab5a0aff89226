/** Vectors of documents that training did not see (Le and Mikolov 2014, section 2.3). */

import { BinscribeError } from '../../error.ts';
import type { Corpus } from './corpus.ts';
import type { EmbeddingSettings } from './settings.ts';
import { EmbeddingTrainer, type EmbeddingState } from './trainer.ts';
import type { Threads } from './threads.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface InferenceOptions extends Partial<
  Pick<EmbeddingSettings, 'epochs' | 'alpha' | 'minAlpha' | 'seed'>
> {
  threads?: Threads;
}

/**
 * Learns the vectors of new documents while word and output vectors stay as they are. A document's vector depends on
 * its own words and on nothing else: it is the same beside others, on any number of threads.
 * @param corpus encoded with the vocabulary that the state was trained with
 * @returns [documents, document size], document after document
 * @throws BinscribeError `usage` where the model has no documents
 */
export async function inferDocuments(
  state: EmbeddingState,
  vocabulary: Vocabulary,
  corpus: Corpus,
  { threads, ...changed }: InferenceOptions = {},
): Promise<Float32Array> {
  const settings = { ...state.settings, ...changed };
  if (settings.model === 'skip-gram') {
    throw new BinscribeError('usage', 'inferDocuments: a model with documents expected, got skip-gram', {
      hint: 'Take the mean of the vectors of its words, or train pv-dm.',
    });
  }
  const trainer = new EmbeddingTrainer(settings, vocabulary, corpus, threads ? { threads } : {}, state);
  try {
    await trainer.run();
    return trainer.state().documents;
  } finally {
    await trainer.close();
  }
}

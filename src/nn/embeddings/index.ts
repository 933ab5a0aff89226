/** Word and document vectors: see docs/nn/embeddings.md. */

export { encodeSentences, encodeWalks, type Corpus, type Walks } from './corpus.ts';
export { inferDocuments, type InferenceOptions } from './infer.ts';
export { DEFAULT_SETTINGS, type EmbeddingModel, type EmbeddingSettings } from './settings.ts';
export type { Threads } from './threads.ts';
export { EmbeddingTrainer, type EmbeddingState, type TrainerOptions } from './trainer.ts';
export { WordVectors, type Neighbour } from './vectors.ts';
export { Vocabulary, type Sentences } from './vocabulary.ts';

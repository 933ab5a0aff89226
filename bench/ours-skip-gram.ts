/** Our side of `skipgram`, in a process of its own: `node ours-skip-gram.js NAME FOLDER STEPS`. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSentences } from '../src/nn/embeddings/corpus.ts';
import { EmbeddingTrainer, type EmbeddingState } from '../src/nn/embeddings/trainer.ts';
import { Vocabulary } from '../src/nn/embeddings/vocabulary.ts';
import { enableRelaxedSimd, nodeThreads } from '../src/runtimes/node-threads.ts';
import type { SkipGramTask } from './cases/skip-gram.ts';
import { tell } from './duel.ts';

const THREADS = 2;

const [, folder] = process.argv.slice(2);
const { settings, judged } = JSON.parse(readFileSync(join(folder, 'task.json'), 'utf8')) as SkipGramTask;
const { minCount, ...given } = settings;
const text = readFileSync(join(folder, 'corpus.txt'), 'utf8');

/** One after the other, as both reading and encoding take them. */
const sentences: Iterable<string[]> = {
  *[Symbol.iterator]() {
    for (let at = 0; at < text.length;) {
      const end = text.indexOf('\n', at);
      yield text.slice(at, end).split(' ');
      at = end + 1;
    }
  },
};

enableRelaxedSimd();
const vocabulary = Vocabulary.of(sentences, minCount);
// As with gensim: from the words of the corpus, the vocabulary known, to the vectors.
const began = performance.now();
const corpus = encodeSentences(sentences, vocabulary);
const trainer = new EmbeddingTrainer(given, vocabulary, corpus, { threads: nodeThreads(THREADS) });
await trainer.run();
const milliseconds = performance.now() - began;
await trainer.close();

/** Mean of what negative sampling minimises. */
function loss({ words, outputs }: EmbeddingState): number {
  const { size } = settings;
  let sum = 0;
  for (const row of judged) {
    const [hidden, ...targets] = row.map((word) => vocabulary.numberOf(word)! * size);
    targets.forEach((target, k) => {
      let product = 0;
      for (let i = 0; i < size; i++) product += words[hidden + i] * outputs[target + i];
      sum += Math.log1p(Math.exp(k === 0 ? -product : product));
    });
  }
  return sum / judged.length;
}

tell({
  milliseconds: [milliseconds],
  values: [loss(trainer.state())],
  work: { unit: 'words', count: corpus.tokens.length * settings.epochs },
});

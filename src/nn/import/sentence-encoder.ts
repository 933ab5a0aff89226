/** A sentence encoder at work: texts in, a vector for each out. */

import { Predictor } from '../inference.ts';
import type { Runtime } from '../runtime.ts';
import type { Folder } from './folder.ts';
import { loadSentences, type LoadedSentences } from './sentences.ts';

/** Texts that go through the network together: sentence-transformers takes as many. */
const BATCH = 32;

export class SentenceEncoder {
  private readonly loaded: LoadedSentences;
  private readonly predictor: Predictor;

  private constructor(loaded: LoadedSentences, predictor: Predictor) {
    this.loaded = loaded;
    this.predictor = predictor;
  }

  /** @throws BinscribeError of kind `missing`, `corrupt` or `unsupported` */
  static async open(runtime: Runtime, folder: Folder): Promise<SentenceEncoder> {
    const loaded = await loadSentences(folder);
    const predictor = await Predictor.create({
      runtime,
      model: (scope, { ids, mask }) => ({ vectors: loaded.apply(scope, { ids, mask }) }),
      inputs: {
        ids: { dtype: 'int64', shape: ['batch', 'length'] },
        mask: { dtype: 'int64', shape: ['batch', 'length'] },
      },
      parameters: loaded.parameters,
    });
    return new SentenceEncoder(loaded, predictor);
  }

  /** @returns [texts, size], flat */
  async encode(
    texts: readonly string[],
    progress?: (done: number, total: number) => void,
  ): Promise<{ vectors: Float32Array; size: number }> {
    const { tokenizer, maximum, prepare } = this.loaded;
    // Texts of like lengths together, so that little is padding.
    const order = texts.map((_, i) => i).sort((a, b) => texts[a].length - texts[b].length || a - b);
    let vectors = new Float32Array();
    let size = 0;
    for (let from = 0; from < order.length; from += BATCH) {
      const chosen = order.slice(from, from + BATCH);
      const { ids, mask } = tokenizer.encode(
        chosen.map((i) => prepare(texts[i])),
        { maximum },
      );
      const { data } = (await this.predictor.run({ ids, mask }))['vectors'] as { data: Float32Array };
      if (from === 0) {
        size = data.length / chosen.length;
        vectors = new Float32Array(texts.length * size);
      }
      chosen.forEach((text, row) => vectors.set(data.subarray(row * size, (row + 1) * size), text * size));
      progress?.(from + chosen.length, order.length);
    }
    return { vectors, size };
  }

  close(): Promise<void> {
    return this.predictor.close();
  }
}

/** The known functions nearest to others, by cosine of their vectors: a product of matrices, and the best of each row. */

import { compileGraph } from '../../nn/onnx/compile.ts';
import { encodeModel } from '../../nn/onnx/model.ts';
import { matmul } from '../../nn/ops/matmul.ts';
import { constant, input } from '../../nn/ops/source.ts';
import { top } from '../../nn/ops/top.ts';
import type { Runtime, Session } from '../../nn/runtime.ts';
import type { Hit } from '../known/search.ts';

/** Functions that are looked up at once: their scores against 100,000 known ones are 50 MB. */
const QUERIES = 128;

export class NearestVectors {
  /** [known, size], flat; each of length 1. */
  readonly vectors: Float32Array;
  private readonly session: Session;
  private readonly size: number;
  private readonly count: number;

  private constructor(session: Session, vectors: Float32Array, size: number) {
    this.session = session;
    this.vectors = vectors;
    this.size = size;
    this.count = vectors.length / size;
  }

  /**
   * @param vectors [known, size], flat; each of length 1
   * @param most hits of each query
   */
  static async open(
    runtime: Runtime,
    vectors: Float32Array,
    size: number,
    most: number,
  ): Promise<NearestVectors> {
    const count = vectors.length / size;
    const scores = matmul(input('queries', [QUERIES, size]), input('known', [count, size]), {
      transposeB: true,
    });
    const wanted = constant(BigInt64Array.of(BigInt(Math.min(most, count))), [1]);
    const { values, places } = top(scores, wanted, Math.min(most, count));
    const session = await runtime.open(encodeModel(compileGraph({ values, places })));
    return new NearestVectors(session, vectors, size);
  }

  /** Hits of each query, best first. */
  async search(queries: readonly Float32Array[]): Promise<Hit[][]> {
    const { session, vectors, size, count } = this;
    const known = { dtype: 'float32', shape: [count, size], data: vectors } as const;
    const hits: Hit[][] = [];
    for (let from = 0; from < queries.length; from += QUERIES) {
      const data = new Float32Array(QUERIES * size);
      const chosen = queries.slice(from, from + QUERIES);
      chosen.forEach((query, i) => data.set(query, i * size));
      const { values, places } = await session.run({
        queries: { dtype: 'float32', shape: [QUERIES, size], data },
        known,
      });
      const most = values.shape[1];
      chosen.forEach((_, i) => {
        hits.push(
          Array.from({ length: most }, (_, k) => ({
            entry: Number(places.data[i * most + k]),
            similarity: values.data[i * most + k] as number,
          })),
        );
      });
    }
    return hits;
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

/** An encoder at work: texts in, vectors out, whatever their number. */

import { Predictor } from '../../nn/inference.ts';
import type { Runtime } from '../../nn/runtime.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import type { TensorType } from '../../nn/types.ts';
import { tokenBatch } from './batch.ts';
import { encodeView, type ViewNetwork } from './encoder.ts';

/** The network takes batches of one size: shorter ones are filled up, so that one graph serves. */
const TOKENS = 4096;
const TEXTS = 64;

const whole = (length: number): TensorType => ({ dtype: 'int32', shape: [length] });

export interface EncoderOptions {
  readonly network: ViewNetwork;
  /** Of its parameters: see `ENCODERS`. */
  readonly path: string;
  /** What stands on it, its parameters named from the root on. [texts, 2 * width] gives [texts, size] */
  readonly head?: (scope: Scope, pooled: Tensor) => Tensor;
}

/** The inputs of an encoder at work. */
export const ENCODER_INPUTS: Readonly<Record<string, TensorType>> = {
  tokens: whole(TOKENS),
  owner: whole(TOKENS),
  numbers: whole(TEXTS),
};

/** An encoder with what stands on it, as a model of one output: `vectors`. */
export function encoderModel({ network, path, head }: EncoderOptions): Model {
  return (scope, { tokens, owner, numbers }) => {
    const { pooled } = encodeView(scope.at(path), { tokens, owner, numbers }, network);
    return { vectors: head ? head(scope, pooled) : pooled };
  };
}

export class ViewEncoder {
  private readonly predictor: Predictor;

  private constructor(predictor: Predictor) {
    this.predictor = predictor;
  }

  /** @throws BinscribeError `usage` where a parameter has no value */
  static async open(
    runtime: Runtime,
    options: EncoderOptions,
    parameters: ReadonlyMap<string, Float32Array>,
  ): Promise<ViewEncoder> {
    const model = encoderModel(options);
    return new ViewEncoder(await Predictor.create({ runtime, model, inputs: ENCODER_INPUTS, parameters }));
  }

  /**
   * @param texts tokens of each; of one with more than 4096 the first count
   * @returns of each [2 * width], or what stands on the encoder makes of it
   */
  async encode(
    texts: readonly ArrayLike<number>[],
    progress?: (done: number) => void,
  ): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    while (vectors.length < texts.length) {
      const chosen = nextBatch(texts, vectors.length);
      const filled = Array.from({ length: TEXTS }, (_, i) => chosen[i] ?? []);
      const { vectors: found } = await this.predictor.run(tokenBatch(filled, TOKENS));
      const [, size] = found.shape;
      for (let i = 0; i < chosen.length; i++) {
        vectors.push((found.data as Float32Array).slice(i * size, (i + 1) * size));
      }
      progress?.(vectors.length);
    }
    return vectors;
  }

  close(): Promise<void> {
    return this.predictor.close();
  }
}

/** As many texts from a place on as fit into a batch, but one at least. */
function nextBatch(texts: readonly ArrayLike<number>[], from: number): ArrayLike<number>[] {
  const chosen: ArrayLike<number>[] = [];
  let room = TOKENS;
  for (let i = from; i < texts.length && chosen.length < TEXTS; i++) {
    const length = Math.min(texts[i].length, TOKENS);
    if (length > room) break;
    room -= length;
    chosen.push(length === texts[i].length ? texts[i] : Array.from({ length }, (_, k) => texts[i][k]));
  }
  return chosen;
}

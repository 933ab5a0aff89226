/** An encoder at work: texts in, vectors out, whatever their number. */

import { Predictor } from '../../nn/inference.ts';
import type { Runtime } from '../../nn/runtime.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import type { Shape, TensorType } from '../../nn/types.ts';
import { tokenBatch } from './batch.ts';
import { encodeView, type ViewNetwork } from './encoder.ts';
import { rowsOf } from './transformer.ts';

/** Convolutions take batches of one size: shorter ones are filled up, so that one graph serves. Rows have as much at most. */
const TOKENS = 4096;
const TEXTS = 64;

export interface EncoderOptions {
  readonly network: ViewNetwork;
  /** Of its parameters: see `ENCODERS`. */
  readonly path: string;
  /** What stands on it, its parameters named from the root on: [texts, size] of what the network pools. */
  readonly head?: (scope: Scope, pooled: Tensor) => Tensor;
}

/** The inputs of an encoder at work: see `ViewTokens`. Attention takes rows of any size. */
export function encoderInputs(network: ViewNetwork): Readonly<Record<string, TensorType>> {
  const whole = (shape: Shape): TensorType => ({ dtype: 'int32', shape });
  return 'transformer' in network
    ? { tokens: whole(['texts', 'length']), owner: whole(['texts', 'length']), numbers: whole(['texts']) }
    : { tokens: whole([TOKENS]), owner: whole([TOKENS]), numbers: whole([TEXTS]) };
}

/** An encoder with what stands on it, as a model of one output: `vectors`. */
export function encoderModel({ network, path, head }: EncoderOptions): Model {
  return (scope, { tokens, owner, numbers }) => {
    const { pooled } = encodeView(scope.at(path), { tokens, owner, numbers }, network);
    return { vectors: head ? head(scope, pooled) : pooled };
  };
}

export class ViewEncoder {
  private readonly predictor: Predictor;
  private readonly network: ViewNetwork;

  private constructor(predictor: Predictor, network: ViewNetwork) {
    this.predictor = predictor;
    this.network = network;
  }

  /** @throws BinscribeError `usage` where a parameter has no value */
  static async open(
    runtime: Runtime,
    options: EncoderOptions,
    parameters: ReadonlyMap<string, Float32Array>,
  ): Promise<ViewEncoder> {
    const inputs = encoderInputs(options.network);
    const model = encoderModel(options);
    return new ViewEncoder(await Predictor.create({ runtime, model, inputs, parameters }), options.network);
  }

  /**
   * @param texts tokens of each; of one with more than 4096, or than a transformer has places for, the first count
   * @returns of each what the network pools, or what stands on the encoder makes of it
   */
  async encode(
    texts: readonly ArrayLike<number>[],
    progress?: (done: number) => void,
  ): Promise<Float32Array[]> {
    const rows = 'transformer' in this.network ? rowsOf(this.network) : null;
    const longest = Math.min(TOKENS, rows?.lengths.at(-1) ?? TOKENS);
    const order = Array.from(texts.keys());
    // In rows those of like length come together, so that little is padding.
    if (rows) order.sort((a, b) => texts[a].length - texts[b].length || a - b);
    const vectors: Float32Array[] = texts.map(() => NOTHING);
    let done = 0;
    while (done < order.length) {
      const chosen = nextBatch(texts, order.slice(done, done + TEXTS), longest, rows !== null);
      const batch = rows
        ? tokenBatch(chosen, { ...rows, lengths: [Math.max(1, ...chosen.map(({ length }) => length))] })
        : tokenBatch(
            Array.from({ length: TEXTS }, (_, i) => chosen[i] ?? []),
            TOKENS,
          );
      const { vectors: found } = await this.predictor.run(batch);
      const [, size] = found.shape;
      for (let i = 0; i < chosen.length; i++) {
        vectors[order[done + i]] = (found.data as Float32Array).slice(i * size, (i + 1) * size);
      }
      done += chosen.length;
      progress?.(done);
    }
    return vectors;
  }

  close(): Promise<void> {
    return this.predictor.close();
  }
}

const NOTHING = new Float32Array();

/**
 * As many texts as fit into a batch, but one at least.
 * @param order numbers of the texts that come next
 * @param padded whether each takes as much as the longest
 */
function nextBatch(
  texts: readonly ArrayLike<number>[],
  order: readonly number[],
  longest: number,
  padded: boolean,
): ArrayLike<number>[] {
  const chosen: ArrayLike<number>[] = [];
  let [total, most] = [0, 0];
  for (const one of order) {
    const text = texts[one];
    const length = Math.min(text.length, longest);
    total += length;
    most = Math.max(most, length);
    if (chosen.length > 0 && (padded ? most * (chosen.length + 1) : total) > TOKENS) break;
    chosen.push(length === text.length ? text : Array.from({ length }, (_, k) => text[k]));
  }
  return chosen;
}

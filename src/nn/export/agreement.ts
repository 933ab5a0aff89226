/** How far a changed model has moved from the one that it was: what quantisation costs, in numbers. */

import type { HostTensor, HostTensors, Runtime } from '../runtime.ts';
import { exportModel, type ExportOptions } from './model.ts';
import type { WeightBits } from './quantize.ts';

/** Two values of one output, compared row by row of their last axis. */
export interface Agreement {
  /** Cosines between rows. */
  readonly meanCosine: number;
  readonly lowestCosine: number;
  /** Share of rows whose largest element is at the same place: for logits, of decisions that stay. */
  readonly sameLargest: number;
  /** Euclidean length of the difference over that of the reference. */
  readonly error: number;
}

/** Gathers agreements over batches. */
export class AgreementSum {
  private rows = 0;
  private cosines = 0;
  private lowest = 1;
  private same = 0;
  private difference = 0;
  private length = 0;

  /** @param found of the reference's shape */
  add(reference: HostTensor, found: HostTensor): void {
    const width = reference.shape.at(-1) ?? 1;
    const [a, b] = [Float64Array.from(reference.data, Number), Float64Array.from(found.data, Number)];
    for (let start = 0; start < a.length; start += width) {
      this.addRow(a.subarray(start, start + width), b.subarray(start, start + width));
    }
  }

  private addRow(a: Float64Array, b: Float64Array): void {
    let [product, aa, bb, squares, largestA, largestB] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      aa += a[i] ** 2;
      bb += b[i] ** 2;
      squares += (a[i] - b[i]) ** 2;
      if (a[i] > a[largestA]) largestA = i;
      if (b[i] > b[largestB]) largestB = i;
    }
    // Rows of zeros agree with each other and with nothing else.
    const cosine = aa === 0 && bb === 0 ? 1 : product / Math.sqrt(aa * bb) || 0;
    this.rows++;
    this.cosines += cosine;
    this.lowest = Math.min(this.lowest, cosine);
    this.same += largestA === largestB ? 1 : 0;
    this.difference += squares;
    this.length += aa;
  }

  result(): Agreement {
    const { rows, cosines, lowest, same, difference, length } = this;
    return {
      meanCosine: cosines / rows,
      lowestCosine: lowest,
      sameLargest: same / rows,
      error: Math.sqrt(difference / length),
    };
  }
}

export interface QuantizationCost {
  /** Sizes of the files. */
  readonly bytes: { readonly float: number; readonly quantized: number };
  /** Of the outputs of float32, by name. */
  readonly outputs: Readonly<Record<string, Agreement>>;
}

/** Runs a model on some batches with its weights as they are, and with those of `bits`. */
export async function quantizationCost(
  runtime: Runtime,
  { quantize: _, ...model }: ExportOptions,
  bits: WeightBits,
  batches: readonly HostTensors[],
): Promise<QuantizationCost> {
  const [float, whole] = [exportModel(model), exportModel({ ...model, quantize: bits })];
  const sessions = await Promise.all([runtime.open(float), runtime.open(whole)]);
  const sums = new Map<string, AgreementSum>();
  try {
    for (const batch of batches) {
      const [expected, found] = [await sessions[0].run(batch), await sessions[1].run(batch)];
      for (const [name, reference] of Object.entries(expected)) {
        if (reference.dtype !== 'float32') continue;
        const sum = sums.get(name) ?? new AgreementSum();
        sums.set(name, sum);
        sum.add(reference, found[name]);
      }
    }
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
  return {
    bytes: { float: float.length, quantized: whole.length },
    outputs: Object.fromEntries([...sums].map(([name, sum]) => [name, sum.result()])),
  };
}

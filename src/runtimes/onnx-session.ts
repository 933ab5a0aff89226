/** ONNX Runtime's JavaScript interface, which its packages for Node and for pages share, as ours. */

import type * as onnx from 'onnxruntime-node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { BinscribeError, describeError } from '../error.ts';
import type { HostTensor, HostTensors, OpenOptions, Session } from '../nn/runtime.ts';

/** What we need of such a package. */
export type OnnxRuntime = Pick<typeof onnx, 'InferenceSession' | 'Tensor'>;

const OPTIONS: InferenceSession.SessionOptions = {
  graphOptimizationLevel: 'all',
  // A plan of the whole run's memory takes half as much again as reuse does, and is no faster (measured).
  enableMemPattern: false,
  // Warnings tell of optimisations not taken; errors are thrown.
  logSeverityLevel: 3,
  // Gradients that die out become denormal numbers, with which a processor is a hundred times slower.
  extra: { session: { set_denormal_as_zero: '1' } },
};

export interface SessionSettings extends InferenceSession.SessionOptions, OpenOptions {
  /** Whether the package writes results into the memory that it is given for them. */
  readonly inPlace: boolean;
}

/** @throws BinscribeError `internal` where the runtime refuses the graph */
export async function openSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  { inPlace, keepsMemory = true, ...options }: SessionSettings,
): Promise<Session> {
  try {
    const session = await runtime.InferenceSession.create(model, {
      ...OPTIONS,
      enableCpuMemArena: keepsMemory,
      ...options,
    });
    return new OnnxSession(runtime, session, inPlace);
  } catch (error) {
    throw new BinscribeError('internal', `ONNX Runtime refuses the graph: ${describeError(error)}`, {
      cause: error,
    });
  }
}

class OnnxSession implements Session {
  private readonly runtime: OnnxRuntime;
  private readonly session: InferenceSession;
  private readonly inPlace: boolean;
  /** ONNX Runtime's view of a buffer, kept with it: the same buffers come back at every step. */
  private readonly views = new WeakMap<HostTensor, Tensor>();

  constructor(runtime: OnnxRuntime, session: InferenceSession, inPlace: boolean) {
    this.runtime = runtime;
    this.session = session;
    this.inPlace = inPlace;
  }

  private view(tensor: HostTensor): Tensor {
    let view = this.views.get(tensor);
    if (!view) {
      view = new this.runtime.Tensor(tensor.dtype, tensor.data as Float32Array, tensor.shape);
      this.views.set(tensor, view);
    }
    return view;
  }

  private viewAll(tensors: HostTensors): Record<string, Tensor> {
    return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, this.view(tensor)]));
  }

  async run(feeds: HostTensors, into?: HostTensors): Promise<HostTensors> {
    const inputs = this.viewAll(feeds);
    if (!into) return hostTensors(await this.session.run(inputs));
    if (this.inPlace) return hostTensors(await this.session.run(inputs, this.viewAll(into)));
    const results = await this.session.run(inputs, Object.keys(into));
    for (const [name, { data }] of Object.entries(into)) data.set(results[name].data as never);
    return into;
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

function hostTensors(results: InferenceSession.ReturnType): HostTensors {
  return Object.fromEntries(
    Object.entries(results).map(([name, { type, dims, data }]) => [
      name,
      { dtype: type, shape: dims, data } as HostTensor,
    ]),
  );
}

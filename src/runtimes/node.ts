/** ONNX Runtime's native package: the runtime of the command line. */

import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { BinscribeError, describeError } from '../error.ts';
import type { HostTensor, HostTensors, Runtime, Session } from '../nn/runtime.ts';

export interface NodeRuntimeOptions {
  /** Threads of one operation. */
  threads?: number;
}

export function nodeRuntime({ threads = availableParallelism() }: NodeRuntimeOptions = {}): Runtime {
  return {
    name: 'onnxruntime-node',
    async open(model) {
      try {
        return new NodeSession(
          await InferenceSession.create(model, {
            intraOpNumThreads: threads,
            graphOptimizationLevel: 'all',
            // Warnings tell of optimisations not taken; errors are thrown.
            // A plan of the whole run's memory takes half as much again as reuse does, and is no faster (measured).
            enableMemPattern: false,
            logSeverityLevel: 3,
            // Gradients that die out become denormal numbers, with which a processor is a hundred times slower.
            extra: { session: { set_denormal_as_zero: '1' } },
          }),
        );
      } catch (error) {
        throw new BinscribeError('internal', `ONNX Runtime refuses the graph: ${describeError(error)}`, {
          cause: error,
        });
      }
    },
  };
}

class NodeSession implements Session {
  private readonly session: InferenceSession;
  /** ONNX Runtime's view of a buffer, kept with it: the same buffers come back every other step. */
  private readonly views = new WeakMap<HostTensor, Tensor>();

  constructor(session: InferenceSession) {
    this.session = session;
  }

  private view(tensor: HostTensor): Tensor {
    let view = this.views.get(tensor);
    if (!view) {
      view = new Tensor(tensor.dtype, tensor.data as Float32Array, tensor.shape);
      this.views.set(tensor, view);
    }
    return view;
  }

  private viewAll(tensors: HostTensors): Record<string, Tensor> {
    return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, this.view(tensor)]));
  }

  async run(feeds: HostTensors, into?: HostTensors): Promise<HostTensors> {
    const results = into
      ? await this.session.run(this.viewAll(feeds), this.viewAll(into))
      : await this.session.run(this.viewAll(feeds));
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, dims, data }]) => [
        name,
        { dtype: type, shape: dims, data } as HostTensor,
      ]),
    );
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

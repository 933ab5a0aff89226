/** A trained model at work: one graph for all sizes, its parameters within it, so that the runtime packs them. */

import { BinscribeError } from '../error.ts';
import { compileGraph } from './onnx/compile.ts';
import { encodeModel } from './onnx/model.ts';
import { input } from './ops/source.ts';
import type { HostTensors, Runtime, Session } from './runtime.ts';
import { Scope } from './scope.ts';
import type { Model, ModelOutputs } from './training/gradient-graph.ts';
import type { TensorType } from './types.ts';

/** A model and what it has learned. */
export interface TrainedModel {
  readonly model: Model;
  /** Inputs by name; sizes that change from call to call have names: `['batch', 'length']`. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** Values of all parameters by name. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
}

/**
 * The outputs of a model at work: without dropout, its parameters declared.
 * @throws BinscribeError `usage` where the model has a parameter without a value
 */
export function inferenceOutputs({ model, inputs, parameters }: TrainedModel): ModelOutputs {
  const scope = new Scope(false);
  const tensors = Object.entries(inputs).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]);
  const outputs = model(scope, Object.fromEntries(tensors) as Parameters<Model>[1]);
  for (const name of scope.declarations.parameters.keys()) {
    if (!parameters.has(name)) throw new BinscribeError('usage', `no values for the parameter ${name}`);
  }
  return outputs;
}

export interface PredictorOptions extends TrainedModel {
  readonly runtime: Runtime;
}

export class Predictor {
  private readonly session: Session;

  private constructor(session: Session) {
    this.session = session;
  }

  /** @throws BinscribeError `usage` where the model has a parameter without a value */
  static async create({ runtime, ...trained }: PredictorOptions): Promise<Predictor> {
    const options = { frozen: trained.parameters, name: 'inference' };
    const graph = compileGraph(inferenceOutputs(trained), options);
    return new Predictor(await runtime.open(encodeModel(graph)));
  }

  run(batch: HostTensors): Promise<HostTensors> {
    return this.session.run(batch);
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

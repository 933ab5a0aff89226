/**
 * A trained model as an ONNX file for other tools: no dropout and no loss, standard operators alone, sizes of
 * batches and sequences open where the inputs' have names.
 *
 * @example
 * const bytes = exportModel({
 *   model: (scope, { ids, mask }) => ({ vector: encode(scope, ids, mask) }),
 *   inputs: {
 *     ids: { dtype: 'int64', shape: ['batch', 'length'] },
 *     mask: { dtype: 'int64', shape: ['batch', 'length'] },
 *   },
 *   parameters: checkpoint.parameters,
 *   doc: 'A vector for each function.',
 * });
 */

import { BinscribeError } from '../../error.ts';
import { inferenceOutputs, type TrainedModel } from '../inference.ts';
import { compileGraph } from '../onnx/compile.ts';
import { encodeModel, type OnnxGraph } from '../onnx/model.ts';
import { OPSET_17, toOpset17 } from './opset17.ts';
import { quantizeGraph, type WeightBits } from './quantize.ts';

export interface ExportOptions extends TrainedModel {
  /**
   * Names of the model's outputs that the file shall give: by default all but `loss`. What only others need is left
   * out. (A loss wants sizes that are known, so leave its targets out of the inputs of a model with open ones.)
   */
  readonly outputs?: readonly string[];
  /** Of the graph. */
  readonly name?: string;
  /** What the model is, for people. */
  readonly doc?: string;
  /** For programs: `metadata_props`, beside `producer` and `opset`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Makes whole numbers of the weights: see `quantize.ts`. 7 bits are safe on every machine. */
  readonly quantize?: WeightBits;
}

/** The graph of a trained model, in operators of opset 17. */
export function exportGraph(options: ExportOptions): OnnxGraph {
  const all = inferenceOutputs(options);
  const names = options.outputs ?? Object.keys(all).filter((name) => name !== 'loss');
  const missing = names.find((name) => !(name in all));
  if (missing !== undefined || names.length === 0) {
    throw new BinscribeError('usage', `the model gives no output ${missing ?? 'but loss'}`, {
      hint: `It gives ${Object.keys(all).join(', ')}.`,
    });
  }
  const graph = compileGraph(Object.fromEntries(names.map((name) => [name, all[name]])), {
    portable: true,
    frozen: options.parameters,
    name: options.name ?? 'inference',
  });
  const portable = toOpset17(graph);
  return options.quantize ? quantizeGraph(portable, options.quantize) : portable;
}

/**
 * @returns the bytes of an `.onnx` file
 * @throws BinscribeError `usage` for an output that the model does not give or a parameter without a value,
 *   `unsupported` for a model of more than 2 GB
 */
export function exportModel(options: ExportOptions): Uint8Array {
  const metadata = {
    producer: 'binscribe',
    opset: `${OPSET_17.opset}`,
    ...(options.doc === undefined ? {} : { doc: options.doc }),
    ...(options.quantize ? { quantized: `int8, weights of ${options.quantize} bits` } : {}),
    ...options.metadata,
  };
  return encodeModel(exportGraph(options), {
    version: OPSET_17,
    metadata,
    ...(options.doc === undefined ? {} : { doc: options.doc }),
  });
}

/** The network that writes summaries: the writer of models/contrabin/ with an encoder of convolutions, as a folder holds it. */

import type { ConvolutionalNetwork } from '../contrabin/encoder.ts';
import { writerBatch } from '../contrabin/writer-batch.ts';
import { type DecoderNetwork, writerModel } from '../contrabin/writer.ts';
import { input } from '../../nn/ops/source.ts';
import { Scope } from '../../nn/scope.ts';
import { numbers } from '../../nn/shape.ts';
import type { Tensor } from '../../nn/tensor.ts';

export interface SummaryNetwork {
  readonly encoder: ConvolutionalNetwork;
  readonly decoder: DecoderNetwork;
}

/** Sizes of all parameters by name, in an order of their own. */
export function parameterShapes(network: SummaryNetwork): Map<string, readonly number[]> {
  const { longestCode: longest, longestText: length, longestHints: hints } = network.decoder;
  const batch = writerBatch([{ code: [], hints: [], text: [] }], { length, longest, hints });
  const scope = new Scope(false);
  const inputs = Object.entries(batch).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]);
  writerModel(network)(scope, Object.fromEntries(inputs) as Record<string, Tensor>);
  return new Map([...scope.declarations.parameters].map(([name, { shape }]) => [name, numbers(shape)]));
}

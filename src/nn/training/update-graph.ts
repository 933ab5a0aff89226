/** The second half of a step: the optimiser's rule, applied to every stretch of the flat buffers. */

import { compileGraph } from '../onnx/compile.ts';
import { encodeModel } from '../onnx/model.ts';
import { input } from '../ops/source.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Tensor } from '../tensor.ts';
import type { Stretch } from './layout.ts';

/** Names of a stretch's values in the graph. What is read and what is written differ by a prefix. */
export const stretchName = (what: string, index: number): string => `${what}.${index}`;
export const writtenName = (what: string, index: number): string => `next.${what}.${index}`;
/** Name of one of the optimiser's numbers for a group. */
export const scalarName = (name: string, group: number): string => `${name}.group${group}`;

export interface UpdateGraph {
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  readonly stretches: readonly Stretch[];
}

export function updateGraph(optimizer: Optimizer, stretches: readonly Stretch[]): UpdateGraph {
  const numbers = { step: 1, learningRate: 1, weightDecay: 1, gradientScale: 1 };
  const scalarNames = Object.keys(optimizer.scalars(numbers));
  const outputs: Record<string, Tensor> = {};
  const scalarsOf = new Map<number, Record<string, Tensor>>();
  stretches.forEach(({ start, end, group }, i) => {
    let scalars = scalarsOf.get(group);
    if (!scalars) {
      scalars = Object.fromEntries(scalarNames.map((name) => [name, input(scalarName(name, group), [])]));
      scalarsOf.set(group, scalars);
    }
    const stretch = (what: string): Tensor => input(stretchName(what, i), [end - start]);
    const result = optimizer.update({
      parameter: stretch('parameters'),
      gradient: stretch('gradients'),
      state: Object.fromEntries(optimizer.state.map((name) => [name, stretch(name)])),
      scalars,
    });
    outputs[writtenName('parameters', i)] = result.parameter;
    for (const name of optimizer.state) outputs[writtenName(name, i)] = result.state[name];
  });
  const graph = compileGraph(outputs, { name: 'update' });
  return { bytes: encodeModel(graph), inputs: graph.inputs.map(({ name }) => name), stretches };
}

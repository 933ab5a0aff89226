/**
 * A graph of opset 20 in the words of opset 17, which more tools read: ONNX Runtime since 1.12, Debian 12's onnx,
 * most converters. Of the operators that we write few have changed in between: Gelu came with 20, and all
 * reductions but ReduceSum had their axes as an attribute until 18 (https://onnx.ai/onnx/operators).
 */

import { BinscribeError } from '../../error.ts';
import type { OnnxGraph, OnnxNode, OnnxVersion } from '../onnx/model.ts';
import { mapBodies, namesReadBy, Rewriter } from './rewriter.ts';

/** With the format of the release that brought it, ONNX 1.12. */
export const OPSET_17: OnnxVersion = { opset: 17, ir: 8 };

const REDUCTIONS: ReadonlySet<string> = new Set(['ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd']);

/** Rewrites a graph of standard operators. */
export function toOpset17(graph: OnnxGraph): OnnxGraph {
  const rewriter = new Rewriter(graph);
  const read = new Set([...graph.outputs.map(({ name }) => name), ...graph.nodes.flatMap(namesReadBy)]);
  for (const node of graph.nodes) {
    if (node.type === 'Gelu') gelu(rewriter, node);
    else if (REDUCTIONS.has(node.type) && node.inputs.length > 1) rewriter.keep(reduction(rewriter, node));
    else if (node.type === 'LayerNormalization') rewriter.keep(layerNormalization(node, read));
    else rewriter.keep(mapBodies(node, toOpset17));
  }
  return rewriter.finish();
}

/** Its steps in the order in which ONNX Runtime knows them again, and fuses them. */
function gelu(rewriter: Rewriter, { inputs: [x], outputs: [y], attributes }: OnnxNode): void {
  const number = (name: string, value: number): string =>
    rewriter.constant(`gelu.${name}`, { dtype: 'float32', shape: [] }, Float32Array.of(value));
  const make = (type: string, a: string, ...b: string[]): string =>
    rewriter.emit(type, [a, ...b], rewriter.fresh(`${y}.gelu`));
  const approximate = attributes['approximate'];
  if (approximate && 'string' in approximate && approximate.string === 'tanh') {
    const cube = make('Mul', make('Mul', x, x), x);
    const bent = make('Add', x, make('Mul', cube, number('cubic', 0.044715)));
    const distribution = make(
      'Add',
      make('Tanh', make('Mul', bent, number('rate', Math.sqrt(2 / Math.PI)))),
      number('one', 1),
    );
    rewriter.emit('Mul', [make('Mul', x, number('half', 0.5)), distribution], y);
    return;
  }
  const distribution = make('Add', make('Erf', make('Div', x, number('root', Math.SQRT2))), number('one', 1));
  rewriter.emit('Mul', [make('Mul', x, distribution), number('half', 0.5)], y);
}

function reduction(rewriter: Rewriter, node: OnnxNode): OnnxNode {
  const [x, name] = node.inputs;
  const axes = rewriter.constantOf(name);
  if (!axes) throw new BinscribeError('internal', `the axes of ${node.type} are no constant`);
  return {
    ...node,
    inputs: [x],
    attributes: { ...node.attributes, axes: { ints: Array.from(axes.data, Number) } },
  };
}

/** Without the mean and the deviation that it keeps for its gradient, where nothing reads them. */
function layerNormalization(node: OnnxNode, read: ReadonlySet<string>): OnnxNode {
  const [result, ...kept] = node.outputs;
  return kept.some((name) => read.has(name)) ? node : { ...node, outputs: [result] };
}

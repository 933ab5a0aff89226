/** Computes a graph in float64 by the reference, and again with one element changed. */

import {
  constantOperation,
  inputOperation,
  maskOperation,
  parameterOperation,
} from '../../../src/nn/ops/source.ts';
import { topological, type Node, type Tensor } from '../../../src/nn/tensor.ts';
import type { NDArray } from './array.ts';
import { REFERENCE } from './reference/index.ts';

/** Operations whose values are not computed: they are fed, or written in the graph. */
export const SOURCES: readonly string[] = [
  constantOperation.name,
  inputOperation.name,
  maskOperation.name,
  parameterOperation.name,
];

const nameOf = (node: Node): string => (node.attributes as { name: string }).name;

function source(node: Node, feeds: Readonly<Record<string, NDArray>>): NDArray {
  if (node.operation.name !== constantOperation.name) return feeds[nameOf(node)];
  const { shape, data } = node.attributes as { shape: number[]; data: ArrayLike<number | bigint> };
  return { shape, data: Float64Array.from({ length: data.length }, (_, i) => Number(data[i])) };
}

function compute(node: Node, valueOf: (tensor: Tensor) => NDArray): readonly NDArray[] {
  const forward = REFERENCE.get(node.operation.name);
  if (!forward) throw new Error(`the reference has no ${node.operation.name}`);
  return forward(node.inputs.map(valueOf), node.attributes, evaluate);
}

/** The values of `targets`, where all that they depend on is given or constant. */
function evaluate(targets: readonly Tensor[], given: ReadonlyMap<Tensor, NDArray>): NDArray[] {
  const values = new Map(given);
  const valueOf = (tensor: Tensor): NDArray => values.get(tensor) as NDArray;
  for (const node of topological(targets)) {
    if (given.has(node.outputs[0])) continue;
    const results =
      node.operation.name === constantOperation.name ? [source(node, {})] : compute(node, valueOf);
    node.outputs.forEach((tensor, i) => values.set(tensor, results[i]));
  }
  return targets.map(valueOf);
}

export class Interpreter {
  private readonly order: readonly Node[];
  private readonly values = new Map<Tensor, NDArray>();
  /** By the name of a source: what has to be computed again when it changes. */
  private readonly dependents = new Map<string, readonly Node[]>();

  constructor(targets: readonly Tensor[], feeds: Readonly<Record<string, NDArray>>) {
    this.order = topological(targets);
    for (const node of this.order) {
      const values = SOURCES.includes(node.operation.name)
        ? [source(node, feeds)]
        : compute(node, (tensor) => this.value(tensor));
      node.outputs.forEach((tensor, i) => this.values.set(tensor, values[i]));
    }
  }

  value(tensor: Tensor): NDArray {
    const value = this.values.get(tensor);
    if (!value) throw new Error(`${tensor.node.operation.name} is not a part of the graph`);
    return value;
  }

  private dependentsOf(from: Tensor): readonly Node[] {
    const name = nameOf(from.node);
    let nodes = this.dependents.get(name);
    if (!nodes) {
      const touched = new Set<Node>([from.node]);
      nodes = this.order.filter((node) => {
        if (!node.inputs.some((tensor) => touched.has(tensor.node))) return false;
        touched.add(node);
        return true;
      });
      this.dependents.set(name, nodes);
    }
    return nodes;
  }

  /** The value of `target`, a single number, when one element of a source is `delta` larger. */
  shifted(target: Tensor, from: Tensor, element: number, delta: number): number {
    const before = this.value(from);
    const data = before.data.slice();
    data[element] += delta;
    const changed = new Map<Tensor, NDArray>([[from, { shape: before.shape, data }]]);
    for (const node of this.dependentsOf(from)) {
      const values = compute(node, (tensor) => changed.get(tensor) ?? this.value(tensor));
      node.outputs.forEach((tensor, i) => changed.set(tensor, values[i]));
    }
    return (changed.get(target) ?? this.value(target)).data[0];
  }

  /** The gradient of `target` by central differences: errors of the order of 1e-10. */
  gradient(target: Tensor, of: Tensor, step = 1e-5): Float64Array {
    return this.value(of).data.map(
      (_, i) => (this.shifted(target, of, i, step) - this.shifted(target, of, i, -step)) / (2 * step),
    );
  }
}

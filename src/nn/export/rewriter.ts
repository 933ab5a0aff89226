/** What passes over compiled graphs share: new nodes and constants under names of their own, the unread left out. */

import type { AttributeValue, ConstantArray, OnnxGraph, OnnxNode } from '../onnx/model.ts';
import type { TensorType } from '../types.ts';

type Initializer = OnnxGraph['initializers'][number];
type Attributes = OnnxNode['attributes'];

export class Rewriter {
  private readonly graph: OnnxGraph;
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers: Map<string, Initializer>;
  private readonly taken: Set<string>;

  constructor(graph: OnnxGraph) {
    this.graph = graph;
    this.initializers = new Map(graph.initializers.map((value) => [value.name, value]));
    this.taken = namesMade(graph);
  }

  /** The value of a constant, or undefined for what is none. */
  constantOf(name: string): Initializer | undefined {
    return this.initializers.get(name);
  }

  /** A name like the given one that nothing has. */
  fresh(like: string): string {
    let name = like;
    for (let i = 1; this.taken.has(name); i++) name = `${like}.${i}`;
    this.taken.add(name);
    return name;
  }

  keep(node: OnnxNode): void {
    this.nodes.push(node);
  }

  /** Adds a node of one output. @returns its name */
  emit(type: string, inputs: readonly string[], output: string, attributes: Attributes = {}): string {
    this.nodes.push({ type, inputs, outputs: [output], attributes, domain: '' });
    return output;
  }

  constant(name: string, { dtype, shape }: TensorType, data: ConstantArray): string {
    this.initializers.set(name, { name, dtype, shape, data });
    return name;
  }

  /** The graph of what was kept and added, less what no output needs. */
  finish(): OnnxGraph {
    const read = new Set(this.graph.outputs.map(({ name }) => name));
    const nodes: OnnxNode[] = [];
    for (const node of this.nodes.toReversed()) {
      if (!node.outputs.some((name) => read.has(name))) continue;
      nodes.push(node);
      for (const name of namesReadBy(node)) read.add(name);
    }
    const initializers = [...this.initializers.values()].filter(({ name }) => read.has(name));
    return { ...this.graph, nodes: nodes.reverse(), initializers };
  }
}

/** The graphs within a node: bodies of loops. */
function bodies({ attributes }: OnnxNode): OnnxGraph[] {
  return Object.values(attributes).flatMap((value) => ('graph' in value ? [value.graph] : []));
}

/** A node with its bodies changed. */
export function mapBodies(node: OnnxNode, change: (graph: OnnxGraph) => OnnxGraph): OnnxNode {
  const attributes = Object.entries(node.attributes).map(([name, value]): [string, AttributeValue] => [
    name,
    'graph' in value ? { graph: change(value.graph) } : value,
  ]);
  return { ...node, attributes: Object.fromEntries(attributes) };
}

/** Names that a node reads, those that its bodies read of the graph around it among them. */
export function namesReadBy(node: OnnxNode): string[] {
  const within = bodies(node).flatMap((body) => [
    ...body.outputs.map(({ name }) => name),
    ...body.nodes.flatMap(namesReadBy),
  ]);
  return [...node.inputs, ...within];
}

/** Names of values that a graph makes, or gets: a body must hide none of those around it. */
function namesMade({ nodes, inputs, initializers }: OnnxGraph): Set<string> {
  const made = new Set([...inputs, ...initializers].map(({ name }) => name));
  for (const node of nodes) {
    for (const name of node.outputs) made.add(name);
    for (const body of bodies(node)) for (const name of namesMade(body)) made.add(name);
  }
  return made;
}

/**
 * From tensors to an ONNX graph. What no output needs is never reached; of nodes that compute the same, one
 * remains.
 */

import { BinscribeError } from '../../error.ts';
import { inputOperation, maskOperation, parameterOperation } from '../ops/source.ts';
import { ShapeError } from '../shape-error.ts';
import { topological, type Node, type Tensor } from '../tensor.ts';
import { showType, type DType, type TensorType } from '../types.ts';
import type { Body, Emitter } from './emitter.ts';
import {
  TYPE_CODES,
  type AttributeValue,
  type ConstantArray,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValue,
} from './model.ts';

/** Constants up to this many bytes are compared by content; large ones seldom repeat and cost time to compare. */
const SHARED_CONSTANT = 256;

export interface CompileOptions {
  /** Standard operators alone; slower here, and readable by other tools. */
  portable?: boolean;
  /** Values of parameters that become part of the graph; the others are its inputs. */
  frozen?: ReadonlyMap<string, Float32Array>;
  /** Of the graph, for whoever looks at it. */
  name?: string;
}

/** Compiles the graph that computes `outputs`, each under its name. */
export function compileGraph(
  outputs: Readonly<Record<string, Tensor>>,
  options: CompileOptions = {},
): OnnxGraph {
  return new GraphBuilder(options).build(outputs);
}

class GraphBuilder implements Emitter {
  readonly portable: boolean;
  private readonly options: CompileOptions;
  private readonly nodes: OnnxNode[] = [];
  private readonly inputs: OnnxValue[] = [];
  private readonly initializers: (OnnxValue & { data: ConstantArray })[] = [];
  private readonly names = new Map<Tensor, string>();
  /** What is computed already: by operation, attributes and names of inputs. */
  private readonly known = new Map<string, readonly string[]>();
  private readonly constants = new Map<string, string>();
  /** What some node or the caller reads. */
  private readonly read = new Set<Tensor>();
  /** Bodies share the names of the graph around them: one inside must not hide one outside. */
  private readonly used: UsedNames;

  constructor(options: CompileOptions, used: UsedNames = { next: 0, given: new Set() }) {
    this.options = options;
    this.portable = options.portable ?? false;
    this.used = used;
  }

  build(outputs: Readonly<Record<string, Tensor>>): OnnxGraph {
    const wanted = Object.entries(outputs);
    const order = topological(wanted.map(([, tensor]) => tensor));
    for (const node of order) if (isSource(node)) this.used.given.add(sourceName(node));
    for (const [name] of wanted) this.used.given.add(name);
    this.emitAll(
      order,
      wanted.map(([, tensor]) => tensor),
    );
    const inputs = new Set(this.inputs.map(({ name }) => name));
    for (const [name] of wanted) {
      if (inputs.has(name)) throw new ShapeError(`the output ${name} has the name of an input`);
    }
    // An output may be an input, a constant or another output: Identity gives it a name of its own.
    for (const [name, tensor] of wanted) this.node('Identity', [this.nameOf(tensor)], [name]);
    return {
      name: this.options.name ?? 'graph',
      nodes: forwarded(this.nodes, inputs, new Set(Object.keys(outputs))),
      inputs: this.inputs,
      outputs: wanted.map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
      initializers: this.initializers,
    };
  }

  private nameOf(tensor: Tensor): string {
    const name = this.names.get(tensor);
    if (name === undefined)
      throw new BinscribeError('internal', `no name for an output of ${tensor.node.operation.name}`);
    return name;
  }

  private emitAll(order: readonly Node[], results: readonly Tensor[]): void {
    for (const node of order) for (const tensor of node.inputs) this.read.add(tensor);
    for (const tensor of results) this.read.add(tensor);
    for (const node of order) this.emitNode(node);
  }

  private emitNode(node: Node): void {
    if (this.names.has(node.outputs[0])) return;
    const inputs = node.inputs.map((tensor) => this.nameOf(tensor));
    const read = node.outputs.map((tensor) => this.read.has(tensor));
    const key = keyOf(node, inputs, read);
    const same = key === null ? undefined : this.known.get(key);
    const outputs = same ?? this.outputNames(node);
    node.outputs.forEach((tensor, i) => this.names.set(tensor, outputs[i]));
    if (same) return;
    if (key !== null) this.known.set(key, outputs);
    node.operation.lower({ emit: this, inputs, outputs, read, attributes: node.attributes, node });
  }

  private outputNames(node: Node): string[] {
    return isSource(node) ? [sourceName(node)] : node.outputs.map(() => this.temporary());
  }

  node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    domain = '',
  ): void {
    this.nodes.push({ type, inputs, outputs, attributes, domain });
  }

  temporary(): string {
    for (;;) {
      const name = `t${this.used.next++}`;
      if (!this.used.given.has(name)) return name;
    }
  }

  graphInput(output: string, { dtype, shape }: TensorType): void {
    const known = this.inputs.find(({ name }) => name === output);
    if (known) {
      throw new ShapeError(
        `${output} is declared as ${showType(known)} and as ${showType({ dtype, shape })}`,
      );
    }
    const value = this.options.frozen?.get(output);
    if (value) this.initializer(output, { dtype, shape }, value);
    else this.inputs.push({ name: output, dtype, shape });
  }

  initializer(output: string, { dtype, shape }: TensorType, data: ConstantArray): void {
    this.initializers.push({ name: output, dtype, shape, data });
  }

  private shared(data: ConstantArray, type: TensorType): string {
    const key = `${type.dtype}[${type.shape.join()}]${data.join()}`;
    let name = this.constants.get(key);
    if (name === undefined) {
      name = this.temporary();
      this.constants.set(key, name);
      this.initializer(name, type, data);
    }
    return name;
  }

  integers(values: readonly number[]): string {
    return this.shared(BigInt64Array.from(values, BigInt), { dtype: 'int64', shape: [values.length] });
  }

  integer(value: number): string {
    return this.shared(BigInt64Array.of(BigInt(value)), { dtype: 'int64', shape: [] });
  }

  floats(values: readonly number[]): string {
    return this.shared(Float32Array.from(values), { dtype: 'float32', shape: [values.length] });
  }

  number(value: number): string {
    return this.shared(Float32Array.of(value), { dtype: 'float32', shape: [] });
  }

  /** Written as a rule, not as data: a table of gradients may have millions of elements. */
  zeros(shape: readonly number[]): string {
    const name = this.temporary();
    const one = this.number(0);
    this.node('Expand', [one, this.integers(shape)], [name]);
    return name;
  }

  typeCode(dtype: DType): number {
    return TYPE_CODES[dtype];
  }

  body({ arguments: formal, captured, results }: Body): AttributeValue {
    const inner = new GraphBuilder({ portable: this.portable }, this.used);
    for (const [tensor, name] of captured) inner.names.set(tensor, name);
    for (const tensor of formal) {
      const name = this.temporary();
      inner.names.set(tensor, name);
      inner.inputs.push({ name, dtype: tensor.dtype, shape: tensor.shape });
    }
    return { graph: inner.build(Object.fromEntries(results.map((tensor) => [this.temporary(), tensor]))) };
  }

  inline(
    placeholders: ReadonlyMap<Tensor, string>,
    results: readonly Tensor[],
    outputs: readonly string[],
  ): void {
    for (const [tensor, name] of placeholders) this.names.set(tensor, name);
    this.emitAll(topological(results), results);
    results.forEach((tensor, i) => this.node('Identity', [this.nameOf(tensor)], [outputs[i]]));
  }
}

interface UsedNames {
  /** Number of the next temporary. */
  next: number;
  /** Names of inputs, parameters and outputs, which no temporary may have. */
  readonly given: Set<string>;
}

function sourceName(node: Node): string {
  return (node.attributes as OnnxValue).name;
}

function isSource({ operation }: Node): boolean {
  const sources: readonly string[] = [inputOperation.name, parameterOperation.name, maskOperation.name];
  return sources.includes(operation.name);
}

/** What two nodes have in common only when they compute the same; `null` for those not worth comparing. */
function keyOf(node: Node, inputs: readonly string[], read: readonly boolean[]): string | null {
  const attributes = Object.entries(node.attributes).map(([name, value]) => {
    if (typeof value === 'function') return null;
    if (!ArrayBuffer.isView(value)) return `${name}=${JSON.stringify(value)}`;
    const view = value as ConstantArray;
    return view.byteLength > SHARED_CONSTANT ? null : `${name}=${view.join()}`;
  });
  return attributes.includes(null)
    ? null
    : `${node.operation.name}(${inputs.join()}){${attributes.join(';')}}${read.join()}`;
}

/**
 * Takes away the Identity nodes that only rename: a value made here gets the output's name at once, unless it
 * is an input or an output under two names.
 */
function forwarded(
  nodes: readonly OnnxNode[],
  inputs: ReadonlySet<string>,
  outputs: ReadonlySet<string>,
): OnnxNode[] {
  const made = new Set(nodes.filter((n) => n.type !== 'Identity').flatMap((n) => n.outputs));
  const renamed = new Map<string, string>();
  const kept = nodes.filter(({ type, inputs: [from], outputs: [to] }) => {
    if (type !== 'Identity' || !outputs.has(to) || !made.has(from) || inputs.has(from) || renamed.has(from)) {
      return true;
    }
    renamed.set(from, to);
    return false;
  });
  return renamed.size === 0 ? kept : kept.map((node) => withNames(node, renamed));
}

/** A node with other names, in the bodies of its attributes too: these read values of the graph around. */
function withNames(node: OnnxNode, renamed: ReadonlyMap<string, string>): OnnxNode {
  const rename = (name: string): string => renamed.get(name) ?? name;
  const attributes = Object.entries(node.attributes).map(([name, value]): [string, AttributeValue] => {
    if (!('graph' in value)) return [name, value];
    return [name, { graph: { ...value.graph, nodes: value.graph.nodes.map((n) => withNames(n, renamed)) } }];
  });
  return {
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: Object.fromEntries(attributes),
  };
}

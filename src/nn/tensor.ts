/**
 * The graph: a `Tensor` is a value yet to be computed, a `Node` the operation that computes it. Nothing here
 * computes; `onnx/` writes the graph down and a `Runtime` executes it.
 *
 * (The smallest form of the idea is Karpathy's micrograd; ours differs in that a node knows shapes, not values.)
 */

import type { Emitter } from './onnx/emitter.ts';
import { ShapeError } from './shape-error.ts';
import { showType, type DType, type Shape, type TensorType } from './types.ts';

export class Tensor implements TensorType {
  readonly node: Node;
  /** Which of the node's outputs this is. */
  readonly index: number;
  readonly dtype: DType;
  readonly shape: Shape;

  constructor(node: Node, index: number, type: TensorType) {
    this.node = node;
    this.index = index;
    this.dtype = type.dtype;
    this.shape = type.shape;
  }

  get rank(): number {
    return this.shape.length;
  }

  /**
   * The size of an axis, negative axes counted from the end.
   * @throws ShapeError where the graph does not know it
   */
  size(axis: number): number {
    const dim = this.shape.at(axis);
    if (typeof dim !== 'number') throw new ShapeError(`axis ${axis} of ${showType(this)} has no known size`);
    return dim;
  }
}

export interface Node<A extends object = object> {
  readonly operation: Operation<A>;
  readonly inputs: readonly Tensor[];
  readonly attributes: A;
  readonly outputs: readonly Tensor[];
}

/** What an operation's gradient rule gets: the node and the gradients that have reached its outputs. */
export interface Backward<A extends object> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: A;
  /** One for each output, `null` where the loss does not depend on it. */
  readonly gradients: readonly (Tensor | null)[];
}

/** What an operation's ONNX rule gets: names of values that exist, and of those to be made. */
export interface Lowering<A extends object> {
  readonly emit: Emitter;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whether anything reads each output: what only a gradient would read need not be made. */
  readonly read: readonly boolean[];
  readonly attributes: A;
  readonly node: Node<A>;
}

/** An operation: one entry with its shape rule, its ONNX form and its gradient. */
export interface Operation<A extends object = object> {
  readonly name: string;
  /** Types of the outputs. @throws ShapeError in words of the operation */
  infer(inputs: readonly Tensor[], attributes: A): readonly TensorType[];
  lower(call: Lowering<A>): void;
  /** Gradients of the inputs, `null` for those through which none flows. */
  gradient(call: Backward<A>): readonly (Tensor | null)[];
}

/** For operations through which no gradient flows. */
export function noGradient(call: { inputs: readonly Tensor[] }): null[] {
  return call.inputs.map(() => null);
}

/**
 * The gradient of the first output, for operations that give the others to their own rule alone.
 * @throws ShapeError where a loss depends on another
 */
export function soleGradient(name: string, [first, ...others]: readonly (Tensor | null)[]): Tensor | null {
  if (others.some((gradient) => gradient !== null)) {
    throw new ShapeError(`${name}: only its result has a gradient, not what it keeps for its own`);
  }
  return first;
}

/** Applies an operation: all its outputs. */
export function applyAll<A extends object>(
  operation: Operation<A>,
  inputs: readonly Tensor[],
  attributes: A,
): readonly Tensor[] {
  const types = operation.infer(inputs, attributes);
  const outputs: Tensor[] = [];
  const node: Node<A> = { operation, inputs, attributes, outputs };
  types.forEach((type, index) => outputs.push(new Tensor(node, index, type)));
  return outputs;
}

/** Applies an operation and returns its first output. */
export function apply<A extends object>(
  operation: Operation<A>,
  inputs: readonly Tensor[],
  attributes: A,
): Tensor {
  return applyAll(operation, inputs, attributes)[0];
}

/** All nodes that `targets` need, each after its inputs. A worklist, since graphs are thousands of nodes deep. */
export function topological(targets: readonly Tensor[]): Node[] {
  const order: Node[] = [];
  const entered = new Set<Node>();
  const left = new Set<Node>();
  const stack = targets.map((t) => t.node).reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1];
    if (!entered.has(node)) {
      entered.add(node);
      for (let i = node.inputs.length - 1; i >= 0; i--) {
        if (!entered.has(node.inputs[i].node)) stack.push(node.inputs[i].node);
      }
      continue;
    }
    stack.pop();
    if (left.has(node)) continue;
    left.add(node);
    order.push(node);
  }
  return order;
}

/** Reverse-mode differentiation: a graph in, a larger graph out. */

import { addN } from './ops/elementwise.ts';
import { scalar, zeros } from './ops/source.ts';
import { numbers } from './shape.ts';
import { ShapeError } from './shape-error.ts';
import { topological, type Tensor } from './tensor.ts';
import { showType } from './types.ts';

/**
 * Gradients of a loss.
 * @param loss a single number, shape []
 * @param of the tensors to differentiate by
 * @returns for each of `of` the terms whose sum is its gradient, none where the loss does not depend on it
 */
export function gradientTerms(loss: Tensor, of: readonly Tensor[]): Tensor[][] {
  if (loss.rank !== 0 || loss.dtype !== 'float32') {
    throw new ShapeError(`loss: one number (float32[]) expected, got ${showType(loss)}`);
  }
  const order = topological([loss]);
  // Only through these does anything flow that somebody asked for.
  const relevant = new Set<Tensor>(of);
  for (const node of order) {
    if (node.inputs.some((x) => relevant.has(x))) for (const y of node.outputs) relevant.add(y);
  }
  const terms = new Map<Tensor, Tensor[]>([[loss, [scalar(1)]]]);
  const wanted = new Set<Tensor>(of);
  for (const node of order.reverse()) {
    if (!node.outputs.some((y) => relevant.has(y) && terms.has(y))) continue;
    if (!node.inputs.some((x) => relevant.has(x))) continue;
    const gradients = node.outputs.map((y) => {
      const list = terms.get(y);
      return list ? addN(list) : null;
    });
    const { inputs, outputs, attributes } = node;
    const results = node.operation.gradient({ inputs, outputs, attributes, gradients });
    for (const y of outputs) if (!wanted.has(y)) terms.delete(y);
    inputs.forEach((x, i) => {
      const gradient = results[i];
      if (!gradient || !relevant.has(x)) return;
      const list = terms.get(x);
      if (list) list.push(gradient);
      else terms.set(x, [gradient]);
    });
  }
  return of.map((x) => terms.get(x) ?? []);
}

/** Gradients of a loss, zeros where it does not depend on a tensor. */
export function gradients(loss: Tensor, of: readonly Tensor[]): Tensor[] {
  return gradientTerms(loss, of).map((terms, i) =>
    terms.length > 0 ? addN(terms) : zeros(numbers(of[i].shape)),
  );
}

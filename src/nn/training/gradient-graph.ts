/**
 * The first half of a step: from a batch to the loss and the gradients.
 *
 * The gradient of a table that is looked up by numbers which the caller feeds never becomes a table here: the
 * graph yields the rows, and the host adds them up. ONNX Runtime's own scatter is serial or wrong (see
 * `addRows`), and a vocabulary is far larger than a batch.
 */

import { gradientTerms } from '../autodiff.ts';
import { compileGraph } from '../onnx/compile.ts';
import { encodeModel } from '../onnx/model.ts';
import { addN } from '../ops/elementwise.ts';
import { addRowsOperation } from '../ops/indexing.ts';
import { input, inputOperation, maskOperation, type MaskAttributes } from '../ops/source.ts';
import { Scope } from '../scope.ts';
import { elements, numbers } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { topological, type Tensor } from '../tensor.ts';
import type { HostTensors } from '../runtime.ts';
import type { DType } from '../types.ts';

/** What a model makes of a batch: `loss`, one number, and whatever else shall be seen. */
export type ModelOutputs = Readonly<Record<string, Tensor>>;

/** A model is a function: from scope and inputs to outputs. */
export type Model = (scope: Scope, inputs: Readonly<Record<string, Tensor>>) => ModelOutputs;

/** Rows that the host adds to the gradient of a table. */
export interface RowTerm {
  readonly parameter: string;
  /** Names of the graph's output with the rows and of its input with their numbers. */
  readonly rows: string;
  readonly indices: string;
  readonly shape: readonly number[];
  /** Elements of a row. */
  readonly width: number;
}

export interface GradientGraph {
  readonly bytes: Uint8Array;
  /** What the model gives. */
  readonly outputs: readonly {
    readonly name: string;
    readonly dtype: DType;
    readonly shape: readonly number[];
  }[];
  /** Parameters that the graph reads, and those of which it writes the gradient. */
  readonly reads: readonly string[];
  readonly dense: readonly string[];
  readonly rows: readonly RowTerm[];
  readonly masks: readonly MaskAttributes[];
  /** Inputs of the batch that the graph has a use for. */
  readonly feeds: readonly string[];
}

/** Symbolic inputs of the sizes and types that a batch has. */
export function inputsLike(batch: HostTensors): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
}

export interface BuiltModel {
  readonly scope: Scope;
  readonly outputs: ModelOutputs;
}

export function buildModel(model: Model, batch: HostTensors, training: boolean): BuiltModel {
  const scope = new Scope(training);
  return { scope, outputs: model(scope, inputsLike(batch)) };
}

/** @param trained names of the parameters to differentiate by; none for a graph that only evaluates */
export function gradientGraph({ scope, outputs }: BuiltModel, trained: ReadonlySet<string>): GradientGraph {
  const wanted = [...scope.declarations.parameters].filter(([name]) => trained.has(name));
  if (wanted.length > 0 && !outputs['loss']) throw new ShapeError('the model gives no output called loss');
  const terms =
    wanted.length === 0
      ? []
      : gradientTerms(
          outputs['loss'],
          wanted.map(([, tensor]) => tensor),
        );
  const targets: Record<string, Tensor> = { ...outputs };
  const dense: string[] = [];
  const rows: RowTerm[] = [];
  wanted.forEach(([name], i) => {
    const [byRow, whole] = divide(terms[i]);
    byRow.forEach((term, k) => {
      const [values, indices] = term.node.inputs;
      const output = `rows.${k}.${name}`;
      targets[output] = values;
      const shape = numbers(values.shape);
      const width = elements(term.shape.slice(1));
      rows.push({ parameter: name, rows: output, indices: nameOf(indices), shape, width });
    });
    if (whole.length === 0) return;
    targets[`gradient.${name}`] = addN(whole);
    dense.push(name);
  });
  const graph = compileGraph(targets, { name: 'step' });
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  for (const { indices } of rows) inputs.add(indices);
  const masks = topological(Object.values(targets)).flatMap((node) =>
    node.operation.name === maskOperation.name ? [node.attributes as MaskAttributes] : [],
  );
  return {
    bytes: encodeModel(graph),
    outputs: Object.entries(outputs).map(([name, tensor]) => ({
      name,
      dtype: tensor.dtype,
      shape: numbers(tensor.shape),
    })),
    reads: [...scope.declarations.parameters.keys()].filter((name) => inputs.has(name)),
    dense,
    rows,
    masks,
    feeds: [...inputs].filter(
      (name) => !scope.declarations.parameters.has(name) && !masks.some((m) => m.name === name),
    ),
  };
}

/** The terms of a gradient that are rows fed by number, and the others. */
function divide(terms: readonly Tensor[]): [Tensor[], Tensor[]] {
  const byRow = terms.filter(({ node }) => {
    if (node.operation.name !== addRowsOperation.name) return false;
    return node.inputs[1].node.operation.name === inputOperation.name;
  });
  return [byRow, terms.filter((term) => !byRow.includes(term))];
}

function nameOf(tensor: Tensor): string {
  return (tensor.node.attributes as { name: string }).name;
}

/** The signature of a batch: graphs are made anew for each. */
export function signature(batch: HostTensors): string {
  return Object.entries(batch)
    .map(([name, { dtype, shape }]) => `${name}:${dtype}[${shape.join()}]`)
    .join(';');
}

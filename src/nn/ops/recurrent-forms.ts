/**
 * The two ONNX forms of a recurrent operation: the standard operator where only its results are wanted, and a loop
 * (Scan) where a gradient follows, which keeps the gates. Computing the gates again from what the operator gives
 * takes longer (measured): passes over values of all steps go through memory, those over one step stay in the cache.
 */

import { numbers } from '../shape.ts';
import type { Lowering, Tensor } from '../tensor.ts';
import { expand } from './broadcast.ts';
import { cast, greater, sub } from './elementwise.ts';
import { reshape, transpose } from './layout.ts';
import { affine, matmul } from './matmul.ts';
import { positionsAlong } from './positions.ts';
import type { RecurrentAttributes, RecurrentInputs } from './recurrent.ts';
import { input, scalar, zeros } from './source.ts';

/** Writes the standard operator. @param outputs names of the sequence of states, and of each state at the end */
export function lowerOperator(
  { emit, node, inputs, outputs, attributes }: Lowering<RecurrentAttributes>,
  type: 'GRU' | 'LSTM',
  states: number,
): void {
  const { limited, reverse } = attributes;
  const [x, weight, bias, recurrent, recurrentBias, ...others] = inputs;
  const made = (operator: string, from: readonly string[], attributes_ = {}): string => {
    const name = emit.temporary();
    emit.node(operator, from, [name], attributes_);
    return name;
  };
  const first = emit.integers([0]);
  /** The operator has an axis of directions in front, and a row for each output of a weight. */
  const turned = (name: string): string =>
    made('Unsqueeze', [made('Transpose', [name], { perm: { ints: [1, 0] } }), first]);
  const biases = made('Unsqueeze', [made('Concat', [bias, recurrentBias], { axis: { int: 0 } }), first]);
  const lengths = limited ? made('Cast', [others[0]], { to: { int: emit.typeCode('int32') } }) : '';
  const initial = others.slice(limited ? 1 : 0).map((name) => made('Unsqueeze', [name, first]));
  const results = [emit.temporary(), ...Array.from({ length: states }, () => emit.temporary())];
  emit.node(type, [x, turned(weight), turned(recurrent), biases, lengths, ...initial], results, {
    hidden_size: { int: node.inputs[3].size(0) },
    direction: { string: reverse ? 'reverse' : 'forward' },
    // PyTorch's GRU, and cuDNN's: the reset gate acts on the product.
    ...(type === 'GRU' ? { linear_before_reset: { int: 1 } } : {}),
  });
  const axes = [emit.integers([1]), ...results.slice(1).map(() => first)];
  results.forEach((name, i) => emit.node('Squeeze', [name, axes[i]], [outputs[i]]));
}

/** Writes the loop. @param build from placeholders of the inputs to the outputs */
export function lowerLoop(
  { emit, node, inputs, outputs, attributes, read }: Lowering<RecurrentAttributes>,
  build: (inputs: readonly Tensor[], attributes: RecurrentAttributes) => readonly Tensor[],
): void {
  const placeholders = node.inputs.map(({ shape, dtype }) => input('', shape, dtype));
  const results = build(placeholders, attributes);
  emit.inline(
    new Map(placeholders.map((tensor, i) => [tensor, inputs[i]])),
    results.filter((_, i) => read[i]),
    outputs.filter((_, i) => read[i]),
  );
}

/** Two masks, or none where all sequences have all steps. */
type Presence = { present: Tensor; absent: Tensor } | { present: null; absent: null };

/** 1 in the steps that a sequence has, else 0, and the opposite: [steps, batch, 1] each. */
export function presence({ lengths, x }: RecurrentInputs): Presence {
  if (!lengths) return { present: null, absent: null };
  const [steps, batch] = x.shape;
  const places = reshape(positionsAlong(x, 0), [steps, 1, 1]);
  const present = cast(greater(reshape(cast(lengths, 'int64'), [1, batch, 1]), places), 'float32');
  return { present, absent: sub(1, present) };
}

/** States to start from: those given, or zeros. */
export function startingStates({ x, recurrent, initial }: RecurrentInputs, count: number): readonly Tensor[] {
  if (initial.length > 0) return initial;
  return Array.from({ length: count }, () => zeros([x.size(1), recurrent.size(0)]));
}

/** All steps one below the other: [steps * batch, width]. */
function rowsOf(x: Tensor): Tensor {
  return reshape(x, [x.size(0) * x.size(1), x.size(2)]);
}

/** x W + b for all steps at once. @returns [steps, batch, outputs] */
export function projectSteps(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  return reshape(affine(rowsOf(x), weight, bias), [x.size(0), x.size(1), weight.size(1)]);
}

/**
 * Gradients of x, weight, bias, recurrent weight and its bias: one product each over all steps.
 * @param before states before each step: [steps, batch, size]
 * @param projected gradient of x W + b: [steps, batch, gates * size]
 * @param carried gradient of the product with the state before, of the same shape
 */
export function weightGradients(
  { x, weight }: RecurrentInputs,
  before: Tensor,
  projected: Tensor,
  carried: Tensor,
): Tensor[] {
  const [p, c] = [rowsOf(projected), rowsOf(carried)];
  return [
    matmul(projected, weight, { transposeB: true }),
    outer(rowsOf(x), p),
    total(p),
    outer(rowsOf(before), c),
    total(c),
  ];
}

/** A'B by way of B'A: the wider operand comes first, which takes four fifths of the time (measured). */
function outer(a: Tensor, b: Tensor): Tensor {
  return transpose(matmul(b, a, { transposeA: true }), [1, 0]);
}

/** The sum of all rows as a product, which takes half as long as ONNX Runtime's ReduceSum (measured). */
function total(rows: Tensor): Tensor {
  const [count, width] = numbers(rows.shape);
  const ones = expand(scalar(1), [1, count]);
  return reshape(matmul(ones, rows), [width]);
}

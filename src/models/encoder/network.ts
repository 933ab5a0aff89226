/**
 * The function encoder: convolutions over a function's instructions, a summary of the whole given back to each of
 * them, attentive pooling, and heads that tell compiler, level, arguments and their types from what came out, beside
 * a vector in which builds of one function lie together.
 *
 * Functions of a batch stand one after another in one row of instructions (flat.ts). Between them is nothing for as many
 * instructions as convolutions can reach over.
 */

import { embedding, embeddingBag } from '../../nn/layers/embedding.ts';
import { linear } from '../../nn/layers/linear.ts';
import { layerNorm } from '../../nn/layers/normalization.ts';
import { normal } from '../../nn/initialize.ts';
import { add, cast, gelu, relu } from '../../nn/ops/elementwise.ts';
import { concat, reshape } from '../../nn/ops/layout.ts';
import { range } from '../../nn/ops/reduce.ts';
import { l2Normalize } from '../../nn/ops/vectors.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';
import { FIELD_VALUES } from '../../tokens/fields.ts';
import { Flat, shifted } from '../flat.ts';

export interface EncoderNetwork {
  /** Of an instruction's vector. */
  readonly width: number;
  /** Of the inner layer of each block. */
  readonly inner: number;
  /** Convolutions before a function's summary is given back to its instructions, and after. */
  readonly before: number;
  readonly after: number;
  /** Weighted means of the pooling. */
  readonly heads: number;
  /** Of what the answers are told from. */
  readonly hidden: number;
  /** Of the vector that is compared. */
  readonly size: number;
  readonly dropout: number;
  /** Instructions of a function that are looked at. */
  readonly longest: number;
}

/** Arguments from which on a function just has many: the System V convention passes six in registers. */
export const MOST_ARGUMENTS = 8;
/** Parameters whose type is told. */
export const TYPED_ARGUMENTS = 6;
export const TYPE_CLASSES = ['char', 'int', 'float', 'pointer', 'enum', 'struct', 'union'] as const;

/** What is decided of a function, with the number of classes. */
export const DECISIONS = { compiler: 2, optimization: 4, arguments: MOST_ARGUMENTS + 1 } as const;

export type Decision = keyof typeof DECISIONS;
export const DECISION_NAMES = Object.keys(DECISIONS) as Decision[];

/** A sum of vectors of all fields, about as long as one of them. */
const FIELD_DEVIATION = 0.1;
/** A batch of functions. */
export interface FlatFunctions {
  /** Numbers of `tokens/fields.ts`: [fields, instructions]. */
  readonly fields: Tensor;
  /** Which function of the batch an instruction is of, rising; -1 for what fills up. [instructions] */
  readonly owner: Tensor;
  /** Number of arguments by the rule (`models/arguments`), 0 to MOST_ARGUMENTS. [functions] */
  readonly rule: Tensor;
}

/** Convolutions, each of which looks one instruction further: what a batch must leave free between functions. */
export function reachOf({ before, after }: EncoderNetwork): number {
  return before + after;
}

/** A residual block: an instruction and its two neighbours. */
function convolution(scope: Scope, x: Tensor, inner: number): Tensor {
  const y = layerNorm(scope.at('norm'), x);
  const three = concat([shifted(y, 1), y, shifted(y, -1)], 1);
  return add(x, linear(scope.at('output'), relu(linear(scope.at('inner'), three, inner)), x.size(1)));
}

/** What the network makes of functions. */
export interface Encoded {
  /** [functions, hidden] */
  readonly features: Tensor;
  /** Of length 1. [functions, size] */
  readonly vector: Tensor;
}

export function encodeFunctions(
  scope: Scope,
  { fields, owner, rule }: FlatFunctions,
  network: EncoderNetwork,
): Encoded {
  const { width, inner, heads, dropout } = network;
  const count = rule.size(0);
  const flat = new Flat(owner, cast(range(count), owner.dtype));

  const initializer = normal(FIELD_DEVIATION);
  const vectors = embeddingBag(scope.at('fields'), fields, FIELD_VALUES, width, { initializer });
  let x = layerNorm(scope.at('norm'), vectors);
  // The style of a compiler shows in single instructions and their neighbours, which deeper layers forget for the
  // sake of what builds of one function share.
  const style = [flat.mean(x)];
  for (let i = 0; i < network.before; i++) {
    x = convolution(scope.at(`before.${i}`), x, inner);
    if (i === 0) style.push(flat.mean(x));
  }
  x = flat.give(x, linear(scope.at('summary'), flat.mean(x), width));
  for (let i = 0; i < network.after; i++) x = convolution(scope.at(`after.${i}`), x, inner);
  x = layerNorm(scope.at('out'), x);

  const found = flat.attend(scope.at('scores'), x, heads);
  const pooled = scope.dropout(concat([flat.mean(x), found], 1), dropout);
  const counted = embedding(scope.at('rule'), rule, MOST_ARGUMENTS + 1, network.hidden, { initializer });
  const told = linear(scope.at('features'), concat([pooled, ...style], 1), network.hidden);
  const features = gelu(add(told, counted));
  return { features, vector: l2Normalize(linear(scope.at('vector'), pooled, network.size)) };
}

/** Scores of all answers, before softmax. */
export interface EncoderLogits extends Record<Decision, Tensor> {
  /** [functions, TYPED_ARGUMENTS, types] */
  readonly types: Tensor;
}

export function encoderHeads(scope: Scope, features: Tensor): EncoderLogits {
  const decisions = DECISION_NAMES.map((name) => [name, linear(scope.at(name), features, DECISIONS[name])]);
  const types = linear(scope.at('types'), features, TYPED_ARGUMENTS * TYPE_CLASSES.length);
  return {
    ...(Object.fromEntries(decisions) as Record<Decision, Tensor>),
    types: reshape(types, [features.size(0), TYPED_ARGUMENTS, TYPE_CLASSES.length]),
  };
}

/** The two graphs with which a network writes: one reads what it is given, the other makes one step. */

import { paddingBias } from '../layers/masks.ts';
import { logSoftmax } from '../ops/softmax.ts';
import { input } from '../ops/source.ts';
import { top } from '../ops/top.ts';
import { Scope } from '../scope.ts';
import { addDims } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import type { EncoderDecoder, Writer } from './writer.ts';

export type Outputs = Readonly<Record<string, Tensor>>;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * Inputs: `ids` and, for an encoder, `mask`, int64 [batch, length]. Outputs: `memory.0.keys`, … of an encoder, or
 * `fresh.0.keys`, … of a prompt.
 */
export function readingOutputs(writer: Writer): Outputs {
  const scope = new Scope(false);
  const ids = input('ids', ['batch', 'length'], 'int64');
  const outputs: Record<string, Tensor> = {};
  if (writer.kind === 'encoder-decoder') {
    const mask = input('mask', ['batch', 'length'], 'int64');
    writer.read(scope, ids, mask).forEach(({ keys, values }, i) => {
      outputs[`memory.${i}.keys`] = keys;
      outputs[`memory.${i}.values`] = values;
    });
  } else {
    writer.prompt(scope, ids).forEach(({ keys, values }, i) => {
      outputs[`fresh.${i}.keys`] = keys;
      outputs[`fresh.${i}.values`] = values;
    });
  }
  return outputs;
}

/**
 * Inputs: `tokens` and `places` int64 [rows]; `slots` int64 [rows, written]; `past.0.keys`, … [slots, heads * size];
 * `count` int64 [1]; of an encoder `memory.0.keys`, … and `mask` [batch, length]; else `present` int64
 * [rows, written + 1], 1 for what a row may look at.
 * Outputs: logarithms of the largest `count` probabilities as `scores` [rows, count], their tokens as `choices`, and
 * `fresh.0.keys`, … [rows, heads * size].
 */
export function stepOutputs(writer: Writer): Outputs {
  const { heads, headSize } = writer;
  const width = heads * headSize;
  const slots = input('slots', ['rows', 'written'], 'int64');
  const pool = (name: string): Tensor => input(name, ['slots', width]);
  const past = upTo(writer.layers).map((i) => ({
    keys: pool(`past.${i}.keys`),
    values: pool(`past.${i}.values`),
  }));
  const { logits, fresh } = writer.step(new Scope(false), {
    tokens: input('tokens', ['rows'], 'int64'),
    places: input('places', ['rows'], 'int64'),
    context: {
      past,
      slots,
      ...(writer.kind === 'encoder-decoder' ? encoderContext(writer) : promptContext()),
    },
  });
  const { values, places } = top(logSoftmax(logits), input('count', [1], 'int64'), 'count');
  const outputs: Record<string, Tensor> = { scores: values, choices: places };
  fresh.forEach(({ keys, values: freshValues }, i) => {
    outputs[`fresh.${i}.keys`] = keys;
    outputs[`fresh.${i}.values`] = freshValues;
  });
  return outputs;
}

function encoderContext({ heads, headSize, layers, memories = layers }: EncoderDecoder) {
  const bias = paddingBias(input('mask', ['batch', 'length'], 'int64'));
  const memory = upTo(memories).map((i) => ({
    keys: input(`memory.${i}.keys`, ['batch', heads, headSize, 'length']),
    values: input(`memory.${i}.values`, ['batch', heads, 'length', headSize]),
    bias,
  }));
  return { memory, bias: null };
}

function promptContext() {
  const present = input('present', ['rows', addDims(['written', 1])], 'int64');
  return { memory: null, bias: paddingBias(present) };
}

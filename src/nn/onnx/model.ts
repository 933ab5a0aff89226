/** An ONNX model as plain values, and its bytes (onnx.proto of ONNX 1.16, IR version 10). */

import { BinscribeError, unsupported } from '../../error.ts';
import type { DType, Dim, TensorType } from '../types.ts';
import { ProtoWriter } from './protobuf.ts';

/** Opset 20 is the first with Gelu. IR 10 is the newest that ONNX tools of its year read. */
const CURRENT: OnnxVersion = { opset: 20, ir: 10 };

export interface OnnxVersion {
  /** Of the standard operators. */
  readonly opset: number;
  /** Of the format. */
  readonly ir: number;
}

/** Protocol Buffers count a message's bytes in 31 bits. */
const LARGEST_MODEL = 2 ** 31 - 1;

export type ConstantArray = Float32Array | BigInt64Array | Int32Array | Int8Array | Uint8Array;

export type AttributeValue =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly graph: OnnxGraph };

export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Empty for the standard operators. */
  readonly domain: string;
}

export interface OnnxValue extends TensorType {
  readonly name: string;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: readonly (OnnxValue & { readonly data: ConstantArray })[];
}

/** TensorProto.DataType. */
export const TYPE_CODES: Record<DType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
};

/** AttributeProto.AttributeType and the field that holds the value. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, graph: 5, floats: 6, ints: 7, strings: 8 } as const;

export interface ModelHeader {
  readonly version?: OnnxVersion;
  /** What the model is, for people. */
  readonly doc?: string;
  /** For programs: `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** @throws BinscribeError `unsupported` where the model is too large for one file */
export function encodeModel(
  graph: OnnxGraph,
  { version = CURRENT, doc = '', metadata = {} }: ModelHeader = {},
): Uint8Array {
  const writer = new ProtoWriter();
  writer.integer(1, version.ir);
  writer.text(2, 'binscribe');
  if (doc !== '') writer.text(6, doc);
  writer.message(7, (w) => writeGraph(w, graph));
  const domains = new Set(['', ...graph.nodes.map((node) => node.domain)]);
  for (const domain of domains) {
    writer.message(8, (w) => {
      if (domain !== '') w.text(1, domain);
      w.integer(2, domain === '' ? version.opset : 1);
    });
  }
  for (const [key, value] of Object.entries(metadata)) {
    writer.message(14, (w) => {
      w.text(1, key);
      w.text(2, value);
    });
  }
  if (writer.size > LARGEST_MODEL) {
    throw unsupported(`a model of ${writer.size} bytes: one file of ONNX holds at most ${LARGEST_MODEL}`);
  }
  return writer.finish();
}

function writeGraph(writer: ProtoWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writer.message(1, (w) => writeNode(w, node));
  writer.text(2, graph.name);
  for (const { name, dtype, shape, data } of graph.initializers) {
    writer.message(5, (w) => {
      for (const dim of shape) w.integer(1, numeric(dim, name));
      w.integer(2, TYPE_CODES[dtype]);
      w.text(8, name);
      w.raw(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
  }
  for (const value of graph.inputs) writer.message(11, (w) => writeValue(w, value));
  for (const value of graph.outputs) writer.message(12, (w) => writeValue(w, value));
}

function numeric(dim: Dim, name: string): number {
  if (typeof dim !== 'number') throw new BinscribeError('internal', `constant ${name} has a size ${dim}`);
  return dim;
}

function writeNode(writer: ProtoWriter, node: OnnxNode): void {
  for (const name of node.inputs) writer.text(1, name);
  for (const name of node.outputs) writer.text(2, name);
  writer.text(4, node.type);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.message(5, (w) => writeAttribute(w, name, value));
  }
  if (node.domain !== '') writer.text(7, node.domain);
}

function writeAttribute(writer: ProtoWriter, name: string, value: AttributeValue): void {
  writer.text(1, name);
  const type = Object.keys(value)[0] as keyof typeof ATTRIBUTE_TYPE;
  if ('float' in value) writer.float(2, value.float);
  else if ('int' in value) writer.integer(3, value.int);
  else if ('string' in value) writer.text(4, value.string);
  else if ('graph' in value) writer.message(6, (w) => writeGraph(w, value.graph));
  else if ('floats' in value) for (const item of value.floats) writer.float(7, item);
  else if ('ints' in value) for (const item of value.ints) writer.integer(8, item);
  else for (const item of value.strings) writer.text(9, item);
  writer.integer(20, ATTRIBUTE_TYPE[type]);
}

/** ValueInfoProto: name, then TypeProto.Tensor with its shape. */
function writeValue(writer: ProtoWriter, { name, dtype, shape }: OnnxValue): void {
  writer.text(1, name);
  writer.message(2, (type) => {
    type.message(1, (tensor) => {
      tensor.integer(1, TYPE_CODES[dtype]);
      tensor.message(2, (dims) => {
        for (const dim of shape) {
          dims.message(1, (w) => (typeof dim === 'number' ? w.integer(1, dim) : w.text(2, dim)));
        }
      });
    });
  });
}

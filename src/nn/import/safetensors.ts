/**
 * Safetensors: eight bytes with the length of a header, a JSON header that says where each tensor lies, then the
 * tensors themselves (https://github.com/huggingface/safetensors, its "Format").
 *
 * A file may be hostile: nothing is allocated by its word, and tensors are views into it where they can be.
 */

import { corrupt, unsupported } from '../../error.ts';
import type { HostTensor, HostTensors, TensorData } from '../runtime.ts';
import type { DType } from '../types.ts';
import { parseJson } from './folder.ts';
import { quote } from './quote.ts';

/** The limit of the reference implementation: a header any longer is an attack. */
const MAX_HEADER = 100_000_000;
/** Far more axes than any layer has; JavaScript's spread of a shape must stay small. */
const MAX_RANK = 16;

/** Bits of an element. Types without whole bytes, and those of a future version, are refused by name. */
const BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
};

const NATIVE: Readonly<Record<string, DType>> = {
  F32: 'float32',
  I64: 'int64',
  I32: 'int32',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

const STORED: Readonly<Record<DType, string>> = {
  float32: 'F32',
  int64: 'I64',
  int32: 'I32',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

/** A tensor as it lies in the file. */
export interface StoredTensor {
  readonly name: string;
  /** The file's word for it: `F32`, `BF16`, … */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface Safetensors {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * @param where The file, for messages.
 * @throws BinscribeError of kind `corrupt` for a file that contradicts itself, `unsupported` for element types
 *   that are not known
 */
export function readSafetensors(file: Uint8Array, where: string): Safetensors {
  if (file.length < 8) throw corrupt(`${where}: ${file.length} bytes; a header of at least 8 expected`);
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER, file.length - 8))) {
    throw corrupt(`${where}: a header of ${length} bytes in a file of ${file.length}`);
  }
  const start = 8 + Number(length);
  const data = file.subarray(start);
  const header = parseJson(file.subarray(8, start), `${where}: header`);
  const metadata = new Map<string, string>();
  const tensors = new Map<string, StoredTensor>();
  const spans: Span[] = [];
  for (const [name, entry] of Object.entries(record(header, `${where}: header`))) {
    if (name === '__metadata__') {
      for (const [key, value] of Object.entries(record(entry, `${where}: __metadata__`))) {
        if (typeof value !== 'string') throw corrupt(`${where}: __metadata__: ${quote(key)} is not text`);
        metadata.set(key, value);
      }
      continue;
    }
    const at = `${where}: tensor ${quote(name)}`;
    const span = readEntry(record(entry, at), at, data.length);
    spans.push(span);
    tensors.set(name, {
      name,
      dtype: span.dtype,
      shape: span.shape,
      bytes: data.subarray(span.begin, span.end),
    });
  }
  checkCover(spans, data.length, where);
  return { tensors, metadata };
}

interface Span {
  readonly at: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(entry: Record<string, unknown>, at: string, available: number): Span {
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string') throw corrupt(`${at}: it has no dtype`);
  if (!Object.hasOwn(BYTES, dtype)) {
    throw unsupported(
      `${at}: elements of type ${quote(dtype)}; one of ${Object.keys(BYTES).join(', ')} expected`,
    );
  }
  if (!isSizes(shape) || shape.length > MAX_RANK) {
    throw corrupt(`${at}: its shape is not a list of at most ${MAX_RANK} sizes`);
  }
  if (!isSizes(offsets) || offsets.length !== 2) throw corrupt(`${at}: data_offsets are not two numbers`);
  const [begin, end] = offsets;
  if (begin > end || end > available) {
    throw corrupt(`${at}: bytes ${begin} to ${end} of a file that has ${available} of data`);
  }
  const size = shape.reduce((product, dim) => product * dim, BYTES[dtype]);
  if (size !== end - begin) {
    throw corrupt(
      `${at}: ${dtype} [${shape.join(', ')}] takes ${size} bytes, ${end - begin} are given to it`,
    );
  }
  return { at, dtype, shape, begin, end };
}

/** The format wants each byte of the data to belong to one tensor. */
function checkCover(spans: readonly Span[], available: number, where: string): void {
  let reached = 0;
  for (const { at, begin, end } of [...spans].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < reached) throw corrupt(`${at}: its bytes, from ${begin}, belong to another tensor too`);
    if (begin > reached) throw corrupt(`${at}: no tensor has the bytes ${reached} to ${begin} before it`);
    reached = end;
  }
  if (reached < available) throw corrupt(`${where}: no tensor has the last ${available - reached} bytes`);
}

function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw corrupt(`${at}: not a JSON object`);
  }
  return value as Record<string, unknown>;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

/**
 * The elements, half-precision ones as float32. A view into the file where that is possible.
 * @throws BinscribeError of kind `unsupported` for types that a graph has not
 */
export function hostTensor({ name, dtype, shape, bytes }: StoredTensor): HostTensor {
  if (dtype === 'F16' || dtype === 'BF16') {
    return { dtype: 'float32', shape, data: dtype === 'F16' ? fromHalf(bytes) : fromBrain(bytes) };
  }
  if (!Object.hasOwn(NATIVE, dtype)) {
    throw unsupported(`tensor ${quote(name)}: elements of type ${dtype} have no place in a graph`);
  }
  const width = BYTES[dtype];
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  const native = NATIVE[dtype];
  return { dtype: native, shape, data: VIEWS[native](aligned, bytes.length / width) };
}

const VIEWS: Readonly<Record<DType, (bytes: Uint8Array, count: number) => TensorData>> = {
  float32: ({ buffer, byteOffset }, count) => new Float32Array(buffer, byteOffset, count),
  int64: ({ buffer, byteOffset }, count) => new BigInt64Array(buffer, byteOffset, count),
  int32: ({ buffer, byteOffset }, count) => new Int32Array(buffer, byteOffset, count),
  int8: ({ buffer, byteOffset }, count) => new Int8Array(buffer, byteOffset, count),
  uint8: (bytes) => bytes,
  bool: (bytes) => bytes,
};

function words(bytes: Uint8Array): Uint16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2);
}

/** bfloat16 is the upper half of a float32. */
function fromBrain(bytes: Uint8Array): Float32Array {
  const values = words(bytes);
  const bits = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = values[i] << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE 754 binary16: 5 bits of exponent, 10 of mantissa. */
function fromHalf(bytes: Uint8Array): Float32Array {
  const values = words(bytes);
  const floats = new Float32Array(values.length);
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < values.length; i++) {
    const sign = (values[i] & 0x8000) << 16;
    const exponent = (values[i] >>> 10) & 0x1f;
    const mantissa = values[i] & 0x3ff;
    if (exponent === 0) {
      floats[i] = mantissa * 2 ** -24;
      bits[i] |= sign;
    } else {
      const wide = exponent === 0x1f ? 0xff : exponent + 127 - 15;
      bits[i] = sign | (wide << 23) | (mantissa << 13);
    }
  }
  return floats;
}

/**
 * The parts of a file, to be written one after the other: the header, then each tensor as it is in memory.
 * Tensors of wide elements come first, so that each is aligned.
 */
export function encodeSafetensors(
  tensors: HostTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const order = Object.keys(tensors).sort((a, b) => {
    const width = tensors[b].data.BYTES_PER_ELEMENT - tensors[a].data.BYTES_PER_ELEMENT;
    return width || (a < b ? -1 : 1);
  });
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', metadata]);
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const name of order) {
    const { dtype, shape, data } = tensors[name];
    const end = offset + data.byteLength;
    entries.push([name, { dtype: STORED[dtype], shape, data_offsets: [offset, end] }]);
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  // Spaces fill the header up to eight bytes: what a reader maps into memory is then aligned.
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  header.set(json, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  return [header, ...parts];
}

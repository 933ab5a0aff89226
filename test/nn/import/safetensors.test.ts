import { describe, expect, it } from 'vitest';
import { BinscribeError } from '../../../src/error.ts';
import { encodeSafetensors, hostTensor, readSafetensors } from '../../../src/nn/import/safetensors.ts';
import type { HostTensors } from '../../../src/nn/runtime.ts';
import { mutate, randomFrom } from '../../support/mutate.ts';

const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** A file by hand: any header, and that many bytes of data. */
function file(header: unknown, data: number | Uint8Array = 0): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return joined([length, json, typeof data === 'number' ? new Uint8Array(data) : data]);
}

function failure(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes, 'f');
  } catch (error) {
    if (error instanceof BinscribeError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'none';
}

const TENSORS: HostTensors = {
  flags: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
  'layer.0.weight': { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, -2, 3, 0.5, 1e-30, -0) },
  ids: { dtype: 'int64', shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) },
  empty: { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
};

describe('safetensors', () => {
  it('reads back what it writes', () => {
    const bytes = joined(encodeSafetensors(TENSORS, { format: 'pt', step: '7' }));
    const { tensors, metadata } = readSafetensors(bytes, 'f');
    expect(Object.fromEntries(metadata)).toEqual({ format: 'pt', step: '7' });
    const read = Object.fromEntries([...tensors].map(([name, tensor]) => [name, hostTensor(tensor)]));
    expect(read).toEqual(TENSORS);
  });

  it('reads a file that lies at an odd place in memory', () => {
    const bytes = joined([Uint8Array.of(0), ...encodeSafetensors(TENSORS)]).subarray(1);
    expect(hostTensor(readSafetensors(bytes, 'f').tensors.get('ids')!)).toEqual(TENSORS['ids']);
  });

  it('widens half precision', () => {
    // One, the smallest and the largest half, a subnormal, minus zero, minus infinity.
    const half = Uint16Array.of(0x3c00, 0x0001, 0x7bff, 0x03ff, 0x8000, 0xfc00);
    const brain = Uint16Array.of(0x3f80, 0xc000, 0x0001, 0x7f80);
    const data = joined([new Uint8Array(half.buffer), new Uint8Array(brain.buffer)]);
    const header = {
      h: { dtype: 'F16', shape: [6], data_offsets: [0, 12] },
      b: { dtype: 'BF16', shape: [4], data_offsets: [12, 20] },
    };
    const { tensors } = readSafetensors(file(header, data), 'f');
    expect([...hostTensor(tensors.get('h')!).data]).toEqual([
      1,
      2 ** -24,
      65504,
      1023 * 2 ** -24,
      -0,
      -Infinity,
    ]);
    expect([...hostTensor(tensors.get('b')!).data]).toEqual([1, -2, 2 ** -133, Infinity]);
  });

  it.each([
    ['too short', new Uint8Array(7), 'corrupt: f: 7 bytes; a header of at least 8 expected'],
    [
      'a header past the end',
      new Uint8Array(8).fill(255),
      'corrupt: f: a header of 18446744073709551615 bytes in a file of 8',
    ],
    ['no JSON', file('{"a'), 'corrupt: f: header: not JSON'],
    ['a list', file([]), 'corrupt: f: header: not a JSON object'],
    ['no entry', file({ a: 1 }), 'corrupt: f: tensor "a": not a JSON object'],
    [
      'metadata that is not text',
      file({ __metadata__: { a: 1 } }),
      'corrupt: f: __metadata__: "a" is not text',
    ],
    [
      'no type',
      file({ a: { shape: [], data_offsets: [0, 4] } }, 4),
      'corrupt: f: tensor "a": it has no dtype',
    ],
    [
      'an unknown type',
      file({ a: { dtype: 'toString', shape: [1], data_offsets: [0, 4] } }, 4),
      'unsupported: f: tensor "a": elements of type "toString"; one of ' +
        'F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL expected',
    ],
    [
      'a negative size',
      file({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4),
      'corrupt: f: tensor "a": its shape is not a list of at most 16 sizes',
    ],
    [
      'sizes that overflow',
      file({ a: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 4] } }, 4),
      'corrupt: f: tensor "a": F32 [1099511627776, 1099511627776] takes 4.835703278458517e+24 bytes, 4 are given to it',
    ],
    [
      'data past the end',
      file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, 4),
      'corrupt: f: tensor "a": bytes 0 to 8 of a file that has 4 of data',
    ],
    [
      'data that ends before it begins',
      file({ a: { dtype: 'F32', shape: [1], data_offsets: [4, 0] } }, 4),
      'corrupt: f: tensor "a": bytes 4 to 0 of a file that has 4 of data',
    ],
    [
      'tensors that overlap',
      file(
        {
          a: { dtype: 'U8', shape: [4], data_offsets: [0, 4] },
          b: { dtype: 'U8', shape: [2], data_offsets: [3, 5] },
        },
        5,
      ),
      'corrupt: f: tensor "b": its bytes, from 3, belong to another tensor too',
    ],
    [
      'a hole',
      file({ a: { dtype: 'U8', shape: [2], data_offsets: [2, 4] } }, 4),
      'corrupt: f: tensor "a": no tensor has the bytes 0 to 2 before it',
    ],
    [
      'a rest',
      file({ a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] } }, 4),
      'corrupt: f: no tensor has the last 2 bytes',
    ],
    [
      'a name that a terminal would obey',
      file({ '\u001b[2J\n': 1 }),
      'corrupt: f: tensor "\\u{1b}[2J\\u{a}": not a JSON object',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(failure(bytes)).toBe(message);
  });

  it('says which tensors a graph cannot hold', () => {
    const bytes = file({ a: { dtype: 'F64', shape: [1], data_offsets: [0, 8] } }, 8);
    expect(() => hostTensor(readSafetensors(bytes, 'f').tensors.get('a')!)).toThrow(
      'tensor "a": elements of type F64 have no place in a graph',
    );
  });

  it('meets damage with errors of ours', () => {
    const original = joined(encodeSafetensors(TENSORS, { format: 'pt' }));
    const random = randomFrom(3);
    const focus = [{ offset: 0, size: original.length - 43 }];
    for (let i = 0; i < 3000; i++) {
      try {
        const { tensors } = readSafetensors(mutate(original, focus, random), 'f');
        for (const tensor of tensors.values()) hostTensor(tensor);
      } catch (error) {
        expect(error).toBeInstanceOf(BinscribeError);
      }
    }
  });
});

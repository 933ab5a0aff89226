/**
 * Weights as a file holds them: of a matrix signed bytes with a scale for each row, of what is no matrix float32. As
 * float32 the networks of meaning would take 15 MB, as float16 half of it, and what ships stays under 20 MB with all
 * models; their vectors turn by less than a degree, which `manifest.json` of a folder tells.
 */

import { corrupt } from '../../error.ts';
import { quantizeRows } from '../../nn/export/int8.ts';

/** The largest whole number of a byte with a sign, but for the sign's own. */
const LIMIT = 127;

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Rows and columns; null for what is no matrix. */
function matrixOf(shape: readonly number[]): [rows: number, columns: number] | null {
  return shape.length === 2 ? [shape[0], shape[1]] : null;
}

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Numbers as float32, little-endian whatever the machine is. */
function floatBytes(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return new Uint8Array(view.buffer);
}

/** @param parameters values of all `shapes`; others are left out */
export function packWeights(shapes: Shapes, parameters: ReadonlyMap<string, Float32Array>): Uint8Array {
  const pieces = [...shapes].flatMap(([name, shape]) => {
    const data = parameters.get(name)!;
    const matrix = matrixOf(shape);
    if (matrix === null) return [floatBytes(data)];
    const [rows, columns] = matrix;
    const whole = quantizeRows({ rows, columns, data }, LIMIT);
    return [floatBytes(whole.scales), new Uint8Array(whole.data.buffer)];
  });
  const packed = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    packed.set(piece, at);
    at += piece.length;
  }
  return packed;
}

/** @throws BinscribeError `corrupt` where there are fewer or more numbers than the networks have, or one is none */
export function unpackWeights(bytes: Uint8Array, shapes: Shapes, where: string): Map<string, Float32Array> {
  const sizeOf = (shape: readonly number[]): number => {
    const matrix = matrixOf(shape);
    return matrix ? 4 * matrix[0] + elements(shape) : 4 * elements(shape);
  };
  const expected = [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
  if (bytes.length !== expected) throw corrupt(`${where}: ${expected} bytes expected, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const floats = (count: number): Float32Array => {
    const values = Float32Array.from({ length: count }, (_, i) => view.getFloat32(at + 4 * i, true));
    if (!values.every(Number.isFinite)) throw corrupt(`${where}: a weight is no finite number`);
    at += 4 * count;
    return values;
  };
  const values = new Map<string, Float32Array>();
  for (const [name, shape] of shapes) {
    const matrix = matrixOf(shape);
    if (matrix === null) {
      values.set(name, floats(elements(shape)));
      continue;
    }
    const [rows, columns] = matrix;
    const scales = floats(rows);
    const data = new Float32Array(rows * columns);
    for (let i = 0; i < data.length; i++) data[i] = view.getInt8(at + i) * scales[Math.floor(i / columns)];
    at += data.length;
    values.set(name, data);
  }
  return values;
}

/** What weights are once they have been through a file: it is these that answer. */
export function storedWeights(
  shapes: Shapes,
  parameters: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  return unpackWeights(packWeights(shapes, parameters), shapes, 'weights');
}

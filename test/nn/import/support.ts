/** The checkpoints of `make_checkpoints.py`, and how far we are from what transformers computes of them. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Folder } from '../../../src/nn/import/folder.ts';
import { hostTensor, readSafetensors } from '../../../src/nn/import/safetensors.ts';
import type { HostTensor, HostTensors } from '../../../src/nn/runtime.ts';
import { diskFolder } from '../../../src/runtimes/folder.ts';

const CHECKPOINTS = fileURLToPath(new URL('checkpoints/', import.meta.url));

export function checkpoint(name: string): Folder {
  return diskFolder(`${CHECKPOINTS}${name}`);
}

export function expectedTensors(name: string): HostTensors {
  const file = `${CHECKPOINTS}${name}/expected.safetensors`;
  const { tensors } = readSafetensors(readFileSync(file), file);
  return Object.fromEntries([...tensors].map(([key, tensor]) => [key, hostTensor(tensor)]));
}

export function expectedJson(name: string): unknown {
  return JSON.parse(readFileSync(`${CHECKPOINTS}${name}.json`, 'utf8')) as unknown;
}

/** The largest difference of two tensors, over the largest number in what is expected. */
export function largestError(found: HostTensor, expected: HostTensor): number {
  if (found.shape.join() !== expected.shape.join()) return Infinity;
  let [error, largest] = [0, 0];
  expected.data.forEach((value, i) => {
    error = Math.max(error, Math.abs(Number(value) - Number(found.data[i])));
    largest = Math.max(largest, Math.abs(Number(value)));
  });
  // NaN is no error that `Math.max` would keep.
  return found.data.some((value) => Number.isNaN(Number(value))) ? NaN : error / largest;
}

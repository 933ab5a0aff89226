/** What computes, beside the processor, and how to get what it lacks. */

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { env, InferenceSession, listSupportedBackends } from './onnxruntime.ts';
import { BinscribeError, describeError } from '../error.ts';
import { compileGraph } from '../nn/onnx/compile.ts';
import { encodeModel } from '../nn/onnx/model.ts';
import { neg } from '../nn/ops/elementwise.ts';
import { input } from '../nn/ops/source.ts';
import type { Device } from '../nn/runtime.ts';

/** Where onnxruntime-node has been built with a device (its README, version 1.30). */
const PLATFORMS: Record<Device, string> = {
  cpu: 'Linux, macOS and Windows',
  webgpu: 'Linux (x64), macOS and Windows',
  cuda: 'Linux (x64)',
};

/** What to do where it is built in and does not start. */
const HINTS: Record<Device, () => string> = {
  cpu: () => 'npm ci, again.',
  webgpu: () =>
    'It wants a graphics processor and its driver; on Linux that of Vulkan: libvulkan1, and mesa-vulkan-drivers ' +
    'for AMD and Intel or the driver of NVIDIA.',
  cuda: () =>
    'It wants a processor and driver of NVIDIA, CUDA 12, cuDNN 9, and a part that npm does not bring: ' +
    `node ${installer()} --onnxruntime-node-install=cuda12`,
};

/** The script that fetches what is too large for npm. Our package.json keeps npm from running it for everyone. */
function installer(): string {
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(manifest), 'script/install.js');
}

const checks = new Map<Device, Promise<void>>();

/**
 * Sees once whether a device is there, by opening a graph of one node on it.
 * @throws BinscribeError `missing`, with how to get it
 */
export function checkDevice(device: Device): Promise<void> {
  if (device === 'cpu') return Promise.resolve();
  let check = checks.get(device);
  if (!check) {
    check = openOn(device);
    checks.set(device, check);
  }
  return check;
}

async function openOn(device: Device): Promise<void> {
  if (!listSupportedBackends().some(({ name }) => name === device)) {
    const here = `${process.platform} ${process.arch}`;
    throw new BinscribeError('missing', `device ${device}: ONNX Runtime is not built with it for ${here}`, {
      hint: `It is for ${PLATFORMS[device]}.`,
    });
  }
  const model = encodeModel(compileGraph({ y: neg(input('x', [1])) }));
  // What goes wrong is thrown too; the log would say it in its own way, in colours.
  env.logLevel = 'fatal';
  try {
    const options = { executionProviders: [device], logSeverityLevel: 4 } as const;
    const session = await InferenceSession.create(model, options);
    await session.release();
  } catch (error) {
    // A failed check of ONNX Runtime's own begins with its place in the source.
    const reason = describeError(error).trim().split(' was false. ').at(-1)!;
    throw new BinscribeError('missing', `device ${device} does not start: ${reason}`, {
      hint: HINTS[device](),
      cause: error,
    });
  }
}

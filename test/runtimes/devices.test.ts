/** Devices beside the processor: they compute the same, or are missed in words that help. */

import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listSupportedBackends } from '../../src/runtimes/onnxruntime.ts';
import { describe, expect, it } from 'vitest';
import { BinscribeError } from '../../src/error.ts';
import { Predictor } from '../../src/nn/inference.ts';
import { DEVICES, type Device } from '../../src/nn/runtime.ts';
import { checkDevice } from '../../src/runtimes/devices.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';
import { batchOf, trained } from '../nn/export/support.ts';
import { largestError } from '../nn/import/support.ts';
import { distance, norm } from '../nn/support/array.ts';
import { buildTree } from '../support/build.ts';
import { CASES, type Found } from '../web/cases.ts';

const missed = (device: Device): Promise<unknown> =>
  checkDevice(device).then(
    () => null,
    (error: unknown) => error,
  );

describe.each(DEVICES.filter((device) => device !== 'cpu'))('device %s', (device) => {
  it('computes what the processor does, or says what is missing and how to get it', async () => {
    const error = await missed(device);
    const runtime = nodeRuntime({ device });
    if (error !== null) {
      expect(error).toBeInstanceOf(BinscribeError);
      const { kind, exitCode, message, hint } = error as BinscribeError;
      expect([kind, exitCode]).toEqual(['missing', 7]);
      expect(message).toMatch(new RegExp(`^device ${device}[^\n]+$`));
      const built = listSupportedBackends().some(({ name }) => name === device);
      if (!built) expect(hint).toContain('It is for');
      else
        expect(hint).toContain({ webgpu: 'libvulkan1', cuda: '--onnxruntime-node-install=cuda12' }[device]);
      await expect(runtime.open(new Uint8Array())).rejects.toBe(error);
      return;
    }
    const [own, other] = await Promise.all(
      [nodeRuntime(), runtime].map((each) => Predictor.create({ runtime: each, ...trained() })),
    );
    const [expected, found] = [await own.run(batchOf(3, 12)), await other.run(batchOf(3, 12))];
    for (const name of Object.keys(expected)) {
      // Graphics processors multiply with fewer digits.
      expect(largestError(found[name], expected[name]), name).toBeLessThan(1e-2);
    }
    await own.close();
    await other.close();
  });
});

describe('device cpu', () => {
  it('is always there, and what is wrong with a graph is no matter of devices', async () => {
    expect(await missed('cpu')).toBe(null);
    await expect(nodeRuntime().open(new Uint8Array(3))).rejects.toThrow('ONNX Runtime refuses the graph');
  });
});

/** A graphics processor in software, of Debian's package chromium-common, with the Vulkan that finds it. */
const CHROMIUM = '/usr/lib/chromium';
const SWIFTSHADER = join(CHROMIUM, 'vk_swiftshader_icd.json');

describe.skipIf(!existsSync(SWIFTSHADER))(
  'device webgpu, by SwiftShader (Debian package chromium-common)',
  () => {
    // Half a minute, nearly all of it spent on making programs for the processor that is none.
    it('trains as the processor does', { timeout: 300_000 }, async () => {
      const name = 'five steps of training';
      const folder = buildTree();
      const env = { ...process.env, LD_LIBRARY_PATH: CHROMIUM, VK_ICD_FILENAMES: SWIFTSHADER };
      const script = join(folder, 'test/runtimes/on-device.js');
      const answer = execFileSync(process.execPath, [script, 'webgpu', name], { env, encoding: 'utf8' });
      rmSync(folder, { recursive: true });
      const found = JSON.parse(answer) as Found;
      for (const [key, values] of Object.entries(await CASES[name](nodeRuntime({ threads: 1 })))) {
        expect(distance(found[key], values) / norm(values), key).toBeLessThan(1e-4);
      }
    });
  },
);

/** Computes a case on a device, in a process that sees other drivers: a name in, numbers out, as JSON. */

import { nodeRuntime } from '../../src/runtimes/node.ts';
import type { Device } from '../../src/nn/runtime.ts';
import { CASES } from '../web/cases.ts';

const [device, name] = process.argv.slice(2);
const found = await CASES[name](nodeRuntime({ device: device as Device }));
process.stdout.write(JSON.stringify(found));

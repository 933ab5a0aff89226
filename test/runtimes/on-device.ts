/** Computes cases on a device, in a process that sees other drivers: names in, numbers out, as JSON. */

import { nodeRuntime } from '../../src/runtimes/node.ts';
import type { Device } from '../../src/runtimes/devices.ts';
import { CASES, type Found } from '../web/cases.ts';

const [device, ...names] = process.argv.slice(2);
const runtime = nodeRuntime({ device: device as Device });
const found: Record<string, Found> = {};
for (const name of names) found[name] = await CASES[name](runtime);
process.stdout.write(JSON.stringify(found));

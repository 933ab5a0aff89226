/** Writes what `make_quantized.py` needs into the folder that it names: a model and a batch. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportModel } from '../../../src/nn/export/model.ts';
import { batchOf, trained } from './support.ts';

const [folder] = process.argv.slice(2);
writeFileSync(join(folder, 'encoder.onnx'), exportModel(trained()));
const batch = Object.entries(batchOf(3, 12)).map(([name, { shape, data }]) => [
  name,
  { shape, data: Array.from(data, Number) },
]);
writeFileSync(join(folder, 'batch.json'), JSON.stringify(Object.fromEntries(batch)));

/** The functions that a program's debugging information describes, by our reader: a line of facts for each. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSubprograms } from '../src/binary/dwarf/index.ts';
import { openBinary } from '../src/binary/open.ts';
import { tellOnce } from './once.ts';

const folder = process.argv[3];
const { path } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as { path: string };

const started = performance.now();
const lines = readSubprograms(openBinary(readFileSync(path))).subprograms.map(
  ({ name, entry, declFile, declLine, parameters, returnType }) =>
    [
      name,
      entry,
      declFile,
      declLine,
      returnType,
      ...parameters.map((parameter) => `${parameter.name}: ${parameter.type}`),
    ].join('|'),
);
const digest = createHash('sha256').update(lines.join('\n')).digest('hex');
tellOnce({ milliseconds: performance.now() - started, digest, count: lines.length });

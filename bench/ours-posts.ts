/** All fields of all rows of a dump, decoded by our reader. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dumpFile, readRows } from '../src/corpus/posts/index.ts';
import { tellOnce } from './once.ts';

const { path } = JSON.parse(readFileSync(join(process.argv[3], 'case.json'), 'utf8')) as { path: string };

const started = performance.now();
let characters = 0;
for await (const rows of readRows(dumpFile(path)())) {
  for (const row of rows)
    for (const [name, value] of row.attributes()) characters += name.length + value.length;
}
const milliseconds = performance.now() - started;

// A digest takes as long as the reading, and is the same work on both sides: a pass of its own.
const digest = createHash('sha256');
let count = 0;
for await (const rows of readRows(dumpFile(path)())) {
  for (const row of rows) {
    digest.update([...row.attributes()].flat().join('\0'));
    count++;
  }
}
tellOnce({ milliseconds, digest: digest.digest('hex'), count });
if (characters === 0) throw new Error('the dump is empty');

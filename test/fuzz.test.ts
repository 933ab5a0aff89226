/** The run of damaged files: a mutant that hangs or kills the reader costs itself and nothing else. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Tally } from '../bench/fuzz/child.ts';
import { readRange } from '../bench/fuzz/range.ts';
import { Helper } from '../src/cli/sweep/helper.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Answers as child.ts does, and has a defect in two seeds. */
const script = join(folder, 'child.mjs');
writeFileSync(
  script,
  `process.on('message', (message) => {
    const { from, to } = JSON.parse(message);
    for (let seed = from; seed < to; seed++) {
      if (seed === 7) for (;;);
      if (seed === 9) process.abort();
    }
    const slowest = { seed: from, milliseconds: from };
    process.send({ outcomes: { whole: to - from }, slowest, crashes: [] });
  });
  process.send('ready');`,
);

test('a hang and a death are told by their seeds, the other mutants are counted, and the run goes on', async () => {
  const helper = new Helper<Tally>(script, []);
  // Long for what is to be answered, so that only what hangs is cut off.
  const patience = { range: 10_000, mutant: 5_000 };
  const line = await readRange(helper, { from: 4, to: 12 }, patience);
  expect(line).toMatchObject({
    from: 4,
    to: 12,
    tally: { outcomes: { whole: 6 }, slowest: { seed: 11 }, crashes: [] },
    lost: [
      { seed: 7, failure: 'hung', message: 'no answer after 5 s' },
      { seed: 9, failure: 'crashed', message: expect.stringContaining('SIGABRT') },
    ],
  });
  expect(await readRange(helper, { from: 12, to: 20 }, patience)).toMatchObject({
    tally: { outcomes: { whole: 8 } },
    lost: [],
  });
  helper.stop();
});

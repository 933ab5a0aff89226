/** The engine in a page: its modules load as they are, and give what they give in Node. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtimes/node.ts';
import { distance, norm } from '../nn/support/array.ts';
import { hasBrowser, inPage } from './browser.ts';
import { CASES } from './cases.ts';
import type { Report } from './page.ts';

const ENGINE = join(import.meta.dirname, '../../src/nn');

/** All modules of the engine, as the page names them. */
const modules = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' }).flatMap((path) =>
  path.endsWith('.ts') && !path.endsWith('.test.ts') ? [`/src/nn/${path.replace(/ts$/, 'js')}`] : [],
);

describe.skipIf(!hasBrowser())('a page (Debian package chromium-headless-shell)', () => {
  let report: Report;
  beforeAll(async () => {
    report = await inPage<Report>('test/web/page.js', modules);
  });

  it('loads every module of the engine as it is', () => {
    expect(modules.length).toBeGreaterThan(90);
    expect(report.modules).toBe(modules.length);
  });

  it.each(Object.keys(CASES))('computes what Node does: %s', async (name) => {
    const expected = await CASES[name](nodeRuntime({ threads: 1 }));
    const found = report.found[name];
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    for (const [key, values] of Object.entries(expected)) {
      expect(distance(found[key], values) / norm(values), key).toBeLessThan(1e-4);
    }
  });
});

/** docs/page/index.html: a program explained in a page is what Node makes of it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/cli/model.ts';
import { explain } from '../../src/explain/explain.ts';
import { renderText } from '../../src/explain/render/text.ts';
import { hasBrowser, inPage } from './browser.ts';

const PROGRAM = '/bin/true';
const EXAMPLE = readFileSync(join(import.meta.dirname, '../../docs/page/index.html'), 'utf8');

describe.skipIf(!hasBrowser())('the example page (Debian package chromium-headless-shell)', () => {
  it('explains a program as Node does', async () => {
    const program = readFileSync(PROGRAM);
    const shown = await inPage<string>('test/web/example.js', '/program/true', {
      html: EXAMPLE,
      files: { '/program/true': program },
    });
    const report = await explain(program, await openModel('models/first'), { path: 'true' });
    expect(shown).toBe(renderText(report, { width: 100, verbose: false }));
    expect(shown).toContain('compiler   gcc');
  });
});

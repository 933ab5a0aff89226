/** docs/library.md: its examples do what it says of them, and the package offers what they import. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import type { InstructionText } from '../src/binary/x86/format.ts';
import { reportSchema, type Report } from '../src/explain/schema.ts';
import type { Model } from '../src/models/model.ts';
import { runExamples } from './nn/support/examples.ts';

const ROOT = join(import.meta.dirname, '..');

/** The page wants a map; the first example did not ask for one. */
function withoutPlaces(report: Report): Report {
  return { ...report, functions: report.functions.map((entry) => ({ ...entry, place: null })) };
}

test('the examples run', async () => {
  const [explained, forms, kept, reader, own, wrong, page] = await runExamples('../library.md');
  const report = reportSchema.parse(explained['report']);
  expect(report.model.id).toContain('encoder');
  expect((explained['named'] as string[])[0]).toMatch(/^0x[0-9a-f]+ \w+ \(0\.\d\d\)$/);
  expect(forms['text']).toContain('/bin/true');
  expect(withoutPlaces(JSON.parse(forms['json'] as string) as Report)).toEqual(withoutPlaces(report));
  expect((forms['csv'] as string).split('\r\n')).toHaveLength(report.functions.length + 2);
  expect(forms['page']).toMatch(/^<!doctype html>[^]*class="code"/);
  expect(forms['script']).toContain('ghidra');
  expect(kept['lines']).toBe(report.functions.length + 1);
  expect(reader['blocks']).toBeGreaterThan(1);
  expect((reader['listing'] as InstructionText[]).length).toBeGreaterThan(10);
  const names = (own['report'] as Report).functions.flatMap((entry) => entry.names.map(({ name }) => name));
  expect(new Set(names)).toEqual(new Set(['large', 'small']));
  expect(wrong['told']).toMatch(/^unsupported \(exit code 4\): /);

  const server = createServer((request, response) => {
    response.end(readFileSync(join(ROOT, 'models/first', basename(request.url!))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const open = page['open'] as (folder: string) => Promise<Model>;
    const model = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/first`);
    expect(model.card.id).toContain('first');
  } finally {
    server.close();
  }
});

test('the package exports what is built from sources that are there', () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    exports: Record<string, Record<string, string>>;
  };
  for (const { default: path, types } of Object.values(exports)) {
    const source = path.replace('./dist/', 'src/').replace(/js$/, 'ts');
    expect(existsSync(join(ROOT, source)), source).toBe(true);
    expect(types).toBe(path.replace(/js$/, 'd.ts'));
  }
});

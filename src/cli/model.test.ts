import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import { compile } from '../../test/support/compile.ts';
import { reportSchema } from '../explain/schema.ts';
import { writeFirst } from '../models/first-folder.ts';
import { KnownFunctionsBuilder } from '../models/known/build.ts';
import { NAME_FEATURES } from '../models/names.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-model-'));
const program = compile('int main(void) { return 3; }', { compiler: 'gcc-12', flags: ['-O1', '-s'] });
const linear = (columns: number) => ({ classes: 2, columns, weights: new Float32Array((columns + 1) * 2) });

/** The smallest folder that is one: it knows no function and is sure of nothing. */
const FILES = writeFirst(
  {
    floor: 8,
    known: new KnownFunctionsBuilder().build(),
    names: { similarity: 0.8, threshold: 0.9, linear: linear(NAME_FEATURES.length) },
    vocabulary: Uint32Array.of(1, 2, 3),
    compiler: { labels: ['clang-19', 'gcc-12'], temperature: 1, linear: linear(3) },
    optimization: { labels: ['O0', 'O2'], temperature: 1, linear: linear(3) },
    arguments: { table: {}, fallback: 0.5 },
  },
  'Knows nothing.',
  { name: 'tiny', version: '0', training: {} },
);

beforeEach(() => {
  for (const [name, bytes] of FILES) writeFileSync(join(folder, name), bytes);
});

const explainWith = (model: string) => runCommand(['explain', '--json', program, '--model', model]);

test('a model folder explains, and the report says which it was', async () => {
  const { code, out, err } = await explainWith(folder);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const report = reportSchema.parse(JSON.parse(out));
  expect(report.model.id).toMatch(/^tiny 0 [0-9a-f]+$/);
  expect(report.functions.every((entry) => entry.names.length === 0)).toBe(true);
});

test('a folder that is none is missing, with code 7', async () => {
  for (const none of [join(folder, 'nowhere'), tmpdir()]) {
    const { code, out, err } = await explainWith(none);
    expect({ code, out }).toEqual({ code: 7, out: '' });
    expect(err.split('\n')[0]).toBe(`binscribe: ${none}: no model here: a folder with model.json expected`);
  }
});

test('any file of the folder damaged, cut or gone is one line with code 5', async () => {
  const damages: ((path: string) => void)[] = [
    (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] ^= 0x10;
      writeFileSync(path, bytes);
    },
    (path) => writeFileSync(path, readFileSync(path).subarray(0, -2)),
    (path) => writeFileSync(path, ''),
    (path) => rmSync(path),
  ];
  for (const [name, bytes] of FILES) {
    for (const damage of damages) {
      const path = join(folder, name);
      damage(path);
      const { code, out, err } = await explainWith(folder);
      writeFileSync(path, bytes);
      expect({ code, out }).toEqual({
        code: name === 'model.json' && err.includes('no model here') ? 7 : 5,
        out: '',
      });
      expect(err).toMatch(/^binscribe: .+\n {2}.+\n$/);
      expect(err).toContain(path.replace(/\/model\.json$/, ''));
    }
  }
});

test('a digit changed in any number or text of model.json is told', async () => {
  const path = join(folder, 'model.json');
  const bytes = readFileSync(path);
  const text = bytes.toString('latin1');
  for (const at of [...text.matchAll(/\d/g)].map((match) => match.index)) {
    const damaged = Buffer.from(bytes);
    damaged[at] ^= 1;
    writeFileSync(path, damaged);
    const { code, out, err } = await explainWith(folder);
    expect({ at, code, out }).toEqual({ at, code: 5, out: '' });
    expect(err).toContain('model.json');
  }
});

import { cpSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../../test/support/command.ts';
import { compile } from '../../../test/support/compile.ts';
import { knownRecipe, writeMarkedDataset } from '../../../test/support/dataset.ts';
import { PACKAGES } from '../../../test/support/labelled.ts';
import type { Report } from '../../explain/schema.ts';
import { loadKnown, writeKnown } from '../../models/known/folder.ts';
import type { KnownManifest } from './build.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-known-'));
const at = (name: string): string => join(folder, name);
const train = (change: object, ...more: string[]) => {
  writeFileSync(at('recipe.json'), JSON.stringify({ ...knownRecipe(at('data'), ['alpha']), ...change }));
  return runCommand(['train', at('recipe.json'), ...more]);
};
const read = (where: string) => (name: string) => new Uint8Array(readFileSync(join(where, name)));

beforeAll(async () => {
  writeMarkedDataset(at('data'), (row) => ({
    ...row,
    text: `Does what ${row.name} is for. And more.`,
    text_kind: 'comment',
  }));
  const { code, err } = await train({}, '-o', at('known'));
  if (code !== 0) throw new Error(err);
});

describe('functions that are known besides', () => {
  it('are those of the recipe, with the first sentences of their comments', async () => {
    const known = await loadKnown(read(at('known')), 'known');
    expect(known.known.origins.map((origin) => origin.package)).toContain('alpha');
    expect(new Set(known.known.origins.map((origin) => origin.package))).toEqual(new Set(['alpha']));
    expect(known.quotations.length).toBeGreaterThan(0);
    for (const { package: from, name, text } of known.quotations) {
      expect([from, text]).toEqual(['alpha', `Does what ${name} is for.`]);
    }
    const manifest = JSON.parse(readFileSync(join(at('known'), 'manifest.json'), 'utf8')) as KnownManifest;
    expect(manifest.figures['different functions']).toBe(known.known.entries);
    expect(readFileSync(join(at('known'), 'card.md'), 'utf8')).toContain('- alpha 1.0');
  });

  it('come out the same again', async () => {
    expect((await train({}, '-o', at('again'))).code).toBe(0);
    for (const name of ['model.json', 'index.bin', 'vectors.bin', 'texts.bin', 'manifest.json']) {
      expect(readFileSync(join(at('again'), name))).toEqual(readFileSync(join(at('known'), name)));
    }
  });

  it('give a stripped program names and sentences, whose authors are told', async () => {
    const program = compile(PACKAGES.alpha, { compiler: 'gcc-12', flags: ['-O2', '-s'] });
    const explained = async (...more: string[]): Promise<Report> => {
      const { code, out, err } = await runCommand(['explain', program, '--json', '--no-labels', ...more]);
      expect([code, err]).toEqual([0, '']);
      return JSON.parse(out) as Report;
    };
    const report = await explained('--known', at('known'));
    expect(report.model.id).toMatch(/ \+ own /);
    const told = report.functions.filter(({ summary }) => summary?.evidence.by === 'author');
    const own = told.filter(({ summary }) => summary!.text.startsWith('Does what '));
    expect(own.length).toBeGreaterThan(2);
    for (const { summary, names, abstained } of own) {
      expect(summary).toEqual({
        text: `Does what ${names[0].name} is for.`,
        score: names[0].score,
        evidence: { by: 'author', name: names[0].name, package: 'alpha', version: '1.0' },
      });
      expect(abstained).not.toContain('summary');
    }
    // An answer does not depend on what else is asked.
    const one = await explained('--known', at('known'), '--function', own[0].address);
    expect(one.functions[0]).toMatchObject({ names: own[0].names, summary: own[0].summary });
    const without = await explained('--no-known');
    expect(without.model.id).not.toContain('+');
    expect(without.functions.filter(({ summary }) => summary !== null)).toEqual([]);
    const { out } = await runCommand(['explain', program, '-v', '--no-labels', '--known', at('known')]);
    expect(out).toMatch(
      /summary +Does what \w+ is for\. \(\d+ %\)\n +its author's words of \w+ in alpha 1\.0/,
    );
  });

  it('are named in company as other packages teach it', async () => {
    const company = { precision: 0.9, penalty: 1e-4 };
    expect((await train({ company }, '-o', at('company'))).code).toBe(0);
    const { company: learned } = await loadKnown(read(at('company')), 'company');
    expect(learned!.threshold).toBeGreaterThanOrEqual(0.5);
    expect(learned!.threshold).toBeLessThanOrEqual(1);
    const explained = async (...more: string[]): Promise<Report> => {
      const { out } = await runCommand(['explain', '/bin/true', '--json', '--known', at('company'), ...more]);
      return JSON.parse(out) as Report;
    };
    const all = await explained();
    expect(all.model.id).toMatch(/ \+ own /);
    // The company of a function is there whether it is asked about or not.
    for (const { address, names } of all.functions.filter((one) => one.names.length > 0).slice(0, 3)) {
      expect((await explained('--function', address)).functions[0].names).toEqual(names);
    }
  });
});

describe('what is wrong is told', () => {
  it.each([
    [{ packages: ['gamma'] }, /packages: training packages of .* expected, got gamma besides/],
    [{ quoted: ['zlib'] }, /got zlib besides/],
    [{ encoder: 'models/first' }, /models\/first: an encoder expected/],
    [{ builds: ['gcc-12 O9'] }, /functions of the recipe's builds expected, got none/],
  ])('of a recipe with %j', async (change, message) => {
    const { code, err } = await train(change, '-o', at('wrong'));
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });

  it('of functions for another encoder', async () => {
    const known = await loadKnown(read(at('known')), 'known');
    const files = writeKnown({ ...known, network: 'ab'.repeat(32) }, '', {
      name: 'other',
      version: '1',
      training: {},
    });
    cpSync(at('known'), at('other'), { recursive: true });
    for (const [name, bytes] of files) writeFileSync(join(at('other'), name), bytes);
    const { code, err } = await runCommand(['explain', '/bin/true', '--known', at('other')]);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/other 1 .*: known functions for the network abab/),
    ]);
    expect(err).not.toContain('Copy the folder again');
  });

  it('of a model that is no encoder, of a folder that is none, and of damage', async () => {
    const first = await runCommand([
      'explain',
      '/bin/true',
      '--model',
      'models/first',
      '--known',
      at('known'),
    ]);
    expect([first.code, first.err]).toEqual([2, expect.stringContaining('an encoder expected')]);
    const none = await runCommand(['explain', '/bin/true', '--known', folder]);
    expect([none.code, none.err]).toEqual([7, expect.stringContaining('no folder of known functions here')]);
    for (const name of ['index.bin', 'vectors.bin', 'texts.bin']) {
      cpSync(at('known'), at('damaged'), { recursive: true });
      truncateSync(join(at('damaged'), name), 9);
      const { code, err } = await runCommand(['explain', '/bin/true', '--known', at('damaged')]);
      expect([code, err]).toEqual([5, expect.stringContaining(name)]);
    }
  });
});

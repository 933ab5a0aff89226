/** What `binscribe study contrabin` says before it trains anything; trainings are tasks/contrabin/study.test.ts. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpoint } from '../../test/nn/import/support.ts';
import { runCommand } from '../../test/support/command.ts';
import { writeDataset } from '../../test/support/dataset.ts';
import { temporaryFolder } from '../../test/support/packages.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

/** A study that ships, of one data set of ours. */
function studyOf(change: (text: string) => string = (text) => text, name = 'contrabin'): void {
  const shipped = readFileSync(new URL(`../../studies/${name}.json`, import.meta.url), 'utf8');
  const ours = shipped
    .replace(/data\/(crowd|anghabench-gcc|poj104-o0|manuals)/g, at('data'))
    .replace(/"reexecution": "[^"]*"/, `"reexecution": "${at('tests.json')}"`);
  writeFileSync(at('study.json'), change(ours));
  writeFileSync(at('tests.json'), '[]');
}

const run = (...more: string[]) =>
  runCommand(['study', 'contrabin', at('study.json'), '--runs', at('runs'), ...more]);

describe('study contrabin', () => {
  it('says which data set is missing', async () => {
    studyOf();
    const { code, err } = await run();
    expect([code, err]).toEqual([
      3,
      expect.stringContaining(`${at('data')}/manifest.json: no manifest of a data set`),
    ]);
  });

  it('knows the questions and variants of the study', async () => {
    studyOf();
    const { code, err } = await run('--question', 'poetry');
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(
        '--question: one of names, summaries, source, algorithms, open-names expected, got poetry',
      ),
    ]);
    expect((await run('--variant', 'half')).err).toMatch(
      /one of without, masked, primary, full, [a-z, -]+ expected, got half/,
    );
  });

  it('leaves trainings of other settings alone, and says which differs', async () => {
    writeDataset(at('data'));
    studyOf();
    mkdirSync(at('runs'), { recursive: true });
    const begun = { pretraining: { floor: 8 }, variants: {}, questions: {}, datasets: {} };
    writeFileSync(at('runs/study.json'), JSON.stringify(begun));
    const { code, err } = await run();
    expect([code, err]).toEqual([2, expect.stringContaining('made with other settings: pretraining.floor')]);
    expect(JSON.parse(readFileSync(at('runs/study.json'), 'utf8'))).toEqual(begun);
    writeFileSync(at('runs/study.json'), '{');
    expect(await run()).toMatchObject({
      code: 5,
      err: expect.stringContaining('no settings of a study') as unknown,
    });
  });

  it('says what is wrong with a folder that an encoder begins with', async () => {
    writeDataset(at('data'));
    const encoder = JSON.stringify({ width: 128, inner: 256, layers: 6, heads: 4, dropout: 0.1 });
    const anchor = new RegExp(`"anchor": ${encoder.replaceAll(/([{}:,])/g, '\\s*$1\\s*')}`);
    const withAnchor = async (path: string) => {
      studyOf((text) => {
        expect(text).toMatch(anchor);
        return text.replace(anchor, `"anchor": ${JSON.stringify({ kind: 'folder', path })}`);
      });
      const { code, err } = await run('--runs', at('other-runs'));
      return [code, err];
    };
    expect(await withAnchor(at('nowhere'))).toEqual([
      7,
      expect.stringContaining(`${at('nowhere')}: there is no config.json`),
    ]);
    expect(await withAnchor(checkpoint('bert').where)).toEqual([
      4,
      expect.stringContaining('config.json: model_type "bert"; roberta expected'),
    ]);
    expect(await withAnchor(checkpoint('roberta').where)).toEqual([
      2,
      expect.stringContaining('limits.source: at most 48 tokens expected, as many as'),
    ]);
  });

  it('says which value of a variant makes no recipe', async () => {
    studyOf((text) => text.replace('"contrast": null', '"contrast.size": 0'));
    const { code, err } = await run();
    expect([code, err]).toEqual([2, expect.stringContaining('variant masked: ')]);
  });

  it('says which file of unit tests is missing', async () => {
    writeDataset(at('data'));
    studyOf();
    rmSync(at('tests.json'));
    const { code, err } = await run();
    expect([code, err]).toEqual([3, expect.stringContaining(`${at('tests.json')}: no Decompile-Eval`)]);
  });

  it.each<[what: string, flags: string[], change: (text: string) => string, message: string]>([
    [
      'without a question of its own',
      ['--question', 'source'],
      (text) => text,
      'kind "summaries" expected, got "source"',
    ],
    [
      'of two questions',
      ['--question', 'source', '--question', 'summaries'],
      (text) => text,
      '--export: one --question of summaries expected',
    ],
    [
      'of a writer that looks texts up',
      ['--question', 'summaries'],
      (text) => text,
      'looks up 4 texts of others, which no program holds: 0 hints expected',
    ],
    [
      'of no variant',
      ['--question', 'summaries', '--variant', 'full', '--variant', 'without'],
      (text) => text.replace('"hints": 4', '"hints": 0'),
      '--export: one --variant of without, masked, primary, full expected',
    ],
    [
      'of a seed that there is not',
      ['--question', 'summaries', '--variant', 'without', '--seed', '9'],
      (text) => text.replace('"hints": 4', '"hints": 0'),
      '--seed: one of 1, 2, 3 expected, got 9',
    ],
    [
      'of two seeds',
      ['--question', 'summaries', '--variant', 'without', '--seed', '1', '--seed', '3'],
      (text) => text.replace('"hints": 4', '"hints": 0'),
      '--export: one --seed of 1, 2, 3 expected',
    ],
  ])('refuses to export a writer %s', async (_, flags, change, message) => {
    studyOf(change);
    const variant = flags.includes('--variant') ? [] : ['--variant', 'full'];
    const { code, err } = await run('--export', at('writer'), ...variant, ...flags);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('joins no results of another kind, nor of other settings, before it trains anything', async () => {
    writeDataset(at('data'));
    studyOf();
    expect(await run('--join', at('nowhere.json'))).toMatchObject({
      code: 3,
      err: expect.stringContaining(`${at('nowhere.json')}: no results of a study`) as unknown,
    });
    writeFileSync(at('results.json'), '{"schema":"binscribe.ask/1"}');
    expect(await run('--join', at('results.json'))).toMatchObject({
      code: 5,
      err: expect.stringMatching(/results\.json: no results of a study: schema: /) as unknown,
    });
    const shipped = fileURLToPath(new URL('../../results/names-ir.json', import.meta.url));
    expect(await run('--join', shipped)).toMatchObject({
      code: 2,
      err: expect.stringContaining('results of another study: they differ in pretraining.') as unknown,
    });
    expect(await run('--join', shipped, '--export', at('writer'))).toMatchObject({ code: 2 });
  });

  it('writes no model of summaries over a folder of another kind', async () => {
    studyOf((text) => text, 'meaning');
    mkdirSync(at('meaning'), { recursive: true });
    for (const file of ['model.json', 'background.bin', 'weights.bin'])
      writeFileSync(at(`meaning/${file}`), '');
    const which = ['--variant', 'named', '--question', 'summaries-alone'];
    expect(await run(...which, '--export', at('meaning'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is a folder that is no model of summaries') as unknown,
    });
  });
});

/** `binscribe study predict` on a set that can be learned, at sizes that take seconds; a study that was stopped. */

import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import type { PredictReport } from '../tasks/predict/report.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-predict-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const VERBS = ['open', 'close', 'read', 'write', 'copy', 'sort', 'find', 'free'];
const NOUNS = ['file', 'list', 'string', 'buffer', 'table', 'tree', 'queue', 'socket'];
/** What an input says its text says: each word has one, so that pairs of a few verbs and nouns teach the others. */
const PAIRS = VERBS.flatMap((verb, v) =>
  NOUNS.map((noun, n) => ({ input: `v${v} n${n} n${n}`, output: `it will ${verb} the ${noun} and return` })),
);

function list(name: string, more: object = {}): string {
  const embedders = [{ input: { embedder: 'words' }, output: { embedder: 'words' } }];
  const set = { name: 'phrases', rows: 'pairs.jsonl', input: 'input', output: 'output', embedders, ...more };
  writeFileSync(at('pairs.jsonl'), PAIRS.map((pair) => JSON.stringify(pair)).join('\n'));
  writeFileSync(at(name), JSON.stringify({ sets: [set, { ...set, name: 'gone', rows: 'gone.jsonl' }] }));
  return at(name);
}

const SMALL = '--shares 0,1 --seeds 1 --limit 50 --held-out 10 --steps 200 --width 32 --resamples 10 --json';
const argvFor = (path: string, ...more: string[]): string[] => [
  'study',
  'predict',
  path,
  '-o',
  at('out'),
  ...SMALL.split(' '),
  ...more,
];

describe('study predict', () => {
  it('learns more of a set as it is than of the same set spoiled, and goes on where it was stopped', async () => {
    const argv = argvFor(list('list.json'));
    const { code, out, err } = await runCommand(argv);
    // On a machine that has much to do it also says how far it is.
    expect(err).toContain(`gone: left out: there is no ${at('gone.jsonl')}\n`);
    expect(code).toBe(0);
    const report = JSON.parse(out) as PredictReport;
    const [good, bad] = report.cells;
    expect([good.share, bad.share]).toEqual([0, 1]);
    expect(good.edc).toBeGreaterThan(0.3);
    expect(Math.abs(bad.edc)).toBeLessThan(0.2);
    for (const explainer of ['nearest input', 'sequence model'] as const) {
      expect(good.scores[explainer].METEOR, explainer).toBeGreaterThan(bad.scores[explainer].METEOR + 0.1);
    }
    // The texts are `it will VERB the NOUN and return`: what knows neither has five of seven words.
    expect(good.scores['sequence model'].GLEU).toBeGreaterThan(good.scores['most frequent text'].GLEU + 0.1);
    expect(report.sets).toMatchObject([{ set: 'phrases', heldOut: 10 }]);
    expect(readFileSync(at('out.md'), 'utf8')).toContain('| phrases | 100 % |');
    expect(readFileSync(at('out.html'), 'utf8').match(/<svg/g)).toHaveLength(8);
    expect(existsSync(at('out.partial.jsonl'))).toBe(false);

    // As if it had been killed after the first cell, which is then taken as it is.
    const { seed, seeds, shares, limit, resamples, steps, writer, cells, sets } = report;
    const named = (JSON.parse(readFileSync(at('list.json'), 'utf8')) as { sets: object[] }).sets;
    const head = { sets: named, shares, seeds, limit, heldOut: 10, steps, resamples, seed, writer };
    const first = { cell: { ...cells[0], edc: 0.123 }, facts: sets[0] };
    writeFileSync(at('out.partial.jsonl'), `${JSON.stringify(head)}\n${JSON.stringify(first)}\n`);
    appendFileSync(at('out.partial.jsonl'), '{"cell":');
    const again = JSON.parse((await runCommand(argv)).out) as PredictReport;
    expect(again.cells.map(({ edc }) => edc)).toEqual([0.123, bad.edc]);
    expect(again.cells[1].scores).toEqual(bad.scores);
  }, 300_000);

  it.each([
    [['--shares', '0,2'], 2, 'numbers from 0 to 1 with commas between'],
    [['--data', 'nowhere'], 3, 'no set of it is there'],
  ])('refuses %j', async (more, code, message) => {
    const ran = await runCommand(argvFor(list('wrong.json'), ...more));
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(message);
  });

  it('leaves out a set that is too small to hold anything out', async () => {
    const { code, err } = await runCommand(argvFor(list('small.json'), '--limit', '1'));
    expect(code).toBe(2);
    expect(err).toContain('phrases: left out: 1 items to learn from');
    expect(err).toContain('small.json: nothing to learn from');
  });
});

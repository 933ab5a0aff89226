/** Summaries and source as questions of a study, at sizes that take seconds. */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDataset } from '../../../test/support/dataset.ts';
import { PACKAGES } from '../../../test/support/labelled.ts';
import { bubblewrapWorks, temporaryFolder } from '../../../test/support/packages.ts';
import { functionsOf } from '../../corpus/c/functions.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import { renderStudy } from './report.ts';
import { runStudy, type QuestionReport, type StudyReport } from './study.ts';
import type { StudyProgress } from './ways.ts';
import { studyShape, type ContraBinStudy } from './study-shape.ts';

const root = temporaryFolder();
const at = (name: string): string => join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const network = { width: 16, inner: 16, layers: 2, heads: 2, dropout: 0 };
const training = { batchSize: 4, clipNorm: 1, epochs: 2 };

/** A function of Decompile-Eval's file that training has under another name, and one that it has not. */
const PROBLEMS = [
  {
    task_id: 1,
    c_func:
      'int func0(const char *a, const char *b) {\n  while (*a && *a == *b) a++, b++;\n  return *a - *b;\n}',
    c_test: '#include <assert.h>\nint main() { assert(func0("ab", "aa") == 1); assert(func0("", "") == 0); }',
  },
  {
    task_id: 2,
    c_func: 'double func0(double x, double y) {\n  return x < y ? x * x + y : x / y - 3 * x;\n}',
    c_test: '#include <assert.h>\nint main() { assert(func0(1, 2) == 3); assert(func0(4, 2) == -10); }',
  },
];

/** What rules make of every function of the set but `main`. */
const LIFTED = 'int func0(void)\n{\n    return 7;\n}\n';

function studyOf(): ContraBinStudy {
  const written = {
    datasets: [at('set')],
    validation: ['beta'],
    chosen: 8,
    judged: 8,
    neighbours: { hints: 2, candidates: 3 },
    decoder: {
      layers: 1,
      heads: 2,
      inner: 16,
      dropout: 0,
      smoothing: 0,
      longestCode: 64,
      longestText: 24,
      longestHints: 32,
    },
    training,
  };
  const source = { kind: 'source', name: 'source', ...written, reexecution: at('problems.json') };
  return studyShape.parse({
    pretraining: {
      datasets: [at('set')],
      validation: ['beta'],
      view: 'assembly',
      floor: 1,
      vocabularies: { code: 400, text: 400 },
      limits: { code: 64, source: 64, comment: 32 },
      network,
      anchor: network,
      masked: { trained: { ...training, batchSize: 8 }, anchored: training },
      contrast: null,
    },
    variants: [
      { name: 'without', description: 'no pre-training', preTrained: false, seeds: [1] },
      { name: 'masked', description: 'masked tokens', seeds: [1], questions: ['summaries'] },
    ],
    questions: [
      { kind: 'summaries', name: 'summaries', ...written },
      { kind: 'open-names', name: 'open-names', ...written },
      ...(bubblewrapWorks() ? [source] : []),
    ],
    compared: ['masked', 'without'],
  });
}

/** @param stop whether it is stopped at a report */
function run(
  runs: string,
  stop: (told: StudyProgress) => boolean = () => false,
): Promise<StudyReport | null> {
  const controller = new AbortController();
  return runStudy(studyOf(), {
    runtime: nodeRuntime(),
    storeOf: (folder) => fileStore(at(join(runs, folder))),
    report: (told) => {
      if (stop(told)) controller.abort();
    },
    signal: controller.signal,
  });
}

describe('what is written, as a question', () => {
  let report: StudyReport;
  let summaries: QuestionReport;
  let names: QuestionReport;
  let source: QuestionReport | undefined;

  beforeAll(async () => {
    writeFileSync(at('problems.json'), JSON.stringify(PROBLEMS));
    writeDataset(at('set'), (row) => ({
      ...row,
      lifted: row.name === 'main' ? null : LIFTED,
      source: functionsOf(PACKAGES[row.package]).find(({ name }) => name === row.name)?.text ?? null,
      text: `${row.name === 'main' ? 'runs' : 'helps'} the program ${row.package}`,
      text_kind: 'comment',
    }));
    report = (await run('runs'))!;
    [summaries, names, source] = report.questions;
  }, 240_000);

  it('is judged item by item beside the nearest code', () => {
    for (const { facts, clusters, baselines, results } of report.questions) {
      expect(facts['test texts']).toBe(clusters.length);
      expect(clusters.length).toBeGreaterThan(0);
      expect(Object.keys(baselines)[0]).toBe('nearest by opcode pairs');
      for (const { figures, items, intervals } of [...Object.values(baselines), ...results]) {
        const [first] = Object.values(figures);
        expect(items).toHaveLength(clusters.length);
        expect(items.reduce((a, b) => a + b, 0) / items.length).toBeCloseTo(first, 9);
        for (const [name, value] of Object.entries(figures)) {
          expect(intervals![name].low).toBeLessThanOrEqual(value + 1e-9);
          expect(intervals![name].high).toBeGreaterThanOrEqual(value - 1e-9);
        }
      }
    }
    expect(summaries.results.map(({ variant, seed }) => [variant, seed])).toEqual([
      ['without', 1],
      ['masked', 1],
    ]);
    expect(Object.keys(summaries.baselines['nearest by opcode pairs'].figures)).toEqual([
      'BLEU-4',
      'GLEU',
      'ROUGE-2',
      'METEOR',
      'exact match',
    ]);
    // All texts of the training are "… the program alpha", of which three words are right.
    expect(summaries.baselines['nearest by opcode pairs'].figures['BLEU-4']).toBeGreaterThan(0.3);
    expect(summaries.baselines['nearest by opcode pairs'].figures['exact match']).toBe(0);
  });

  it('is names in words, of which training has some', () => {
    const { facts, baselines, results } = names;
    // xcopy, compare and rare of gamma are in no other package.
    expect(facts['test functions whose text training has']).toBeLessThan(facts['test texts']);
    const [nearest] = Object.values(baselines);
    expect(Object.keys(nearest.figures)).toEqual([
      'token F1',
      'precision of tokens',
      'recall of tokens',
      'exact match',
    ]);
    expect(results[0].figures).toHaveProperty(['token F1 of the first beam']);
  });

  it.skipIf(!bubblewrapWorks())('compiles source and runs the unit tests of what was never learned', () => {
    const { facts, baselines, results } = source!;
    expect(facts['functions with unit tests']).toBe(2);
    const [nearest] = Object.values(baselines);
    // What compares strings is known, at each level by a name of its own; what computes is not.
    for (const level of ['O0', 'O1', 'O2', 'O3']) {
      expect(nearest.figures[`re-executable, -${level}`]).toBe(0.5);
      const lifted = baselines['lifted by rules, else the nearest by pairs and words'];
      expect(lifted.figures[`re-executable, -${level}`]).toBe(1);
      for (const { figures } of results) {
        // Whatever the writer writes, what rules make of the code is a candidate too.
        expect(figures[`re-executable, -${level}`]).toBe(1);
        expect(figures[`compiles with its test, -${level}`]).toBe(1);
      }
    }
    const lifted = baselines['lifted by rules, else the nearest by pairs and words'];
    const likest = baselines['lifted or nearest, the one with the likest compiled code'];
    for (const level of ['O0', 'O1', 'O2', 'O3']) {
      // Rules know what computes, at every level.
      expect(lifted.figures[`re-executable, -${level}`]).toBe(1);
      expect(likest.figures[`re-executable, -${level}`]).toBe(1);
    }
    expect(facts['test functions that rules lift']).toBeGreaterThan(0);
    expect(Object.keys(lifted.figures)).toEqual(Object.keys(nearest.figures));
    for (const { figures } of results) {
      expect(figures['lifted'] + figures['written, not found']).toBeLessThanOrEqual(1);
    }
    expect(summaries.results[0].figures).not.toHaveProperty('lifted');
    const checked = baselines['of the 3 nearest the one with the likest compiled code'];
    expect(checked.figures['compiles']).toBeGreaterThanOrEqual(nearest.figures['compiles']);
    expect(checked.figures['compiles']).toBeGreaterThan(0);
  });

  it('goes on where it was stopped, to the same numbers', async () => {
    // In a training; and when the candidates of the validation side are there, and those of the test side are not.
    const inTraining = (told: StudyProgress): boolean => told.stage === 'training' && told.step === 1;
    expect(await run('other', inTraining)).toBeNull();
    const asked = report.questions.at(-1)!.results.at(-1)!;
    const last = `${asked.variant}/seed-${asked.seed}/${asked.question}`;
    const inJudging = (told: StudyProgress): boolean => told.stage === 'judging' && told.what === last;
    expect(await run('other', inJudging)).toBeNull();
    expect(existsSync(at(`other/${last}/candidates-validation-0.json`))).toBe(true);
    expect(existsSync(at(`other/${last}/verdict.json`))).toBe(false);
    expect(await run('other')).toEqual(report);
  }, 240_000);

  it('tells of it in tables', () => {
    const text = renderStudy({
      schema: 'binscribe.contrabin/1',
      tool: 'test',
      device: 'cpu',
      study: studyOf(),
      datasets: {},
      ...report,
    });
    expect(text).toContain('masked − nearest by opcode pairs');
    // Cases of what masked says, of the baseline and of the other way.
    for (const { cases, results, baselines } of report.questions) {
      expect(cases.length).toBeGreaterThan(0);
      const ways = new Set(results.map(({ variant }) => variant));
      for (const one of cases) {
        expect(one.told.map(({ way }) => way)).toEqual(['nearest by opcode pairs', ...ways]);
        expect(text).toContain(`- \`${one.what}\`: `);
      }
      for (const verdict of [...results, ...Object.values(baselines)])
        expect(verdict).not.toHaveProperty('told');
    }
    expect(text).not.toMatch(/NaN|undefined|null/);
    // Whoever is asked once has an interval over packages or problems.
    expect(text).toMatch(/\| \*\*without\*\*: no pre-training \| 1 \| \d+\.\d+ \(\d+\.\d+–\d+\.\d+\) \|/);
  });

  it.skipIf(!bubblewrapWorks())('does not run what was learned from', async () => {
    const study = studyOf();
    const manifest = JSON.parse(readFileSync(at('set/manifest.json'), 'utf8')) as Record<string, unknown>;
    const groups = { train: 1, test: 1 };
    const snippets = {
      inputs: [],
      sample: 1,
      testShare: 0.2,
      notes: [],
      items: groups,
      groups,
      rejected: {},
    };
    const collection = { ...snippets, kind: 'humaneval', table: [] };
    writeFileSync(at('set/manifest.json'), JSON.stringify({ ...manifest, snippets: collection }));
    await expect(
      runStudy(study, {
        runtime: nodeRuntime(),
        storeOf: (folder) => fileStore(at(join('third', folder))),
        only: { questions: ['source'] },
        report: () => undefined,
        signal: new AbortController().signal,
      }),
    ).rejects.toThrow('HumanEval is learned from');
  });
});

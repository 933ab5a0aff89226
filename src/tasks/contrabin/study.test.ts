/** A study at sizes that take seconds: functions stand for programs, what they are called for problems. */

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDataset } from '../../../test/support/dataset.ts';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import { renderEmbeddings } from './embeddings-picture.ts';
import { joined } from './joining.ts';
import { renderStudy } from './report.ts';
import { type QuestionReport, runStudy, type StudyOptions, type StudyReport } from './study.ts';
import { type StudyDocument, studyDocumentShape } from './study-document.ts';
import { studyShape, type ContraBinStudy } from './study-shape.ts';

/** Of CodeXGLUE's split the first two train, the next two validate, the last two test. */
const PROBLEMS: Readonly<Record<string, string>> = {
  xalloc: '1',
  xcopy: '2',
  hash: '70',
  compare: '71',
  main: '90',
  total: '91',
  rare: '91',
};

const root = temporaryFolder();
const at = (name: string): string => join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const network = { width: 16, inner: 16, layers: 2, heads: 2, dropout: 0 };
const training = { batchSize: 2, clipNorm: 1, epochs: 2 };

function studyOf(): ContraBinStudy {
  return studyShape.parse({
    pretraining: {
      datasets: [at('named')],
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
      { name: 'without', description: 'no pre-training', preTrained: false, seeds: [1, 2] },
      { name: 'masked', description: 'masked tokens', seeds: [1] },
      {
        name: 'longer',
        description: 'more masked tokens',
        set: { 'masked.trained.epochs': 4 },
        seeds: [1],
        questions: ['names'],
      },
    ],
    questions: [
      {
        kind: 'retrieval',
        name: 'retrieval',
        dataset: at('problems'),
        builds: ['gcc-12 O0', 'gcc-12 O2'],
        likeness: { size: 8, temperature: 0.1, weight: 1 },
        programs: 2,
        judged: 10,
        dropout: 0,
        training,
      },
      { kind: 'problems', name: 'problems', dataset: at('problems'), dropout: 0, training },
      {
        kind: 'names',
        name: 'names',
        datasets: [at('named')],
        validation: ['beta'],
        names: 3,
        packages: 1,
        dropout: 0,
        training,
      },
    ],
    embeddings: {
      dataset: at('problems'),
      build: 'gcc-12 O0',
      functions: 5,
      neighbours: 2,
      followed: [['xcopy', 'rare']],
    },
    compared: ['masked', 'without'],
  });
}

function run(
  runs: string,
  controller = new AbortController(),
  stopAt = Infinity,
  only: StudyOptions['only'] = {},
): Promise<StudyReport | null> {
  let steps = 0;
  return runStudy(studyOf(), {
    only,
    runtime: nodeRuntime(),
    storeOf: (folder) => fileStore(at(join(runs, folder))),
    report: ({ stage }) => {
      if (stage === 'training' && ++steps === stopAt) controller.abort();
    },
    signal: controller.signal,
  });
}

describe('a study of pre-training', () => {
  let report: StudyReport;

  beforeAll(async () => {
    writeDataset(at('problems'), (row) => ({
      ...row,
      package: PROBLEMS[row.name],
      binary: `${row.package}-${row.compiler}`,
    }));
    // The packages share functions; here each has written its own.
    writeDataset(at('named'), (row) => ({
      ...row,
      normalized_hash: `${row.package} ${row.normalized_hash}`,
      source: `int ${row.name}() { /* of ${row.package} */ }`,
    }));
    report = (await run('runs'))!;
  });

  it('asks each way each question from each of its seeds', () => {
    expect(
      report.questions.map(({ name, results }) => [name, results.map((r) => [r.variant, r.seed])]),
    ).toEqual(
      ['retrieval', 'problems', 'names'].map((name) => [
        name,
        [['without', 1], ['without', 2], ['masked', 1], ...(name === 'names' ? [['longer', 1]] : [])],
      ]),
    );
    const stages = { 'masked-trained': expect.anything() as unknown };
    expect(report.preTraining).toEqual([
      { variant: 'masked', seed: 1, stages },
      { variant: 'longer', seed: 1, stages },
    ]);
  });

  it('judges what training has not seen', () => {
    const [retrieval, problems, names] = report.questions;
    // main of three packages, and total and rare, by gcc-12 at two levels.
    expect(retrieval.facts).toMatchObject({ 'training texts': 12, 'validation texts': 12, 'test texts': 10 });
    expect(retrieval.clusters.filter((one) => one === retrieval.clusters[0])).toHaveLength(6);
    const sizes = ['training', 'validation', 'test'].map((side) => problems.facts[`${side} texts`]);
    // Five functions of alpha, six of beta and gamma, by two compilers at four levels.
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(17 * 8);
    // Of the three names in gamma all 8 builds are asked, but for code that two levels share.
    expect(names.facts).toMatchObject({ names: 3, 'names in the test': 3, 'test functions': 6 });
    expect(names.facts['test texts']).toBeGreaterThan(15);
    for (const { baselines, results, clusters } of report.questions) {
      for (const { figures, items } of [...Object.values(baselines), ...results]) {
        expect(items).toHaveLength(clusters.length);
        const [first] = Object.values(figures);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(first).toBeLessThanOrEqual(1);
        expect(items.reduce((a, b) => a + b, 0) / items.length).toBeCloseTo(first, 6);
      }
    }
    for (const { figures } of names.results) {
      expect(Object.keys(figures).slice(4)).toEqual([
        ...['accuracy', 'MAP', 'MAR', 'MAF1'].map((figure) => `${figure} with words`),
        'share of words',
      ]);
      // The nearest text has the same name here: who has learned little goes by that.
      expect(figures['accuracy with words']).toBeGreaterThanOrEqual(figures['accuracy']);
      expect(figures['accuracy with words']).toBeGreaterThan(0.9);
    }
    // The same source at two levels has opcodes in common; a name of another package has the same code.
    const figure = (question: number, baseline: string): number =>
      Object.values(report.questions[question].baselines[baseline].figures)[0];
    expect(figure(0, 'opcode pairs')).toBeGreaterThan(figure(0, 'random'));
    expect(figure(2, 'nearest by opcode pairs')).toBe(1);
  });

  it('shows functions as they are embedded before tuning', () => {
    expect(report.embeddings.map(({ variant }) => variant)).toEqual(['without', 'masked', 'longer']);
    for (const { clusters, silhouette, agreement, chance, followed, places } of report.embeddings) {
      // Of six on the test side at -O0; those that are followed stand first.
      expect(places).toHaveLength(5);
      expect(clusters).toBeGreaterThanOrEqual(2);
      expect(Math.abs(silhouette)).toBeLessThanOrEqual(1);
      expect(agreement).toBeGreaterThanOrEqual(0);
      expect(chance).toBe(2 / 4);
      expect(followed).toHaveLength(1);
      expect(followed[0].cosine).toBeLessThanOrEqual(1 + 1e-6);
      expect(followed[0].nearer * 4).toBeCloseTo(Math.round(followed[0].nearer * 4), 9);
    }
    const [one, other] = report.embeddings;
    expect(one.places).not.toEqual(other.places);
    const picture = renderEmbeddings(
      report.embeddings.map((found) => ({ title: found.variant, report: found })),
      [['sort<', 'order']],
    );
    expect(picture.match(/class="dot"/g)).toHaveLength(3 * 3);
    // Two in each map, and one where the pair is named.
    expect(picture.match(/class="ring p0"/g)).toHaveLength(3 * 2 + 1);
    expect(picture).toContain('>sort&lt;, order</text>');
    expect(picture).not.toMatch(/NaN|undefined/);
  });

  it('goes on where it was stopped, to the same numbers', async () => {
    for (const stopAt of [3, 12, 40]) expect(await run('other', new AbortController(), stopAt)).toBeNull();
    expect(await run('other')).toEqual(report);
  });

  it('asks from one seed alone, of the ways that have it', async () => {
    const part = (await run('runs', new AbortController(), Infinity, { questions: ['names'], seeds: [2] }))!;
    const second = report.questions[2].results.filter(({ seed }) => seed === 2);
    expect(part.questions.map(({ results }) => results)).toEqual([second]);
    // Maps are of first seeds.
    expect(part.embeddings).toEqual([]);
  });

  const documentOf = (of: StudyReport, change: Partial<StudyDocument> = {}): StudyDocument => ({
    schema: 'binscribe.contrabin/1',
    tool: 'test',
    device: 'cpu',
    study: studyOf(),
    datasets: { 'tests.json': 'a', [at('named')]: 'first' },
    ...of,
    ...change,
  });
  const part = async (only: StudyOptions['only']) =>
    documentOf((await run('runs', new AbortController(), Infinity, only))!);

  it('done in parts is joined to the same results, read again from what was written', async () => {
    const whole = documentOf(report);
    for (const [some, others] of [
      [{ seeds: [1] }, { seeds: [2] }],
      [{ questions: ['names', 'retrieval'] }, { questions: ['problems'] }],
      [{ variants: ['masked', 'longer'] }, { variants: ['without'] }],
    ]) {
      const [one, other] = [await part(some), await part(others)];
      const written = studyDocumentShape.parse(JSON.parse(JSON.stringify(one)));
      const found = joined(written, other);
      // Of cases, those of the first compared way.
      expect(found.questions.map(({ cases }) => cases.map(({ what }) => what))).toEqual(
        whole.questions.map(({ cases }) => cases.map(({ what }) => what)),
      );
      const uncased = (document: StudyDocument) => ({
        ...document,
        questions: document.questions.map(({ cases: _, ...rest }) => rest),
      });
      expect(uncased(found)).toEqual(uncased(whole));
      expect(uncased(joined(other, written))).toEqual(uncased(whole));
    }
  });

  it('is not joined with what is not of it, and says why', async () => {
    const now = await part({ questions: ['names'], variants: ['without'] });
    const refuses = (change: Partial<StudyDocument>, why: RegExp) =>
      expect(() => joined(documentOf(report, change), now)).toThrow(why);
    const { pretraining, questions } = studyOf();
    refuses({ study: { ...studyOf(), pretraining: { ...pretraining, floor: 2 } } }, /in pretraining\.floor/);
    const others = questions.map((one) => (one.kind === 'names' ? { ...one, names: 4 } : one));
    refuses({ study: { ...studyOf(), questions: others } }, /in questions\.names\.names/);
    refuses({ datasets: { 'tests.json': 'b' } }, /in datasets\.tests\.json/);
    refuses({ device: 'cuda' }, /in device/);
    refuses({ material: { ...report.material, 'tokens of code': 1 } }, /in material\.tokens of code/);
    const without = ({ truth: _, ...rest }: QuestionReport): QuestionReport => rest;
    refuses({ questions: report.questions.map(without) }, /of names they lack the answers/);
    const clusters = report.questions[2].clusters.map((cluster) => cluster + 1);
    const drawn = [...report.questions.slice(0, 2), { ...report.questions[2], clusters }];
    refuses({ questions: drawn }, /in names\.clusters/);
  });

  it('is joined over data sets that were built again, and tells of their manifests', async () => {
    const now = await part({ questions: ['names'], variants: ['without'] });
    const earlier = documentOf(report, { datasets: { ...now.datasets, [at('named')]: '0'.repeat(64) } });
    const found = joined(earlier, now);
    expect([found.datasets, found.builtAgain]).toEqual([now.datasets, { [at('named')]: ['0'.repeat(64)] }]);
    expect(renderStudy(found)).toContain(
      `different builds of ${at('named')}, with the manifests \`${'0'.repeat(12)}\`, \`first\``,
    );
    // A third part keeps what it is told, also where its own build is one of those.
    expect(joined(found, now).builtAgain).toEqual(found.builtAgain);
    expect(joined(found, { ...now, datasets: earlier.datasets }).builtAgain).toEqual({
      [at('named')]: ['first'],
    });
    expect(joined(earlier, { ...now, datasets: earlier.datasets })).not.toHaveProperty('builtAgain');
  });

  it('trains by masked tokens once for all ways that do so alike', () => {
    const isThere = (path: string): boolean => existsSync(at(join('runs', path, 'result.json')));
    expect(isThere('_common/seed-1/masked-trained')).toBe(true);
    expect(isThere('longer/seed-1/masked-trained')).toBe(true);
    expect(isThere('masked/seed-1/masked-trained')).toBe(false);
    const [masked, longer] = report.preTraining.map(({ stages }) => stages['masked-trained']);
    expect(masked).not.toEqual(longer);
  });

  it('tells of it in a table', () => {
    const { differences } = report;
    const [nearest] = Object.keys(report.questions[2].baselines);
    const ofNames = differences.filter(({ question }) => question === 'names');
    expect(ofNames.map(({ figure, better, worse }) => [figure, better, worse])).toEqual(
      [
        ['masked', 'without'],
        ['masked', nearest],
        ['without', nearest],
      ].flatMap((ways) => [
        ['accuracy', ...ways],
        ['MAF1', ...ways],
      ]),
    );
    expect(differences).toHaveLength(12);
    for (const { mean, low, high } of differences) {
      expect(low).toBeLessThanOrEqual(mean);
      expect(high).toBeGreaterThanOrEqual(mean);
    }
    const text = renderStudy(documentOf(report));
    expect(text).toContain('| **masked**: masked tokens | 1 |');
    // Names are told, problems are numbers.
    expect(report.questions.map(({ cases }) => cases.length > 0)).toEqual([false, false, true]);
    const names = report.questions[2].cases.map(({ reference }) => reference);
    for (const { told } of report.questions[2].cases) {
      expect(told.map(({ way }) => way)).toEqual([nearest, 'without', 'masked', 'longer']);
    }
    expect(names.every((name) => /^\w+$/.test(name))).toBe(true);
    expect(text).not.toMatch(/NaN|undefined|null/);
  });
});

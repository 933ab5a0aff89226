/** A model of meaning from its training to its answers, at sizes that take seconds. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../../test/support/command.ts';
import { compile } from '../../../test/support/compile.ts';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { stubModel } from '../../../test/support/stub-model.ts';
import {
  functionsOf,
  type Subject,
  SUBJECTS,
  subjectProgram,
  writeSubjects,
} from '../../../test/support/subjects.ts';
import { openMeaning } from '../../cli/model.ts';
import { askSchema, type Asked } from '../../explain/ask-schema.ts';
import { type Report, reportSchema } from '../../explain/schema.ts';
import { writeDocument } from '../../models/document.ts';
import { dot } from '../../models/meaning/calibration.ts';
import type { MeaningModel } from '../../models/meaning/model.ts';
import { type MeaningNetwork, openSide } from '../../models/meaning/network.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import { exportVariant } from './export-job.ts';
import type { AskDocument } from '../ask/report.ts';
import { renderLabelStudy } from '../labels/report.ts';
import { studyLabels } from '../labels/study.ts';
import { collectMaterial } from './material.ts';
import type { MeaningManifest } from './meaning.ts';
import { preTrain } from './pretraining.ts';
import { studyShape } from './study-shape.ts';

const root = temporaryFolder();
const at = (name: string): string => join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const network = { width: 16, inner: 24, layers: 2, heads: 2, dropout: 0 };
const training = {
  optimizer: { name: 'adamW', learningRate: 0.01 },
  batchSize: 12,
  clipNorm: 1,
  checkpointEvery: 20,
};
const study = studyShape.parse({
  pretraining: {
    datasets: [at('data')],
    validation: ['beta'],
    view: 'assembly',
    floor: 4,
    vocabularies: { code: 400, text: 400 },
    limits: { code: 128, source: 128, comment: 32 },
    network,
    anchor: network,
    // An anchor of a few epochs tells paraphrases apart no better than chance.
    masked: { trained: { ...training, epochs: 2 }, anchored: { ...training, epochs: 25 } },
    contrast: {
      anchored: true,
      size: 16,
      dropout: 0,
      objective: {
        comparison: 'InfoNCE',
        temperature: 0.3,
        interpolation: { joining: 'sum', dropout: 0 },
      },
      leftOut: ['source'],
      epochs: { primary: 20, linear: 0, 'non-linear': 0 },
      training,
    },
  },
  variants: [{ name: 'primary', description: 'primary alone', seeds: [1] }],
  questions: [
    {
      kind: 'names',
      name: 'names',
      datasets: [at('data')],
      validation: ['beta'],
      names: 2,
      packages: 1,
      dropout: 0,
      training: { ...training, epochs: 1 },
    },
  ],
  compared: ['primary', 'primary'],
});

/** Of a program whose functions nothing was learned from. */
const program = subjectProgram('gamma');
/** As no comment is worded. */
const QUESTIONS: Readonly<Record<Subject, string>> = {
  checksum: 'Update the checksum with bytes of a buffer.',
  memory: 'Allocate memory for elements, and die.',
  polynomial: 'the polynomial at a point',
  search: 'Search a list for this key.',
};

const asking = async (question: string, ...more: string[]): Promise<Asked> => {
  const { code, out, err } = await runCommand([
    'ask',
    program,
    question,
    '--model',
    at('model'),
    '--json',
    ...more,
  ]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return askSchema.parse(JSON.parse(out));
};

const explaining = async (...more: string[]): Promise<Report> => {
  const openModel = () => Promise.resolve(stubModel());
  const { code, out, err } = await runCommand(['explain', program, '--json', ...more], { openModel });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return reportSchema.parse(JSON.parse(out));
};

/** The folder calibrated otherwise, as if it had been written so. */
function withCalibration(name: string, change: object): string {
  const {
    schema: _,
    check: __,
    files,
    calibration,
    ...fields
  } = JSON.parse(readFileSync(at('model/model.json'), 'utf8')) as Record<string, unknown>;
  const other = { ...fields, calibration: { ...(calibration as object), ...change } };
  const parts = Object.keys(files as object).map(
    (file) => [file, readFileSync(at(`model/${file}`))] as const,
  );
  mkdirSync(at(name), { recursive: true });
  for (const [file, bytes] of writeDocument(other, new Map(parts))) {
    writeFileSync(at(join(name, file)), bytes);
  }
  return at(name);
}

describe('a model of meaning', () => {
  let manifest: MeaningManifest;
  let model: MeaningModel;
  const storeOf = (folder: string) => fileStore(at(join('runs', folder)));
  const order = { variant: study.variants[0], seed: 1 };
  const options = {
    runtime: nodeRuntime(),
    storeOf,
    report: () => undefined,
    signal: new AbortController().signal,
  };

  beforeAll(async () => {
    writeSubjects(at('data'));
    manifest = (await exportVariant(study, { ...order, to: at('model') }, options))!;
    model = (await openMeaning(at('model')))!;
  });
  afterAll(() => model.close());

  it('has learned what comments of strangers are about, and says how well', () => {
    // A quarter of the others is of the same subject: of them half stand lower, of the rest all.
    const best = 0.75 + 0.25 / 2;
    const share = manifest.figures['share of other functions that stand lower than the own, by the network'];
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(best + 0.1);
    const card = readFileSync(at('model/card.md'), 'utf8');
    expect(card).toContain(`${Math.round(100 * share)} % stand lower`);
    expect(card).toContain('- alpha 1.0');
    expect(card).not.toMatch(/NaN|undefined|beta 1.0/);
  });

  it('is the same bytes when it is made again from the training that is there', async () => {
    await exportVariant(study, { ...order, to: at('again') }, options);
    for (const file of [
      'model.json',
      'weights.bin',
      'vocabularies.bin',
      'lexicon.bin',
      'background.bin',
      'card.md',
    ]) {
      expect(readFileSync(at(`again/${file}`)).equals(readFileSync(at(`model/${file}`)))).toBe(true);
    }
  });

  it('gives the vectors of the float32 weights but for a degree or two', async () => {
    const { pretraining: recipe } = study;
    const material = await collectMaterial({
      ...recipe,
      validation: new Set(recipe.validation),
      progress: () => undefined,
    });
    const trained = (await preTrain(material, recipe, {
      ...options,
      seed: 1,
      storeOf: (folder) => storeOf(`primary/seed-1/${folder}`),
    }))!;
    const { code, text } = material.vocabularies;
    const sizes: MeaningNetwork = {
      code: { ...network, vocabulary: code.size },
      text: { ...network, vocabulary: text.size },
      size: 16,
    };
    const comments = functionsOf('gamma').map(({ comment }) => comment);
    const encoder = await openSide(options.runtime, sizes, 'text', trained.parameters);
    const exact = await encoder.encode(comments.map((comment) => text.encode(comment, 32)));
    await encoder.close();
    const found = await model.readTexts(comments);
    for (const [i, { vector }] of found.entries()) {
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
      expect(dot(vector, exact[i])).toBeGreaterThan(0.999);
    }
    expect(manifest.figures['smallest cosine with float32 weights']).toBeGreaterThan(0.999);
  });

  it.each(SUBJECTS)(
    'ranks functions by what they do, in other words than comments have: %s',
    async (subject) => {
      const folder = withCalibration('always', { thresholds: [{ functions: 10, score: 0 }] });
      const { functions, asked } = await asking(QUESTIONS[subject], '--limit', '12', '--model', folder);
      expect(asked).toBeGreaterThanOrEqual(functionsOf('gamma').length);
      expect(functions).toHaveLength(12);
      // Twelve do it: by chance there would be three of them.
      expect(functions.filter(({ symbol }) => symbol?.startsWith(subject)).length).toBeGreaterThanOrEqual(9);
      for (const [i, { score }] of functions.entries()) {
        expect(score).toBeLessThanOrEqual(functions[Math.max(0, i - 1)].score);
      }
    },
  );

  it('answers from its threshold on, and else says that nothing stands out', async () => {
    const [never, always] = [1, 0].map((score) =>
      withCalibration(`from-${score}`, { thresholds: [{ functions: 10, score }] }),
    );
    const asked = await asking(QUESTIONS.memory, '--model', never);
    expect(asked).toMatchObject({ abstained: true, functions: [], threshold: 1 });
    expect(asked.nearest!.symbol).toContain('memory');
    const none = await runCommand(['ask', program, QUESTIONS.memory, '--model', never]);
    expect(none.code).toBe(0);
    expect(none.out).toContain(`The nearest, ${asked.nearest!.address},`);
    const some = await runCommand(['ask', program, QUESTIONS.memory, '--model', always, '--limit', '2']);
    const [first, second, ...more] = some.out.trimEnd().split('\n').slice(-2);
    expect(first).toContain(asked.nearest!.address);
    expect(first).toContain('calls malloc puts abort');
    expect(second).toContain('memory_');
    expect(more).toEqual([]);
  });

  it('labels functions with the sentences that speak for them', async () => {
    const openModel = () => Promise.resolve(stubModel());
    const own = Object.values(QUESTIONS);
    const folder = withCalibration('sure', {
      label: { network: 6, lexicon: 0, words: 0, intercept: -3 },
    });
    const labels = own.flatMap((question) => ['--labels', question.replaceAll(',', '').replaceAll('.', '')]);
    const report = await explaining('--meaning', folder, ...labels);
    expect(report.meaning!.id).toMatch(/^meaning /);
    let labelled = 0;
    for (const { symbol, labels: given, abstained, kind } of report.functions) {
      expect(abstained.includes('labels') && given.length > 0).toBe(false);
      if (kind !== 'function') expect(given).toEqual([]);
      const subject = SUBJECTS.find((one) => symbol?.startsWith(one));
      const [best] = given;
      if (subject === undefined || best === undefined) continue;
      labelled++;
      expect(best.prompt).toBe(best.label);
      expect(best.score).toBeGreaterThanOrEqual(0.5);
    }
    expect(labelled).toBeGreaterThan(5);
    const text = await runCommand(['explain', program, '-v', '--all', '--meaning', folder, ...labels], {
      openModel,
    });
    expect(text.out).toMatch(/^ {4}labels {5}.+ \(\d+ %\), (for .+; )?cosine -?\d\.\d\d$/m);
    expect(text.out).toMatch(/^ {2}labels {5}.+ \d+/m);
    for (const [form, shown] of [
      ['--csv', '"labels","label_score"'],
      ['--html', 'cosine'],
    ]) {
      const { out } = await runCommand(['explain', program, form, '--meaning', folder, ...labels], {
        openModel,
      });
      expect(out).toContain(shown);
    }
  });

  it('gives the labels of the default list from several sentences each', async () => {
    const folder = withCalibration('generous', {
      label: { network: 0.001, lexicon: 0, words: 0, intercept: 10 },
    });
    const report = await explaining('--meaning', folder);
    const given = report.functions.flatMap(({ labels }) => labels);
    expect(given.length).toBeGreaterThan(50);
    // Three of them at most.
    expect(Math.max(...report.functions.map(({ labels }) => labels.length))).toBe(3);
    expect(given.every(({ label, prompt }) => prompt !== label && prompt.endsWith('.'))).toBe(true);
  });

  it('leaves a report as it is where no model of meaning is there, or none is wanted', async () => {
    const openMeaning = () => Promise.resolve(null);
    const openModel = () => Promise.resolve(stubModel());
    const without = await runCommand(['explain', program, '--json'], { openModel, openMeaning });
    const report = reportSchema.parse(JSON.parse(without.out));
    expect(report.functions.every(({ labels }) => labels.length === 0)).toBe(true);
    expect(report).not.toHaveProperty('meaning');
    expect(await explaining('--no-labels', '--meaning', at('model'))).toEqual(report);
  });

  it('says what is missing, damaged or of another kind', async () => {
    const openMeaning = () => Promise.resolve(null);
    const openModel = () => Promise.resolve(stubModel());
    for (const argv of [
      ['ask', program, 'sorts'],
      ['explain', program, '--labels', 'sorting,parsing'],
    ]) {
      const { code, out, err } = await runCommand(argv, { openMeaning, openModel });
      expect({ code, out }).toEqual({ code: 7, out: '' });
      expect(err).toMatch(/^binscribe: .+ no model of meaning here: .+\n {2}Name a folder .+--export/);
    }
    const none = await runCommand(['ask', program, 'sorts', '--model', at('nowhere')]);
    expect(none).toMatchObject({ code: 7, out: '' });
    const other = await runCommand(['ask', program, 'sorts', '--model', 'models/first']);
    expect(other).toMatchObject({
      code: 5,
      err: expect.stringContaining('"meaning" expected, got "first"') as unknown,
    });
    const broken = withCalibration('broken', {});
    for (const file of ['weights.bin', 'vocabularies.bin', 'background.bin']) {
      const whole = readFileSync(join(broken, file));
      const bytes = Buffer.from(whole);
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(join(broken, file), bytes);
      const { code, err } = await runCommand(['ask', program, 'sorts', '--model', broken]);
      writeFileSync(join(broken, file), whole);
      expect([code, err]).toEqual([5, expect.stringContaining(`${broken}/${file}: SHA-256`)]);
    }
    const wordless = await runCommand(['ask', program, ' ?! ', '--model', at('model')]);
    expect(wordless).toMatchObject({
      code: 2,
      err: expect.stringContaining('a question in words') as unknown,
    });
  });

  it('is judged by comments of test packages, beside chance', async () => {
    const result = at('results/ask');
    const build = ['--build', 'gcc-12 O1'];
    const argv = ['study', 'ask', at('data'), '--model', at('model'), ...build, '-o', result];
    const { code, err } = await runCommand(argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { sets, packages } = JSON.parse(readFileSync(`${result}.json`, 'utf8')) as AskDocument;
    expect(packages.map((one) => one.package)).toEqual(['gamma']);
    const [{ questions, pool, ways }, fresh] = sets;
    expect(questions).toBe(48);
    // What is common to gamma and the others is neither code nor text.
    expect(fresh).toMatchObject({ questions: 48, ways });
    const { smallest, largest } = pool;
    expect(smallest).toBe(largest);
    expect(ways['chance']['recall@10'].value).toBeCloseTo(10 / largest, 9);
    // Twelve functions are of the subject: who knows it has 10/12, chance 10/48.
    expect(ways['the network alone']['recall@10'].value).toBeGreaterThan(0.4);
    expect(Object.keys(ways)).toEqual([
      'ask: all together',
      'the network alone',
      'the lexicon alone',
      'words in common alone',
      'chance',
    ]);
    // A quarter of the functions have strings, all the same words.
    expect(ways['words in common alone']['recall@10'].value).toBe(0);
    const [both, alone] = ['ask: all together', 'the network alone'].map((way) => ways[way]['MRR'].value);
    expect(both).toBeGreaterThan(alone - 0.05);
    const text = readFileSync(`${result}.md`, 'utf8');
    expect(text).toContain('| chance |');
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it('is judged by the files that functions were written in, beside words', async () => {
    const labels = SUBJECTS.map((name) => ({ name, prompts: [QUESTIONS[name]] }));
    const places = SUBJECTS.map((label) => ({ label, package: 'gamma', files: `^src/${label}` }));
    const report = await studyLabels({ dataset: at('data'), places }, model, labels, [], () => undefined);
    expect(report.labels.map(({ label }) => label)).toEqual(SUBJECTS);
    for (const { functions, packages, model: own, label, words } of report.labels) {
      expect(functions).toBeGreaterThanOrEqual(12);
      expect(packages).toBe(1);
      expect(own.area).toBeGreaterThan(0.6);
      // Those of memory alone have strings.
      expect(words.area).toBe(label === 'memory' ? 1 : 0.5);
    }
    const text = renderLabelStudy({
      schema: 'binscribe.label-study/1',
      tool: 'test',
      model: 'meaning',
      study: { dataset: at('data'), places },
      dataset: { name: 'small', manifest: 'none' },
      learned: {},
      ...report,
    });
    expect(text).toContain('| checksum |');
    expect(text).not.toMatch(/NaN|undefined/);
    // What is wrong with a list is said.
    const study = (place: object): void =>
      writeFileSync(at('labels.json'), JSON.stringify({ dataset: at('data'), places: [place] }));
    const run = () => runCommand(['study', 'labels', at('labels.json'), '--model', at('model')]);
    study({ label: 'mathematics', package: 'gamma', files: '(' });
    expect(await run()).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected a regular expression') as unknown,
    });
    study({ label: 'poetry', package: 'gamma', files: 'src' });
    expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('got poetry') as unknown });
    study({ label: 'mathematics', package: 'gamma', files: '^lib/' });
    expect(await run()).toMatchObject({
      code: 2,
      err: expect.stringContaining('no function of gamma is in files like ^lib/') as unknown,
    });
  });

  it('has nothing to say of a program without functions that are long enough', async () => {
    const empty = compile('.globl _start\n_start: ret\n', {
      compiler: 'gcc-12',
      flags: ['-nostdlib', '-static'],
      suffix: '.s',
    });
    const { code, out } = await runCommand(['ask', empty, 'sorts', '--model', at('model')]);
    expect([code, out]).toEqual([0, expect.stringContaining('No function to ask about')]);
  });
});

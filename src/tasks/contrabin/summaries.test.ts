/** A writer of summaries from its training to a report, at sizes that take seconds. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, runCommand } from '../../../test/support/command.ts';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { stubModel } from '../../../test/support/stub-model.ts';
import { functionsOf, subjectProgram, SUBJECTS, writeSubjects } from '../../../test/support/subjects.ts';
import { type Report, reportSchema } from '../../explain/schema.ts';
import { ByteWriter } from '../../models/bytes.ts';
import { writeDocument } from '../../models/document.ts';
import { encodeVocabularies } from '../../models/stored/vocabularies.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import { Bpe } from '../../tokens/bpe/bpe.ts';
import { LETTERS } from '../../tokens/bpe/learn.ts';
import type { StudyProgress } from './ways.ts';
import { studyShape, type WrittenStudyQuestion } from './study-shape.ts';
import { exportWriter } from './summaries-job.ts';
import type { SummariesManifest } from './summaries.ts';

const root = temporaryFolder();
const at = (name: string): string => join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const network = { width: 32, inner: 32, layers: 2, heads: 2, dropout: 0 };
const training = {
  optimizer: { name: 'adamW', learningRate: 0.01 },
  batchSize: 12,
  clipNorm: 1,
  checkpointEvery: 40,
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
    masked: { trained: { ...training, epochs: 1 }, anchored: { ...training, epochs: 1 } },
    contrast: null,
  },
  variants: [{ name: 'without', description: 'no pre-training', preTrained: false, seeds: [1] }],
  questions: [
    {
      kind: 'summaries',
      name: 'summaries',
      datasets: [at('data')],
      validation: ['beta'],
      chosen: 60,
      judged: 60,
      neighbours: { hints: 0, candidates: 0 },
      decoder: {
        layers: 1,
        heads: 2,
        inner: 32,
        dropout: 0,
        smoothing: 0,
        // No multiple of what codes are padded to.
        longestCode: 70,
        longestText: 24,
        longestHints: 16,
      },
      training: { ...training, epochs: 12 },
    },
  ],
  compared: ['without'],
});

/** Of a program whose functions nothing was learned from, nor names are left. */
const program = subjectProgram('gamma');
/** A word that comments of a subject have, and no others. */
const ABOUT = { checksum: 'checksum', memory: 'memory', polynomial: 'polynomial', search: 'list' } as const;

const explaining = (...more: string[]): Promise<Ran> =>
  runCommand(['explain', program, ...more], { openModel: () => Promise.resolve(stubModel()) });

async function reportOf(...more: string[]): Promise<Report> {
  const { code, out, err } = await explaining('--json', ...more);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return reportSchema.parse(JSON.parse(out));
}

type Fields = Record<string, Record<string, unknown>>;

/** The folder with another document or other files, as if it had been written so: its hashes are right. */
function withChange(
  name: string,
  change: (fields: Fields) => object,
  others: Readonly<Record<string, Uint8Array>> = {},
): string {
  const document = JSON.parse(readFileSync(at('writer/model.json'), 'utf8')) as Fields;
  const { schema: _, check: __, files, ...fields } = document;
  const parts = Object.keys(files).map((file) => {
    return [file, others[file] ?? readFileSync(at(`writer/${file}`))] as const;
  });
  mkdirSync(at(name), { recursive: true });
  for (const [file, bytes] of writeDocument({ ...fields, ...change(fields) }, new Map(parts))) {
    writeFileSync(at(join(name, file)), bytes);
  }
  return at(name);
}

const withThreshold = (threshold: number): string =>
  withChange(`from-${threshold}`, ({ certainty }) => ({ certainty: { ...certainty, threshold } }));

describe('a model of summaries', () => {
  let manifest: SummariesManifest;
  const told: StudyProgress[] = [];
  const options = {
    runtime: nodeRuntime(),
    storeOf: (folder: string) => fileStore(at(join('runs', folder))),
    report: (one: StudyProgress) => void told.push(one),
    signal: new AbortController().signal,
  };
  const question = study.questions[0] as WrittenStudyQuestion;
  const order = { variant: study.variants[0], seed: 1, question };

  beforeAll(async () => {
    writeSubjects(at('data'));
    manifest = (await exportWriter(study, { ...order, to: at('writer') }, options))!;
  }, 240_000);

  it('says of programs that were never seen about what was written of them, and how often', () => {
    const { validation, test, precision, learned } = manifest;
    expect(learned).toEqual({ functions: 48, codes: 96 });
    // Of the four subjects one is the most frequent.
    expect(test['share that the most frequent summary has right']).toBe(0.25);
    expect(test['share that is right']).toBeGreaterThan(0.7);
    expect(precision).toEqual({ asked: 0.5, reached: true });
    for (const side of [validation, test]) {
      expect(side['summaries']).toBe(48);
      expect(side['share of what is said that is right']).toBeGreaterThan(0.5);
      for (const value of Object.values(side)) expect(value).toBeGreaterThanOrEqual(0);
    }
    const card = readFileSync(at('writer/card.md'), 'utf8');
    expect(card).toContain('- alpha 1.0');
    expect(card).not.toMatch(/NaN|undefined|null|beta 1.0/);
    expect(told.at(-1)).toMatchObject({ stage: 'judging', done: 96, all: 96 });
  });

  it('is the same bytes when it is made again from the training that is there', async () => {
    const before = told.length;
    await exportWriter(study, { ...order, to: at('again') }, options);
    expect(told.slice(before).filter(({ stage }) => stage === 'training')).toEqual([]);
    for (const file of ['model.json', 'writer.bin', 'vocabularies.bin', 'manifest.json', 'card.md']) {
      expect(readFileSync(at(`again/${file}`)).equals(readFileSync(at(`writer/${file}`)))).toBe(true);
    }
  });

  it('writes summaries into a report, each with a score and what it rests on', async () => {
    const report = await reportOf('--writer', withThreshold(0));
    expect(report.summaries!.id).toMatch(/^summaries /);
    let right = 0;
    const functions = report.functions.filter(({ kind }) => kind === 'function');
    for (const { symbol, summary, noSummary, abstained } of functions) {
      expect(abstained.includes('summary')).toBe(summary === null);
      const subject = SUBJECTS.find((one) => symbol?.startsWith(one));
      if (subject === undefined) continue;
      expect(noSummary).toBeUndefined();
      const { text, score, evidence } = summary!;
      expect(score).toBeGreaterThan(0);
      if (evidence.by !== 'network') throw new TypeError(evidence.by);
      for (const word of evidence.words) expect(text.toLowerCase()).toContain(word);
      const isRight = text.includes(ABOUT[subject]);
      right += Number(isRight);
      // Its string is "out of memory …".
      if (subject === 'memory' && isRight) expect(evidence.words).toContain('memory');
    }
    expect(right / functionsOf('gamma').length).toBeGreaterThan(0.7);
    for (const { kind, summary, noSummary } of report.functions) {
      if (kind !== 'function') expect({ summary, noSummary }).toEqual({ summary: null });
    }
  });

  it('shows them in text, tables and pages', async () => {
    const writer = withThreshold(0);
    const { functions } = await reportOf('--writer', writer);
    const shown = functions.find(({ interest }) => interest === 2)!;
    // As much as a line has room for.
    const { text } = shown.summary!;
    const verbose = (await explaining('--writer', writer, '-v', '--all')).out;
    expect(verbose).toContain(`summary    ${text} (`);
    expect(verbose).toMatch(/written by a network; of its words the code says (none|"\w+")/);
    expect(verbose).toMatch(/^ {2}summaries {2}\d+ of \d+ that were asked about$/m);
    expect((await explaining('--writer', writer)).out).toContain(`  ${text.slice(0, 20)}`);
    const table = (await explaining('--writer', writer, '--csv')).out;
    expect(table.split('\r\n')[0]).toMatch(/"summary","summary_score","capabilities","summary_by"$/);
    expect(table).toContain(`,"${text}",`);
    expect((await explaining('--writer', writer, '--html')).out).toContain('written by a network');
  });

  it('gives one to whatever is named, and says why there is none', async () => {
    const named = ['--function', 'memory_201', '--function', 'malloc', '--writer'];
    const { functions } = await reportOf(...named, withThreshold(0));
    expect(functions.map(({ kind }) => kind).sort()).toEqual(['function', 'thunk']);
    for (const { kind, summary, noSummary } of functions) {
      expect([kind, noSummary]).toEqual(
        kind === 'thunk' ? ['thunk', 'it is an import stub'] : [kind, undefined],
      );
      expect(summary === null).toBe(kind === 'thunk');
    }
    const never = await reportOf(...named, withThreshold(1));
    const silent = never.functions.find(({ kind }) => kind === 'function')!;
    expect(silent.summary).toBeNull();
    expect(silent.noSummary).toMatch(
      /^what was written is right with a probability of \d+ % only, and 100 % is/,
    );
    expect(silent.abstained).toContain('summary');
    expect((await explaining(...named, withThreshold(1), '-v')).out).toContain(
      'summary    none: what was written',
    );
  });

  it('leaves a report as it is where no model is there, or none is wanted', async () => {
    const without = await reportOf();
    expect(without).not.toHaveProperty('summaries');
    expect(without.functions.every((one) => one.summary === null && !('noSummary' in one))).toBe(true);
    expect(await reportOf('--no-summaries', '--writer', at('writer'))).toEqual(without);
  });

  it('says what is missing, damaged or of another kind', async () => {
    const expectCorrupt = async (folder: string, message: string): Promise<void> => {
      const { code, out, err } = await explaining('--writer', folder);
      expect({ code, out }).toEqual({ code: 5, out: '' });
      expect(err).toContain(message);
      expect(err).toContain('--question NAME --export DIR');
    };
    expect(await explaining('--writer', at('nowhere'))).toMatchObject({
      code: 7,
      err: expect.stringContaining('no model of summaries here') as unknown,
    });
    await expectCorrupt('models/first', '"summaries" expected, got "first"');
    const broken = withChange('broken', () => ({}));
    for (const file of ['writer.bin', 'vocabularies.bin']) {
      const whole = readFileSync(join(broken, file));
      for (const damaged of [Buffer.from(whole), whole.subarray(0, 10), Buffer.alloc(0)]) {
        if (damaged.length === whole.length) damaged[damaged.length >> 1] ^= 1;
        writeFileSync(join(broken, file), damaged);
        await expectCorrupt(broken, `${broken}/${file}: SHA-256`);
      }
      rmSync(join(broken, file));
      await expectCorrupt(broken, `${broken}/${file}`);
      writeFileSync(join(broken, file), whole);
    }
    writeFileSync(join(broken, 'model.json'), '{');
    await expectCorrupt(broken, 'model.json');
  });

  it.each<[what: string, change: (fields: Fields) => object, message: string]>([
    [
      'heads that do not divide the width',
      ({ network: { encoder, decoder } }) => ({
        network: { encoder: { ...(encoder as object), heads: 3 }, decoder },
      }),
      'heads that divide the width',
    ],
    [
      'tables that would take all memory',
      ({ network: { encoder, decoder } }) => ({
        network: { encoder, decoder: { ...(decoder as object), longestCode: 2 ** 30 } },
      }),
      'network.decoder.longestCode',
    ],
    [
      'another network than the weights are of',
      ({ network: { encoder, decoder } }) => ({
        network: { encoder: { ...(encoder as object), layers: 3 }, decoder },
      }),
      'writer.bin: ',
    ],
    ['no certainty', () => ({ certainty: null }), 'certainty'],
  ])('refuses a folder with right hashes and %s', async (_, change, message) => {
    const { code, err } = await explaining('--writer', withChange('crafted', change));
    expect([code, err]).toEqual([5, expect.stringContaining(message)]);
  });

  it('refuses weights that are no numbers, and tokens that double without end', async () => {
    const weights = new Uint8Array(readFileSync(at('writer/writer.bin')));
    new DataView(weights.buffer).setFloat32(0, NaN, true);
    const refused = async (files: Readonly<Record<string, Uint8Array>>): Promise<string> => {
      const { code, err } = await explaining(
        '--writer',
        withChange('numbers', () => ({}), files),
      );
      expect(code).toBe(5);
      return err;
    };
    expect(await refused({ 'writer.bin': weights })).toContain('no finite number');
    // A byte, and 60 merges of what was merged last with itself.
    const doubled = new ByteWriter();
    doubled.uint(60);
    for (let i = 0; i < 60; i++)
      for (const token of [0, 0]) doubled.uint(token + (i === 0 ? 0 : LETTERS + i - 1));
    const text = encodeVocabularies({
      code: new Bpe({ cut: 'lines', merges: [] }),
      text: new Bpe({ cut: 'words', merges: [] }),
    }).subarray(1);
    expect(await refused({ 'vocabularies.bin': Uint8Array.of(...doubled.finish(), ...text) })).toContain(
      'too many bytes',
    );
  });
});

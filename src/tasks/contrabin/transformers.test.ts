/** Encoders of RoBERTa's build in a study: the paper's own recipe, at the size of a checkpoint that a test can hold. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDataset } from '../../../test/support/dataset.ts';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { checkpoint } from '../../../test/nn/import/support.ts';
import { encoderInputs, encoderModel, ViewEncoder } from '../../models/contrabin/encode.ts';
import { layoutOf, type ViewNetwork } from '../../models/contrabin/encoder.ts';
import { tokenBatch } from '../../models/contrabin/batch.ts';
import { ENCODERS } from '../../models/contrabin/training.ts';
import { exportModel } from '../../nn/export/model.ts';
import { loadEncoder, type LoadedEncoder } from '../../nn/import/huggingface.ts';
import { loadTokenizer } from '../../nn/import/tokenizer.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import type { Parameters } from '../networks/experiment.ts';
import { networksOf } from './encoders.ts';
import { collectMaterial, type Material } from './material.ts';
import { preTrain, type PreTrained } from './pretraining.ts';
import { preTrainingShape, type PreTrainingRecipe } from './recipe.ts';
import { renderStudy } from './report.ts';
import { runStudy, type StudyReport } from './study.ts';
import { recipeOf } from './ways.ts';
import { studyShape, type ContraBinStudy } from './study-shape.ts';

const root = temporaryFolder();
const at = (name: string): string => join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const runtime = nodeRuntime({ threads: 1 });
const FOLDER = checkpoint('roberta').where;

const shipped = (): ContraBinStudy =>
  studyShape.parse(
    JSON.parse(readFileSync(new URL('../../../studies/contrabin-paper.json', import.meta.url), 'utf8')),
  );

/** The study that ships at a smaller size: another folder, shorter texts, few functions and epochs. */
function smaller(): ContraBinStudy {
  const { pretraining, questions, ...study } = shipped();
  const folder = { kind: 'folder', path: FOLDER } as const;
  const few = { batchSize: 2, checkpointEvery: 2 };
  const contrast = pretraining.contrast!;
  return studyShape.parse({
    ...study,
    variants: study.variants
      .filter(({ name }) => name === 'roberta' || name === 'full')
      .map((variant) => ({ ...variant, seeds: [1] })),
    pretraining: {
      ...pretraining,
      datasets: [at('data')],
      validation: ['beta'],
      floor: 1,
      limits: { code: 48, source: 48, comment: 16 },
      network: folder,
      anchor: folder,
      contrast: {
        ...contrast,
        epochs: { primary: 1, linear: 1, 'non-linear': 1 },
        training: { ...contrast.training, ...few },
      },
    },
    questions: questions.map((question) => ({
      ...question,
      datasets: [at('data')],
      validation: ['beta'],
      names: 3,
      packages: 1,
      training: { ...question.training, ...few, epochs: 1 },
    })),
  });
}

function collect(recipe: PreTrainingRecipe): Promise<Material> {
  return collectMaterial({ ...recipe, validation: new Set(recipe.validation), progress: () => {} });
}

beforeAll(() => {
  writeDataset(at('data'), (row) => ({
    ...row,
    normalized_hash: `${row.package} ${row.normalized_hash}`,
    source: `int ${row.name}() { /* of ${row.package} */ }`,
    text: `Does what ${row.name} does for ${row.package}.`,
    text_kind: 'comment',
  }));
});

describe('the paper’s own recipe', () => {
  it('is a recipe in all its ways, of RoBERTa’s length and the released settings', () => {
    const study = shipped();
    const [roberta, , full, released] = study.variants.map((variant) => recipeOf(study, variant));
    expect(roberta.contrast).toBeNull();
    expect(full.limits).toEqual({ code: 512, source: 512, comment: 64 });
    expect(full.contrast).toMatchObject({ size: 256, encoderRate: 0.01, objective: { temperature: 1 } });
    expect(released.contrast!.objective).toMatchObject({ comparison: 'InfoNCE', temperature: 0.1 });
  });

  describe('at a size that a test can hold', () => {
    let study: ContraBinStudy;
    let report: StudyReport;
    /** @param stopIn folder of the training that is stopped at its first step */
    const run = (runs: string, stopIn?: string): Promise<StudyReport | null> => {
      const controller = new AbortController();
      return runStudy(study, {
        runtime,
        storeOf: (folder) => fileStore(at(join(runs, folder))),
        report: (told) => {
          if (told.stage === 'training' && told.what === stopIn) controller.abort();
        },
        signal: controller.signal,
      });
    };
    beforeAll(async () => {
      study = smaller();
      report = (await run('whole'))!;
    });

    it('goes from a folder to verdicts', () => {
      expect(report.material['tokens of code']).toBe(300);
      // What a folder has learned is not learned again.
      expect(report.preTraining.map(({ variant, stages }) => [variant, Object.keys(stages)])).toEqual([
        ['roberta', []],
        ['full', ['primary', 'linear', 'non-linear']],
      ]);
      const [{ results }] = report.questions;
      expect(results.map(({ variant }) => variant)).toEqual(['roberta', 'full']);
      const text = renderStudy({
        schema: 'binscribe.contrabin/1',
        tool: 'test',
        device: 'cpu',
        study,
        datasets: {},
        ...report,
      });
      expect(text).not.toMatch(/NaN|undefined|null/);
    });

    it('goes on where it was stopped, to the same numbers', async () => {
      expect(await run('parts', 'full/seed-1/linear')).toBeNull();
      expect(await run('parts')).toEqual(report);
    });
  });

  it('shares data, vocabularies and networks among its ways', () => {
    const study = smaller();
    const [variant] = study.variants;
    const set = { network: { kind: 'folder', path: 'elsewhere' } };
    expect(() => recipeOf(study, { ...variant, set })).toThrow(
      'variant roberta: sets network, which all ways of a study share',
    );
  });
});

describe('pre-training of encoders of a folder', () => {
  let recipe: PreTrainingRecipe;
  let material: Material;
  let folder: LoadedEncoder;
  let found: PreTrained;
  let network: ViewNetwork;
  let runs = 0;
  const learn = (changed: PreTrainingRecipe, own: Material): Promise<PreTrained | null> => {
    const run = at(`own-${runs++}`);
    return preTrain(own, changed, { runtime, seed: 1, storeOf: (name) => fileStore(join(run, name)) });
  };
  const withRate = (encoderRate: number): PreTrainingRecipe => ({
    ...recipe,
    contrast: { ...recipe.contrast!, encoderRate },
  });
  /** The largest step that a parameter of an encoder has gone from what the folder has. */
  const moved = (parameters: Parameters, path: string): number => {
    let most = 0;
    for (const [name, values] of folder.parameters) {
      const own = parameters.get(`${path}.${name}`)!;
      // Its pooling layer is no part of the encoder.
      if (name.startsWith('pooler.')) continue;
      own.forEach((value, i) => (most = Math.max(most, Math.abs(value - values[i]))));
    }
    return most;
  };

  beforeAll(async () => {
    const study = smaller();
    const { contrast, ...rest } = recipeOf(study, study.variants[1]);
    // Without warm-up, so that few steps go somewhere.
    const training = { ...contrast!.training, schedule: { name: 'constant', warmUp: 0 } };
    recipe = preTrainingShape.parse({ ...rest, contrast: { ...contrast, training } });
    material = await collect(recipe);
    folder = await loadEncoder(checkpoint('roberta'));
    network = (await networksOf(recipe, material.vocabularies)).trained;
    found = (await learn(withRate(1), material))!;
  });

  it('cuts texts by the folder’s tokenizer', async () => {
    const tokenizer = await loadTokenizer(checkpoint('roberta'));
    const { ids } = tokenizer.encode(['Does what hash does for alpha.'], { maximum: 16 });
    const expected = Array.from(ids.data, Number);
    const { comments } = material.training.triples;
    const texts = Array.from({ length: comments.length }, (_, i) => [...comments.at(i)]);
    expect(texts).toContainEqual(expected);
  });

  it('leaves the anchor as it is, and moves the other by its share of the rate', async () => {
    expect(moved(found.parameters, 'anchored')).toBe(0);
    expect(moved(found.parameters, 'trained')).toBeGreaterThan(0.003);
    const slow = (await learn(withRate(1e-4), material))!;
    // Adam's steps are of the size of the rate: 0.001 times the share, in a dozen of steps.
    expect(moved(slow.parameters, 'trained')).toBeLessThan(1e-5);
    expect(moved(slow.parameters, 'trained')).toBeGreaterThan(0);
  });

  it('gives the same vectors as a file for other tools', async () => {
    const { code } = material.training;
    const texts = Array.from({ length: 6 }, (_, i) => code.at(i));
    const options = { network, path: ENCODERS.binary };
    const encoder = await ViewEncoder.open(runtime, options, found.parameters);
    const vectors = await encoder.encode(texts);
    await encoder.close();
    const bytes = exportModel({
      model: encoderModel(options),
      inputs: encoderInputs(network),
      parameters: found.parameters,
    });
    const session = await runtime.open(bytes);
    const { vectors: exported } = await session.run(tokenBatch(texts, layoutOf(network)));
    await session.close();
    expect(exported.shape).toEqual([6, 16]);
    const all = vectors.flatMap((vector) => [...vector]);
    expect(all.some((value) => Math.abs(value) > 0.1)).toBe(true);
    all.forEach((value, i) => expect(Number(exported.data[i])).toBeCloseTo(value, 4));
  });

  it('may learn by masked tokens too, and stand beside convolutions, or learn with its anchor', async () => {
    const masked = { ...recipe.contrast!.training, epochs: 1, batchSize: 8 };
    const contrast = { ...recipe.contrast, epochs: { primary: 1, linear: 0, 'non-linear': 0 } };
    const sizes = { width: 16, inner: 16, layers: 2, heads: 2, dropout: 0.1 };
    const mixed = preTrainingShape.parse({
      ...recipe,
      vocabularies: { code: 400 },
      network: sizes,
      masked: { trained: masked, anchored: masked },
      contrast,
    });
    const beside = (await learn(mixed, await collect(mixed)))!;
    expect(Object.keys(beside.figures)).toEqual(['masked-trained', 'masked-anchored', 'primary']);
    expect(moved(beside.parameters, 'anchored')).toBeGreaterThan(0);
    const own = preTrainingShape.parse({
      ...mixed,
      network: { kind: 'transformer', ...sizes },
      masked: { trained: masked, anchored: null },
      contrast: { ...contrast, anchored: false },
    });
    const together = (await learn(own, await collect(own)))!;
    expect(moved(together.parameters, 'anchored')).toBeGreaterThan(0);
    expect(together.parameters.get('trained.encoder.1.feedForward.inner.weight')).toHaveLength(16 * 16);
  });
});

describe('a recipe', () => {
  const problems = (change: object): string[] => {
    const { error } = preTrainingShape.safeParse({ ...shipped().pretraining, ...change });
    return error!.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
  const sizes = { width: 16, inner: 16, layers: 2, heads: 2, dropout: 0.1 };

  it('needs vocabularies and an anchor that has learned where there is no folder', () => {
    expect(problems({ network: sizes })).toEqual([
      'vocabularies.code: expected a number: network is no folder',
    ]);
    expect(problems({ anchor: { kind: 'transformer', ...sizes }, vocabularies: { text: 400 } })).toEqual([
      'masked.anchored: expected a training: anchor is no folder, it has learned nothing',
    ]);
    expect(problems({ network: { kind: 'recurrent', ...sizes } })).toEqual([
      'network.kind: expected "convolutions" (or none), "transformer" or "folder"',
    ]);
  });
});

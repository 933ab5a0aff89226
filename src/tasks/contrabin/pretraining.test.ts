import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { CUTS } from '../../models/stored/vocabularies.ts';
import { RandomStream } from '../../nn/random.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import { Bpe } from '../../tokens/bpe/bpe.ts';
import { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import type { Material, Side } from './material.ts';
import { groupsOf, preTrain } from './pretraining.ts';
import { preTrainingShape, type PreTrainingRecipe } from './recipe.ts';

/** Without merges a token is a letter. */
const bpe = {
  code: new Bpe({ cut: CUTS.code, merges: [] }),
  text: new Bpe({ cut: CUTS.text, merges: [] }),
};

/**
 * Functions of six subjects, of which code, source and comment each have a letter of their own.
 * @param uncommented functions more without a comment
 */
function sideOf(seed: number, functions: number, uncommented = 0): Side {
  const random = new RandomStream(seed, 'side');
  const side = { code: new TokenTexts(), texts: new TokenTexts() };
  const [sources, comments] = [new TokenTexts(), new TokenTexts()];
  const builds: number[][] = [];
  const pairs = { sources: new TokenTexts(), builds: [] as number[][], packages: [] as number[] };
  const named = {
    sources: new TokenTexts(),
    comments: new TokenTexts(),
    builds: [] as number[][],
    packages: [] as number[],
  };
  const packages: number[] = [];
  for (let i = 0; i < functions + uncommented; i++) {
    const subject = i % 6;
    const text = (letters: string): string =>
      Array.from({ length: 8 + random.below(8) }, (_, k) =>
        k % 2 ? letters[subject] : 'xyz'[random.below(3)],
      ).join('');
    const isCommented = i < functions;
    (isCommented ? builds : pairs.builds).push([side.code.length, side.code.length + 1]);
    for (let build = 0; build < 2; build++) side.code.add(bpe.code.encode(text('abcdef')));
    for (const [texts, letters] of [
      [isCommented ? sources : pairs.sources, 'ghijkl'],
      ...(isCommented ? [[comments, 'mnopqr'] as const] : []),
    ] as const) {
      const tokens = bpe.text.encode(text(letters));
      texts.add(tokens);
      side.texts.add(tokens);
    }
    // Two packages.
    (isCommented ? packages : pairs.packages).push(i % 2);
    named.packages.push(i % 2);
    named.builds.push((isCommented ? builds : pairs.builds).at(-1)!);
    named.sources.add(bpe.text.encode(text('ghijkl')));
    named.comments.add(bpe.text.encode(text('mnopqr')));
  }
  const described = { comments: new TokenTexts(), names: new TokenTexts(), builds: [], packages: [] };
  return { ...side, triples: { sources, comments, builds, packages }, pairs, named, described };
}

const material: Material = { vocabularies: bpe, training: sideOf(1, 60), validation: sideOf(2, 24) };

const network = { width: 16, inner: 16, layers: 2, heads: 2, dropout: 0.1 };
const training = {
  optimizer: { name: 'adamW', learningRate: 0.01 },
  batchSize: 12,
  clipNorm: 1,
  checkpointEvery: 2,
};
const RECIPE = {
  datasets: ['none'],
  validation: ['none'],
  view: 'assembly',
  floor: 1,
  vocabularies: { code: 300, text: 300 },
  limits: { code: 64, source: 64, comment: 64 },
  network,
  anchor: network,
  masked: { trained: { ...training, epochs: 4 }, anchored: { ...training, epochs: 10 } },
  contrast: {
    anchored: true,
    size: 16,
    dropout: 0,
    objective: {
      comparison: 'soft targets',
      temperature: 1,
      interpolation: { joining: 'sum', dropout: 0 },
    },
    leftOut: ['source', 'binary', 'comment'],
    epochs: { primary: 24, linear: 2, 'non-linear': 2 },
    training,
  },
};

function recipe(change: Partial<PreTrainingRecipe> = {}): PreTrainingRecipe {
  return { ...preTrainingShape.parse(RECIPE), ...change };
}

describe('pre-training', () => {
  const runtime = nodeRuntime();
  const root = temporaryFolder();
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  let runs = 0;
  /** Of a new run. */
  const stores = () => {
    const run = join(root, String(runs++));
    return (folder: string) => fileStore(join(run, folder));
  };

  it('learns which code and comment belong together, anchored, stage after stage', async () => {
    const found = await preTrain(material, recipe(), { runtime, seed: 1, storeOf: stores() });
    expect(Object.keys(found!.figures)).toEqual([
      'masked-trained',
      'masked-anchored',
      'primary',
      'linear',
      'non-linear',
    ]);
    // Two of twelve functions are of one subject: who knows subjects has 0.75, who knows nothing 0.26.
    expect(found!.figures['primary']['comment MRR']).toBeGreaterThan(0.4);
    expect([...found!.parameters.keys()].some((name) => name.startsWith('trained.'))).toBe(true);
  });

  it('learns of functions without a source, where no source is compared', async () => {
    const { training: all } = material;
    const none = { sources: new TokenTexts(), comments: new TokenTexts(), builds: [], packages: [] };
    const { comments, builds, packages } = all.triples;
    const described = { comments, names: all.named.comments, builds, packages };
    const training = { ...all, triples: none, named: none, described };
    const contrast: PreTrainingRecipe['contrast'] = {
      ...recipe().contrast!,
      leftOut: ['source'],
      epochs: { primary: 24, linear: 0, 'non-linear': 0 },
    };
    const options = { runtime, seed: 1, storeOf: stores() };
    const found = await preTrain({ ...material, training }, recipe({ contrast }), options);
    expect(found!.figures['primary']['comment MRR']).toBeGreaterThan(0.4);
  });

  it('gives the same numbers when it was stopped on the way', async () => {
    const short = recipe({
      contrast: { ...recipe().contrast!, epochs: { primary: 2, linear: 1, 'non-linear': 0 } },
    });
    const whole = await preTrain(material, short, { runtime, seed: 3, storeOf: stores() });
    const storeOf = stores();
    let found = null;
    // In the first training, in the last, and not again.
    for (const stop of [7, 146, Infinity]) {
      const controller = new AbortController();
      let steps = 0;
      const onProgress = () => {
        if (++steps === stop) controller.abort();
      };
      found = await preTrain(material, short, {
        runtime,
        seed: 3,
        storeOf,
        onProgress,
        signal: controller.signal,
      });
      expect(found === null).toBe(stop !== Infinity);
    }
    expect(found).toEqual(whole);
  });

  it('compares code with source also of functions without a comment, where a recipe says so', async () => {
    const few: Material = { vocabularies: bpe, training: sideOf(1, 12, 72), validation: sideOf(2, 24) };
    const { contrast } = recipe();
    const steps = new Map<string, number>();
    const figures = async (uncommented: boolean) => {
      steps.clear();
      const found = await preTrain(
        few,
        recipe({
          contrast: { ...contrast!, uncommented, epochs: { primary: 12, linear: 1, 'non-linear': 0 } },
        }),
        {
          runtime,
          seed: 1,
          storeOf: stores(),
          onProgress: ({ folder, steps: all }) => steps.set(folder, all),
        },
      );
      return found!.figures['primary'];
    };
    const without = await figures(false);
    expect([steps.get('primary'), steps.get('linear')]).toEqual([12, 1]);
    const others = await figures(true);
    // Twelve commented functions and 72 others, a dozen a batch; what is interpolated has three views.
    expect([steps.get('primary'), steps.get('linear')]).toEqual([12 * 7, 1]);
    expect(others['source MRR']).toBeGreaterThan(without['source MRR']);
  });

  it('takes names for comments where a recipe says so, and is judged by comments all the same', async () => {
    const few: Material = { vocabularies: bpe, training: sideOf(1, 12, 72), validation: sideOf(2, 24) };
    const { contrast } = recipe();
    const figures: Record<string, number>[] = [];
    const steps: number[] = [];
    for (const named of [false, true]) {
      const found = await preTrain(
        few,
        recipe({ contrast: { ...contrast!, named, epochs: { primary: 12, linear: 0, 'non-linear': 0 } } }),
        {
          runtime,
          seed: 1,
          storeOf: stores(),
          onProgress: ({ folder, steps: all }) => {
            if (folder === 'primary') steps[Number(named)] = all;
          },
        },
      );
      figures.push(found!.figures['primary']);
    }
    // Twelve with a comment; and these and 72 others with a name.
    expect(steps).toEqual([12, 12 * 8]);
    // By chance 0.26.
    for (const { 'comment MRR': rank } of figures) expect(rank).toBeGreaterThan(0.35);
  });

  it('is masked-language pre-training alone where a recipe says so', async () => {
    const found = await preTrain(material, recipe({ contrast: null }), {
      runtime,
      seed: 1,
      storeOf: stores(),
    });
    expect(Object.keys(found!.figures)).toEqual(['masked-trained']);
  });
});

it('makes batches of a package where a recipe says so, of small packages together, and never of commented ones with others', () => {
  // Commented functions first: of package 0 ninety, of 1 and 2 five each; then of 0 as many without a comment.
  const packages = [...Array<number>(90).fill(0), ...Array<number>(5).fill(1), ...Array<number>(5).fill(2)];
  const all = [...packages, ...Array<number>(90).fill(0)];
  const views = { packages: all, comment: packages.map(() => [1]) };
  const { training: settings } = recipe().contrast!;
  const groups = (withinPackages: boolean) =>
    groupsOf(views, all.length, { withinPackages, training: { ...settings, batchSize: 10 } });
  const ofParts = (found: readonly number[]) =>
    [
      [0, 90],
      [90, 100],
      [100, 190],
    ].map(([from, to]) => new Set(found.slice(from, to)));
  const [large, small, others] = ofParts(groups(true));
  expect([large.size, small.size, others.size]).toEqual([1, 1, 1]);
  expect(new Set([...large, ...small, ...others]).size).toBe(3);
  const [one, two, three] = ofParts(groups(false));
  expect([[...one], [...two], [...three]]).toEqual([[1], [1], [2]]);
});

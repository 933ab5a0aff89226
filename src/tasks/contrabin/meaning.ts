/** From encoders that have learned to a model folder of meaning: calibrated, described, with what it was made of. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readManifest, manifestHash } from '../../corpus/manifest.ts';
import { type FolderKind, replaceFolder } from '../../corpus/replace.ts';
import { BinscribeError } from '../../error.ts';
import { DOCUMENT } from '../../models/document.ts';
import { Background, dot } from '../../models/meaning/calibration.ts';
import { writeMeaning } from '../../models/meaning/folder.ts';
import type { Lexicon } from '../../models/meaning/lexicon.ts';
import { decodeLexicon, encodeLexicon } from '../../models/meaning/lexicon-file.ts';
import {
  type MeaningNetwork,
  type MeaningSide,
  openSide,
  parameterShapes,
} from '../../models/meaning/network.ts';
import { wordsOf, wordsOfCode } from '../../models/meaning/words.ts';
import { storedWeights } from '../../models/stored/weights.ts';
import type { Runtime } from '../../nn/runtime.ts';
import type { Bpe } from '../../tokens/bpe/bpe.ts';
import type { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import { VERSION } from '../../version.ts';
import type { Parameters } from '../networks/experiment.ts';
import { calibrate, type Calibrated } from './calibrating.ts';
import type { Material, Side } from './material.ts';
import { learnLexicon } from './lexicon.ts';
import { meaningCard } from './meaning-card.ts';
import { networksOf, ownEncoder } from './encoders.ts';
import type { PreTrained } from './pretraining.ts';
import type { PreTrainingRecipe } from './recipe.ts';
import { collectSaid } from './said.ts';
import type { Surroundings } from './ways.ts';

/** Encoders that a model folder holds: their sizes and vocabularies are all that there is to know of them. */
const OWN_KIND = 'convolutions';

/** A slip of a path must not cost somebody a model of another kind: those have no background. */
export const MEANING_FOLDER: FolderKind = { name: 'model of meaning', marks: [DOCUMENT, 'background.bin'] };
const MEANING_NAME = 'meaning';

/** Functions that cosines are told by, and comments that calibrate: of more the spread is no surer. */
const MOST = 1000;

export interface MeaningOrigin {
  readonly recipe: PreTrainingRecipe;
  /** Of the study: which way of pre-training. */
  readonly variant: string;
  readonly seed: number;
}

/** `manifest.json` of the folder: all that decided it, and what was measured. */
export interface MeaningManifest extends MeaningOrigin {
  readonly schema: 'binscribe.meaning/1';
  readonly tool: string;
  /** SHA-256 of the data sets' manifests. */
  readonly datasets: Readonly<Record<string, string>>;
  /** Of each training on the validation packages. */
  readonly stages: PreTrained['figures'];
  readonly figures: Readonly<Record<string, number>>;
}

/** @throws BinscribeError `usage` where a recipe makes no encoders of both sides, or of what no program holds */
export function checkExportable(
  { contrast, view, network, anchor }: PreTrainingRecipe,
  variant: string,
): void {
  const other = [network, anchor].find(({ kind = OWN_KIND }) => kind !== OWN_KIND);
  if (other !== undefined) {
    throw new BinscribeError(
      'usage',
      `variant ${variant}: encoders of ${OWN_KIND} expected, which are small enough for a program, got a ${other.kind}`,
    );
  }
  if (contrast === null) {
    throw new BinscribeError(
      'usage',
      `variant ${variant}: it compares no views: one with "contrast" expected`,
    );
  }
  if (view !== 'assembly') {
    throw new BinscribeError(
      'usage',
      `variant ${variant}: reads LLVM IR, which programs do not hold: the view "assembly" expected`,
    );
  }
}

/**
 * Writes the folder; a model that is there is replaced.
 * @returns `null` where the signal stopped it on the way
 * @throws BinscribeError `usage` where the validation packages have nothing to calibrate by, or the model has learned nothing
 */
export async function exportMeaning(
  to: string,
  material: Material,
  preTrained: PreTrained,
  origin: MeaningOrigin,
  { runtime, report, signal }: Pick<Surroundings, 'runtime' | 'report' | 'signal'>,
): Promise<MeaningManifest | null> {
  const { recipe, variant, seed } = origin;
  checkExportable(recipe, variant);
  const { vocabularies, training, validation } = material;
  const { trained, anchored } = await networksOf(recipe, vocabularies);
  const whose = `variant ${variant}`;
  const code = ownEncoder({ network: trained, vocabulary: vocabularies.code }, whose);
  const text = ownEncoder({ network: anchored, vocabulary: vocabularies.text }, whose);
  const network: MeaningNetwork = { code: code.network, text: text.network, size: recipe.contrast!.size };
  const { parameters } = preTrained;
  const readers = { code: code.vocabulary, text: text.vocabulary };
  const said = await collectSaid({
    ...recipe,
    validation: new Set(recipe.validation),
    progress: (rows) => report({ stage: 'reading', what: 'what people say of functions', rows }),
  });
  const learning = learnLexicon(said);
  let step = learning.next();
  for (; step.done !== true; step = learning.next()) {
    report({ stage: 'lexicon', share: step.value });
    await nextTurn();
    if (signal.aborted) return null;
  }
  // By its weights as the folder holds them: it is these that answer.
  const { lexicon } = decodeLexicon(encodeLexicon(step.value, []), 'lexicon');
  const model: Calibrating = { network, readers, parameters, lexicon };
  const { background, agreement, calibrated } = await calibrateSide(validation, model, runtime);
  const manifests = recipe.datasets.map((folder) => readManifest(folder));
  const packages = manifests.flatMap((one) =>
    one.packages
      .filter(({ name, split }) => split === 'train' && !recipe.validation.includes(name))
      .map(({ name, version }) => `${name} ${version}`),
  );
  const { calibration } = calibrated;
  const manifest: MeaningManifest = {
    schema: 'binscribe.meaning/1',
    tool: `binscribe ${VERSION}`,
    recipe,
    variant,
    seed,
    datasets: Object.fromEntries(recipe.datasets.map((folder) => [folder, manifestHash(folder)])),
    stages: preTrained.figures,
    figures: {
      triples: training.triples.builds.length,
      'features of the lexicon': lexicon.parts.features.length,
      'words of the lexicon': lexicon.parts.terms.length,
      'weights of the lexicon': lexicon.parts.weights.reduce((sum, { indices }) => sum + indices.length, 0),
      ...calibrated.figures,
      ...agreement,
    },
  };
  const files = writeMeaning(
    {
      floor: recipe.floor,
      limits: { code: recipe.limits.code, text: recipe.limits.comment },
      network,
      parameters,
      vocabularies: readers,
      lexicon,
      background,
      calibration,
    },
    'Functions and English in one space, by contrast of code, sources and comments: what a function is for, and which function a sentence is about.',
    {
      name: MEANING_NAME,
      version: VERSION,
      training: {
        triples: training.triples.builds.length,
        'texts of code': training.code.length,
        packages,
        'packages for choosing and calibrating': recipe.validation,
        variant,
        seed,
      },
    },
  );
  const texts = {
    'manifest.json': `${JSON.stringify(manifest, null, 1)}\n`,
    'card.md': meaningCard({
      manifest,
      datasets: manifests.map(({ name }) => name),
      packages,
      calibration,
      files,
    }),
  };
  await replaceFolder(to, MEANING_FOLDER, (folder) => {
    for (const [name, content] of [...files, ...Object.entries(texts)]) {
      writeFileSync(join(folder, name), content);
    }
  });
  return manifest;
}

interface CalibratedSide {
  readonly background: Background;
  /** How near the vectors are that the folder gives to those of the weights as they were learned. */
  readonly agreement: Readonly<Record<string, number>>;
  readonly calibrated: Calibrated;
}

interface Calibrating {
  readonly network: MeaningNetwork;
  readonly readers: Readonly<Record<MeaningSide, Bpe>>;
  readonly parameters: Parameters;
  readonly lexicon: Lexicon;
}

/** By the weights as the folder holds them: it is these that answer. */
async function calibrateSide(
  { code, triples }: Side,
  { network, readers, parameters, lexicon }: Calibrating,
  runtime: Runtime,
): Promise<CalibratedSide> {
  if (triples.builds.length < 2) {
    throw new BinscribeError(
      'usage',
      `the validation packages have ${triples.builds.length} functions with a source and a comment: two at least expected`,
    );
  }
  const stored = storedWeights(parameterShapes(network), parameters);
  const embed = async (side: MeaningSide, weights: Parameters, texts: readonly ArrayLike<number>[]) => {
    const encoder = await openSide(runtime, network, side, weights);
    try {
      return await encoder.encode(texts);
    } finally {
      await encoder.close();
    }
  };
  const functions = evenly(triples.builds.length, MOST);
  const others = evenly(code.length, MOST);
  const builds = functions.map((one, i) => triples.builds[one][i % triples.builds[one].length]);
  const vectors = await embed('code', stored, textsOf(code, others));
  const own = await embed('code', stored, textsOf(code, builds));
  const comments = await embed('text', stored, textsOf(triples.comments, functions));
  const exact = await embed('code', parameters, textsOf(code, others));
  const flat = new Float32Array(vectors.length * network.size);
  vectors.forEach((vector, i) => flat.set(vector, i * network.size));
  const readAt = (text: number): string => readers.code.decode(code.at(text));
  const background = new Background(
    flat,
    network.size,
    others.map((text) => lexicon.read(readAt(text))),
  );
  const pairs = functions.map((one, i) => {
    const same = new Set(triples.builds[one]);
    const build = readAt(builds[i]);
    return {
      comment: { vector: comments[i], words: wordsOf(readers.text.decode(triples.comments.at(one))) },
      code: {
        vector: own[i],
        features: lexicon.read(build),
        words: wordsOfCode(build),
      },
      own: new Set(others.flatMap((text, place) => (same.has(text) ? [place] : []))),
    };
  });
  const cosines = vectors.map((vector, i) => dot(vector, exact[i]));
  return {
    background,
    agreement: {
      'mean cosine with float32 weights': cosines.reduce((sum, one) => sum + one, 0) / cosines.length,
      'smallest cosine with float32 weights': Math.min(...cosines),
    },
    calibrated: calibrate(
      pairs,
      { background, words: others.map((text) => wordsOfCode(readAt(text))) },
      lexicon,
    ),
  };
}

/** Places of at most so many of `count` items, as far from one another as can be. */
function evenly(count: number, most: number): number[] {
  const chosen = Math.min(count, most);
  return Array.from({ length: chosen }, (_, i) => Math.floor((i * count) / chosen));
}

function textsOf(texts: TokenTexts, places: readonly number[]): Uint16Array[] {
  return places.map((place) => texts.at(place));
}

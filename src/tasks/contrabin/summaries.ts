/** From a writer that has learned to a model folder of summaries: with a score for each, described, with what it was made of. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, manifestHash } from '../../corpus/manifest.ts';
import { type FolderKind, replaceFolder } from '../../corpus/replace.ts';
import { BinscribeError } from '../../error.ts';
import { saysAboutTheSame } from '../../metrics/text/same.ts';
import { DOCUMENT } from '../../models/document.ts';
import { SummaryDrafter } from '../../models/summaries/drafts.ts';
import { storedWeights } from '../../models/stored/weights.ts';
import { SUMMARIES_KIND, WEIGHTS, writeSummaries } from '../../models/summaries/folder.ts';
import { parameterShapes } from '../../models/summaries/network.ts';
import type { Runtime } from '../../nn/runtime.ts';
import { mean } from '../../numbers.ts';
import { VERSION } from '../../version.ts';
import { mostFrequentOf } from '../chat/baselines.ts';
import { LEAST_INSTRUCTIONS } from '../chat/sample.ts';
import type { Parameters } from '../networks/experiment.ts';
import {
  ASKED_PRECISION,
  fitCertainty,
  type JudgedSummary,
  type Reliability,
  reliabilityUnder,
} from './certain.ts';
import type { WrittenFunction } from './functions.ts';
import type { PreTrainingRecipe } from './recipe.ts';
import type { StudyQuestion, WrittenStudyQuestion } from './study-shape.ts';
import { summariesCard } from './summaries-card.ts';
import type { WrittenMaterial } from './written-material.ts';

/** A slip of a path must not cost somebody a model of another kind. */
export const SUMMARIES_FOLDER: FolderKind = { name: 'model of summaries', marks: [DOCUMENT, WEIGHTS] };

export interface SummariesOrigin {
  readonly recipe: PreTrainingRecipe;
  readonly question: WrittenStudyQuestion;
  /** Of the study: which way of pre-training. */
  readonly variant: string;
  readonly seed: number;
}

/** What was found on one side. */
export interface JudgedSide extends Reliability {
  /** What who always says the most frequent summary of the training would have right. */
  readonly 'share that the most frequent summary has right': number;
  /** What has been learned by heart. */
  readonly 'share that is a comment of the training, word by word': number;
}

/** `manifest.json` of the folder: all that decided it, and what was measured. */
export interface SummariesManifest extends SummariesOrigin {
  readonly schema: 'binscribe.summaries/1';
  readonly tool: string;
  /** SHA-256 of the data sets' manifests. */
  readonly datasets: Readonly<Record<string, string>>;
  /** Functions of the sources, and texts of code, that the writer has learned from. */
  readonly learned: { readonly functions: number; readonly codes: number };
  /** Of the training at its best checkpoint. */
  readonly training: Readonly<Record<string, number>>;
  /** What is said shall be right as often; whether there is a threshold for it on the validation packages. */
  readonly precision: { readonly asked: number; readonly reached: boolean };
  /** Of the packages that scores were fitted on, by curves fitted without the package; of the test packages as it is. */
  readonly validation: JudgedSide;
  readonly test: JudgedSide;
}

/** @throws BinscribeError `usage` where a question's writer is none that works on a program alone */
export function checkWriter(
  question: StudyQuestion,
  { view }: Pick<PreTrainingRecipe, 'view'>,
): asserts question is Extract<WrittenStudyQuestion, { kind: 'summaries' }> {
  const refuse = (what: string): never => {
    throw new BinscribeError('usage', `question ${question.name}: ${what}`);
  };
  if (question.kind !== 'summaries')
    return refuse(`one of kind "summaries" expected, got "${question.kind}"`);
  const { hints } = question.neighbours;
  if (hints > 0) {
    return refuse(`its writer looks up ${hints} texts of others, which no program holds: 0 hints expected`);
  }
  if (view !== 'assembly') {
    return refuse('its encoder reads LLVM IR, which programs do not hold: the view "assembly" expected');
  }
}

/** What has been learned. */
export interface TrainedWriter {
  readonly parameters: Parameters;
  /** Figures at the best checkpoint. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface SummariesEdge {
  readonly runtime: Runtime;
  readonly progress: (done: number, all: number) => void;
}

/**
 * Writes the folder; a model that is there is replaced.
 * @throws BinscribeError `usage` where the writer has learned nothing
 */
export async function exportSummaries(
  to: string,
  { sides, settings }: WrittenMaterial,
  { parameters, figures }: TrainedWriter,
  origin: SummariesOrigin,
  { runtime, progress }: SummariesEdge,
): Promise<SummariesManifest> {
  const { vocabularies, network } = settings;
  const { validation, test } = sides;
  const mostFrequent = mostFrequentOf(sides.training.map(({ text }) => text));
  // By the weights as the folder holds them: it is these that answer.
  const drafter = await SummaryDrafter.open(
    runtime,
    network,
    vocabularies,
    storedWeights(parameterShapes(network), parameters),
  );
  const all = validation.length + test.length;
  let done = 0;
  const texts = new Set(sides.training.map(({ text }) => text));
  const judge = async (functions: readonly WrittenFunction[]) => {
    const before = done;
    const drafts = await drafter.write(
      functions.map(({ assembly }) => assembly),
      (count) => progress((done = before + count), all),
    );
    const judged = functions.map(({ text, package: from }, i): JudgedSummary => {
      const { features, text: written } = drafts[i];
      return { features, isRight: saysAboutTheSame(text, written), package: from };
    });
    const share = (holds: readonly boolean[]): number => mean(holds.map(Number));
    return {
      judged,
      besides: {
        'share that the most frequent summary has right': share(
          functions.map(({ text }) => saysAboutTheSame(text, mostFrequent)),
        ),
        'share that is a comment of the training, word by word': share(
          drafts.map(({ text }) => texts.has(text)),
        ),
      },
    };
  };
  let [own, others]: Awaited<ReturnType<typeof judge>>[] = [];
  try {
    [own, others] = [await judge(validation), await judge(test)];
  } finally {
    await drafter.close();
  }
  const { certainty, reliability } = fitCertainty(own.judged);
  const { recipe, question, variant, seed } = origin;
  const folders = [...new Set([...recipe.datasets, ...question.datasets, ...(question.tested ?? [])])];
  const manifest: SummariesManifest = {
    schema: 'binscribe.summaries/1',
    tool: `binscribe ${VERSION}`,
    recipe,
    question,
    variant,
    seed,
    datasets: Object.fromEntries(folders.map((folder) => [folder, manifestHash(folder)])),
    learned: { functions: sides.trainingFunctions, codes: sides.training.length },
    training: figures,
    precision: {
      asked: ASKED_PRECISION,
      reached: reliability['share of what is said that is right'] >= ASKED_PRECISION,
    },
    validation: { ...reliability, ...own.besides },
    test: { ...reliabilityUnder(others.judged, certainty), ...others.besides },
  };
  const packages = packagesOf(question, sides.training);
  const files = writeSummaries(
    { floor: LEAST_INSTRUCTIONS, network, parameters, vocabularies, certainty },
    'Sentences about functions, written by a network that has read machine code and comments above its sources.',
    {
      name: SUMMARIES_KIND,
      version: VERSION,
      training: {
        ...manifest.learned,
        packages,
        'packages for choosing and scores': [...new Set(validation.map(({ package: from }) => from))],
        variant,
        seed,
      },
    },
  );
  const documents = {
    'manifest.json': `${JSON.stringify(manifest, null, 1)}\n`,
    'card.md': summariesCard({ manifest, packages, certainty, files }),
  };
  await replaceFolder(to, SUMMARIES_FOLDER, (folder) => {
    for (const [name, content] of [...files, ...Object.entries(documents)]) {
      writeFileSync(join(folder, name), content);
    }
  });
  return manifest;
}

/** Packages with a version; of collections of snippets, whose groups are thousands, the collection. */
function packagesOf({ datasets }: WrittenStudyQuestion, training: readonly WrittenFunction[]): string[] {
  const learned = new Set(training.map(({ package: from }) => from));
  return datasets.flatMap((folder) => {
    const { name, packages } = readManifest(folder);
    const own = packages.filter((one) => one.split === 'train' && learned.has(one.name));
    return own.length > 0 ? own.map((one) => `${one.name} ${one.version}`) : [name];
  });
}

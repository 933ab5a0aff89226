/** `binscribe study contrabin`: ways of pre-training beside one another; goes on where it was stopped. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readDocument } from '../corpus/document.ts';
import { sha256 } from '../corpus/hash.ts';
import { manifestHashes } from '../corpus/manifest.ts';
import { checkReplaceable } from '../corpus/replace.ts';
import { BinscribeError } from '../error.ts';
import { renderJson } from '../explain/render/json.ts';
import type { Device } from '../nn/runtime.ts';
import { inBackground } from '../runtimes/background.ts';
import { renderEmbeddings } from '../tasks/contrabin/embeddings-picture.ts';
import { checkpointHashes } from '../tasks/contrabin/encoders.ts';
import type { ExportJob, ExportOrder } from '../tasks/contrabin/export-job.ts';
import type { StudyJob, TrainingPlace } from '../tasks/contrabin/job.ts';
import { checkExportable, MEANING_FOLDER, type MeaningManifest } from '../tasks/contrabin/meaning.ts';
import { checkSameStudy, joined } from '../tasks/contrabin/joining.ts';
import { renderStudy } from '../tasks/contrabin/report.ts';
import { otherValue, settingsOf, settingsShape, type StudySettings } from '../tasks/contrabin/settings.ts';
import type { StudyReport } from '../tasks/contrabin/study.ts';
import { type StudyDocument, studyDocumentShape } from '../tasks/contrabin/study-document.ts';
import { recipeOf, type StudyProgress } from '../tasks/contrabin/ways.ts';
import {
  askedOf,
  foldersOf,
  studyShape,
  type ContraBinStudy,
  type StudyVariant,
  seedsAsked,
} from '../tasks/contrabin/study-shape.ts';
import { checkWriter, SUMMARIES_FOLDER, type SummariesManifest } from '../tasks/contrabin/summaries.ts';
import type { WriterJob, WriterOrder } from '../tasks/contrabin/summaries-job.ts';
import { readDecompileEval } from '../tasks/reexecution/decompile-eval.ts';
import { VERSION } from '../version.ts';
import { writeWhole } from './files.ts';
import { interruptible } from './interruptible.ts';
import { forecast, Progress } from './progress.ts';
import { publish } from './result.ts';
import type { Session } from './session.ts';

export interface ContraBinFlags {
  runs: string;
  output?: string;
  /** Earlier results of the study, of which those of now become a part. */
  join?: string;
  device: Device;
  question?: string[];
  variant?: string[];
  /** Folder for the model of a pre-training, or of the writer of the one question that is named, instead of the study. */
  export?: string;
  seed?: number[];
  json?: boolean;
}

/** What the folder of trainings is of: they are found by their names, which say nothing of their settings. */
const BEGUN = 'study.json';

export async function studyContraBin(path: string, flags: ContraBinFlags, session: Session): Promise<void> {
  const study = readDocument(path, {
    shape: studyShape,
    name: 'study of pre-training',
    absent: 'unreadable',
    wrong: 'usage',
    hint: 'studies/contrabin.json is one.',
  });
  checkNames(study, flags);
  for (const variant of study.variants) recipeOf(study, variant);
  const { runs, device, output, json = false } = flags;
  const order = flags.export === undefined ? null : exportOrder(study, flags.export, flags);
  const place: TrainingPlace & { study: ContraBinStudy } = { study, runs, device };
  const datasets = { ...hashesOf(study, flags.question), ...(await checkpointHashes(study.pretraining)) };
  const earlier = flags.join === undefined ? null : readResults(flags.join);
  if (earlier) checkSameStudy(earlier, { study, datasets, device });
  await begin(runs, study, datasets);
  if (order !== null) {
    const manifest =
      'question' in order
        ? await run<SummariesManifest>(session, 'summaries-job', { ...place, ...order })
        : await run<MeaningManifest>(session, 'export-job', { ...place, ...order });
    await publish(session, { json }, cardIn(order.to), renderJson(manifest));
    return;
  }
  const report = await run<StudyReport>(session, 'job', {
    ...place,
    only: {
      ...(flags.question && { questions: flags.question }),
      ...(flags.variant && { variants: flags.variant }),
      ...(flags.seed && { seeds: flags.seed }),
    },
  });
  const own: StudyDocument = {
    schema: 'binscribe.contrabin/1',
    tool: `binscribe ${VERSION}`,
    device,
    study,
    datasets,
    ...report,
  };
  const document = earlier === null ? own : joined(earlier, own);
  const hasMaps = output !== undefined && document.embeddings.length > 0;
  const picture = hasMaps ? `${basename(output)}.svg` : null;
  await publish(
    session,
    { ...(output !== undefined && { output }), json },
    renderStudy(document, picture),
    renderJson(document),
  );
  if (hasMaps) await writeWhole(`${output}.svg`, [mapsOf(document)]);
}

function readResults(file: string): StudyDocument {
  return readDocument(file, {
    shape: studyDocumentShape,
    name: 'results of a study',
    absent: 'unreadable',
    wrong: 'corrupt',
    hint: 'Name the PATH.json that `study contrabin -o PATH` has written.',
  });
}

function mapsOf({ study, embeddings }: StudyDocument): string {
  const followed = study.embeddings?.followed ?? [];
  return renderEmbeddings(
    embeddings.map((report) => ({ title: report.variant, report })),
    followed,
  );
}

/** @throws BinscribeError `usage` for a name or a seed that the study does not have */
function checkNames({ questions, variants, compared }: ContraBinStudy, flags: ContraBinFlags): void {
  const [ways, asked] = [variants, questions].map((all) => all.map(({ name }) => name));
  checkKnown('--question', asked, flags.question);
  checkKnown('--variant', ways, flags.variant);
  checkKnown('compared', ways, compared);
  for (const variant of variants) checkKnown(`questions of ${variant.name}`, asked, askedOf(variant));
  const chosen = variants.filter(({ name }) => flags.variant?.includes(name) !== false);
  checkKnown('--seed', [...new Set(chosen.flatMap(({ seeds }) => seeds))], flags.seed);
}

/** @throws BinscribeError `usage` */
function checkKnown<T extends string | number>(
  what: string,
  known: readonly T[],
  named: readonly T[] = [],
): void {
  const stranger = named.find((one) => !known.includes(one));
  if (stranger === undefined) return;
  throw new BinscribeError('usage', `${what}: one of ${known.join(', ')} expected, got ${stranger}`);
}

/**
 * SHA-256 of the manifest of each data set that is read for these questions, and of the files with unit tests.
 * @param named all where it is left out
 * @throws BinscribeError as `readManifest` and `readDecompileEval`: reading them tells in our words what is wrong
 */
function hashesOf(study: ContraBinStudy, named: readonly string[] | undefined): Record<string, string> {
  const questions = study.questions.filter(({ name }) => named?.includes(name) !== false);
  const files = questions.flatMap((question) =>
    question.kind === 'source' && question.reexecution !== undefined ? [question.reexecution] : [],
  );
  return Object.fromEntries([
    ...Object.entries(manifestHashes(foldersOf(study, named))),
    ...files.map((file) => {
      readDecompileEval(file);
      return [file, sha256(readFileSync(file))] as const;
    }),
  ]);
}

/** @throws BinscribeError `usage` where the folder has trainings of other settings */
async function begin(runs: string, study: ContraBinStudy, datasets: Record<string, string>): Promise<void> {
  const file = join(runs, BEGUN);
  const settings = settingsOf(study, datasets);
  mkdirSync(runs, { recursive: true });
  const begun = existsSync(file) ? readBegun(file) : settings;
  const other = otherValue(begun, settings);
  if (other !== null) {
    throw new BinscribeError('usage', `${runs}: its trainings were made with other settings: ${other}`, {
      hint: 'Name another folder with --runs, or remove this one.',
    });
  }
  const merged = {
    ...settings,
    variants: { ...begun.variants, ...settings.variants },
    questions: { ...begun.questions, ...settings.questions },
    datasets: { ...begun.datasets, ...settings.datasets },
  };
  await writeWhole(file, [`${JSON.stringify(merged, null, 1)}\n`]);
}

function readBegun(file: string): StudySettings {
  return readDocument(file, {
    shape: settingsShape,
    name: 'settings of a study',
    absent: 'unreadable',
    wrong: 'corrupt',
    hint: 'Name another folder with --runs, or remove this one.',
  });
}

/**
 * Which pre-training is asked for, or which writer.
 * @throws BinscribeError `usage` where it is not one, or has no model
 */
function exportOrder(
  study: ContraBinStudy,
  to: string,
  { variant, seed, question }: ContraBinFlags,
): ExportOrder | WriterOrder {
  if (question === undefined) {
    // Without pre-training there is nothing that means anything.
    const own = chosenVariant(
      study.variants.filter(({ preTrained }) => preTrained),
      variant,
    );
    checkExportable(recipeOf(study, own), own.name);
    checkReplaceable(to, MEANING_FOLDER);
    return { variant: own, seed: chosenSeed(own, seed), to };
  }
  const asked = study.questions.filter(({ name }) => question.includes(name));
  if (asked.length !== 1) {
    const names = study.questions.filter(({ kind }) => kind === 'summaries').map(({ name }) => name);
    const known = names.join(', ') || 'kind "summaries", of which this study has none,';
    throw new BinscribeError('usage', `--export: one --question of ${known} expected`);
  }
  const [writer] = asked;
  checkWriter(writer, study.pretraining);
  const own = chosenVariant(
    study.variants
      .map((one) => ({ ...one, seeds: seedsAsked(one, writer.name) }))
      .filter(({ seeds }) => seeds.length > 0),
    variant,
  );
  checkReplaceable(to, SUMMARIES_FOLDER);
  return { variant: own, seed: chosenSeed(own, seed), question: writer, to };
}

/** @throws BinscribeError `usage` where not one of those that can be is named */
function chosenVariant(possible: readonly StudyVariant[], named: readonly string[] = []): StudyVariant {
  const chosen = possible.filter(({ name }) => named.includes(name));
  if (chosen.length === 1 && named.length === 1) return chosen[0];
  const names = possible.map(({ name }) => name);
  throw new BinscribeError('usage', `--export: one --variant of ${names.join(', ')} expected`);
}

function chosenSeed({ seeds }: StudyVariant, named: readonly number[] = seeds.slice(0, 1)): number {
  if (named.length === 1) return named[0];
  throw new BinscribeError('usage', `--export: one --seed of ${seeds.join(', ')} expected`);
}

function cardIn(folder: string): string {
  return readFileSync(join(folder, 'card.md'), 'utf8');
}

/** Does the work of a module of tasks/contrabin/ in a process of its own. */
async function run<Result>(
  session: Session,
  module: 'job' | 'export-job' | 'summaries-job',
  job: StudyJob | ExportJob | WriterJob,
): Promise<Result> {
  const progress = new Progress(session, 'study');
  try {
    const report = await interruptible(session, (signal) =>
      inBackground<StudyProgress, Result | null>(
        new URL(`../tasks/contrabin/${module}.js`, import.meta.url),
        job,
        { onReport: (told) => progress.say(lineOf(told)), signal },
      ),
    );
    if (report) return report;
  } finally {
    progress.end();
  }
  throw new BinscribeError('interrupted', `stopped; what was learned is in ${job.runs}`, {
    hint: 'The same command goes on from there.',
  });
}

function lineOf(told: StudyProgress): string {
  if (told.stage === 'reading') {
    return told.rows === 0
      ? `reading ${told.what}`
      : `reading ${told.what}, ${told.rows.toLocaleString('en-US')} rows`;
  }
  if (told.stage === 'lexicon') return `learning which words go with what, ${Math.floor(100 * told.share)} %`;
  if (told.stage === 'judging') return `${told.what}, ${told.done} of ${told.all} functions judged`;
  const { what, epoch, epochs, step, steps, loss, metrics, secondsLeft } = told;
  const [metric] = Object.entries(metrics);
  return [
    what,
    `epoch ${epoch} of ${epochs}, step ${step} of ${steps}`,
    `loss ${loss.toFixed(4)}`,
    ...(metric ? [`${metric[0]} ${metric[1].toFixed(4)}`] : []),
    `${forecast(secondsLeft * 1000)} left of it`,
  ].join(', ');
}

/** What a study says: a document with everything that decided it, and a table for people. */

import { table } from '../../corpus/table.ts';
import type { Interval } from '../../metrics/bootstrap.ts';
import { seedInterval } from '../../nn/training/runs.ts';
import { count } from '../../numbers.ts';
import { renderCases } from './cases.ts';
import type { Verdict } from './question.ts';
import type { QuestionReport } from './study.ts';
import type { StudyDocument } from './study-document.ts';
import { LOSS_PER_TOKEN } from './writing.ts';

/** What is printed beside our figures, and where it can be compared. */
const PRINTED: Readonly<Record<QuestionReport['kind'], string>> = {
  retrieval:
    'The paper prints MAP 43.78, MAR 33.87 and MAF1 38.19 for ContraBin and 38.29, 28.57, 32.72 for RoBERTa (table 3, FIELD.md section 3). ' +
    'How it counts is not said; its split has the same problems, so that its MAF1 may be held against ours with that doubt.',
  problems:
    'The paper has no such figure: its split is disjoint in problems, and a classifier of 104 cannot have been run on it.',
  names:
    'The paper prints accuracy 33.41, MAP 30.79, MAR 28.14 and MAF1 29.41 for ContraBin and 29.41, 28.41, 25.00, 26.59 without it, on 91 names ' +
    'of GitHub projects: other programs and other names, so that only the gain can be compared.',
  'open-names': 'The paper tells names of a list apart and has no such figure.',
  summaries:
    'The paper prints BLEU-4 34.36, GLEU 34.82, ROUGE-2 41.20 and exact match 9.34 for ContraBin and 24.30, 25.55, 30.16, 4.95 for RoBERTa. ' +
    'They are held against comments that CodeT5 wrote of the same functions; where people wrote them the figures cannot be compared.',
  source:
    'The paper prints BLEU 71.14, GLEU 70.41 and exact match 25.16 for ContraBin and 69.72, 68.29, 23.52 for RoBERTa. The nearest function ' +
    'reaches 66.5 where whole files are compared, with the preamble that all have, and 31.2 on the function alone (FIELD.md section 6): ' +
    'here the function alone counts, and none whose code training has, so that the figures cannot be compared.',
};

/** What the columns of written texts mean. */
const EXPLAINED: Partial<Record<QuestionReport['kind'], string>> = {
  'open-names':
    'A writer writes the words that a name consists of, and has five beams and the nearest names to choose from. *Token F1*: of the sets of ' +
    'words, in the mean over functions. The names of some test functions occur in the training, which a look at the facts above tells.',
  summaries:
    'A writer has five beams and the nearest texts to choose from; how it chooses was learned on the validation side. *Written, not found*: ' +
    'the share of functions of which it chose a text of its own. *What the code says by itself* learns nothing: what `explain` tells of ' +
    'library calls, numbers, instructions and short functions.',
  source:
    'A writer has five beams and the nearest texts to choose from; how it chooses was learned on the validation side, by what compiles to ' +
    'the given code among others. *Compiles*: the chosen text, on its own, by the compiler and at the level of the given code, which are known ' +
    'here. *Same code*: and to the same, what linking decides left out. *Re-executable*: of the functions of Decompile-Eval (HumanEval in C), ' +
    'which nobody has learned from, those whose candidate with the likest code passes the unit tests in the sandbox. A draft by rules ' +
    'compiles with declarations of what it refers to; its text is held against the reference without them, as the reference is without its ' +
    'own, and begun as most functions of the training are: no code tells whether a function was `static`.',
};

/** @param picture file of the maps, beside the table */
export function renderStudy(document: StudyDocument, picture: string | null = null): string {
  const { study, material, questions, differences, preTraining } = document;
  const parts = [
    '# Contrastive pre-training of binary code',
    `Code as ${study.pretraining.view === 'ir' ? 'LLVM IR' : 'normalised assembly'}. Pre-training has ` +
      `${count(material['training: triples'])} triples of source, binary and comment, ${count(material['training: texts of code'])} texts of ` +
      `code and ${count(material['training: sources and comments'])} sources and comments. Means over seeds with 95 % intervals (Student's t); of one seed, and of ` +
      `baselines, over packages or problems (bootstrap) where figures are means over functions.`,
    ...builtAgainParts(document),
    ...questions.flatMap((question) => questionParts(question, document)),
    '## Pre-training',
    preTraining.length === 0 ? 'None.' : stagesTable(document),
  ];
  if (differences.length > 0) {
    parts.push(
      '## Differences',
      'Seeds averaged; intervals of 95 % by the bootstrap over problems or packages; of losses, of which less is better, by ' +
        "Student's t over seeds.",
      table(
        ['question', 'figure', 'of', 'difference'],
        differences.map(({ question, figure, better, worse, mean, low, high }) => [
          question,
          figure,
          `${better} − ${worse}`,
          `${inUnits(figure, mean)} (${inUnits(figure, low)} to ${inUnits(figure, high)})`,
        ]),
      ),
    );
  }
  parts.push(...embeddingParts(document, picture));
  return `${parts.join('\n\n')}\n`;
}

/** Manifests by as many digits as `corpus build --summary` shows. */
function builtAgainParts({ datasets, builtAgain }: StudyDocument): string[] {
  return Object.entries(builtAgain ?? {}).map(([folder, earlier]) => {
    const manifests = [...earlier, datasets[folder]].map((hash) => `\`${hash.slice(0, 12)}\``);
    return (
      `Parts of this were made from different builds of ${folder}, with the manifests ${manifests.join(', ')}: the counts of what ` +
      'was read are the same, and so is what the baselines say of each function of the tests.'
    );
  });
}

function questionParts(
  { name, kind, facts, baselines, results, cases }: QuestionReport,
  { study }: StudyDocument,
): string[] {
  const ways: { label: string; verdicts: readonly Verdict[] }[] = [
    ...Object.entries(baselines).map(([label, verdict]) => ({ label, verdicts: [verdict] })),
    ...study.variants.map(({ name: variant, description }) => ({
      label: `**${variant}**: ${description}`,
      verdicts: results.filter((result) => result.variant === variant),
    })),
  ].filter(({ verdicts }) => verdicts.length > 0);
  const figures = [...new Set(ways.flatMap(({ verdicts: [first] }) => Object.keys(first.figures)))];
  const seeds = (label: string, count: number): string => (label in baselines ? '' : String(count));
  const explained = EXPLAINED[kind];
  return [
    `## ${name}`,
    Object.entries(facts)
      .map(([what, number]) => `${what} ${count(number)}`)
      .join(', ') + '.',
    ...(explained === undefined ? [] : [explained]),
    ...inTables(figures).map((own) =>
      table(
        ['', 'seeds', ...own],
        ways
          .filter(({ verdicts: [first] }) => own.some((figure) => figure in first.figures))
          .map(({ label, verdicts }) => [
            label,
            seeds(label, verdicts.length),
            ...own.map((figure) => cellOf(verdicts, figure)),
          ]),
      ),
    ),
    ...lossParts(results, study),
    PRINTED[kind],
    ...renderCases(cases),
  ];
}

/** What writers are told apart by before they choose. */
function lossParts(results: QuestionReport['results'], { variants }: StudyDocument['study']): string[] {
  const losses = variants.flatMap(({ name }) => {
    const own = results.filter(({ variant }) => variant === name);
    const values = own.flatMap(({ validation: { [LOSS_PER_TOKEN]: loss } }) => loss ?? []);
    if (values.length === 0) return [];
    const { mean, low, high } = seedInterval(values);
    const drawn = low === null || high === null ? undefined : { low, high };
    return [`**${name}** ${withInterval(mean, drawn, nats)}`];
  });
  if (losses.length === 0) return [];
  return [`Loss per token of the references of the validation side, in nats: ${losses.join(', ')}.`];
}

/** Figures by level stand in a table of their own: one that is wider is not read. */
function inTables(figures: readonly string[]): string[][] {
  const byLevel = (figure: string): boolean => /, -O\d$/.test(figure);
  const tables = [figures.filter((figure) => !byLevel(figure)), figures.filter(byLevel)];
  return tables.filter(({ length }) => length > 0);
}

function cellOf(verdicts: readonly Verdict[], figure: string): string {
  const [first] = verdicts;
  if (!(figure in first.figures)) return '–';
  const { mean, low, high } = seedInterval(verdicts.map((verdict) => verdict.figures[figure]));
  // Figures are shares: of few seeds Student's t leads out of what there is.
  const drawn =
    low === null || high === null
      ? first.intervals?.[figure]
      : { low: Math.max(0, low), high: Math.min(1, high) };
  return withInterval(mean, drawn, percent);
}

function withInterval(mean: number, drawn: Interval | undefined, told: (value: number) => string): string {
  return drawn ? `${told(mean)} (${told(drawn.low)}–${told(drawn.high)})` : told(mean);
}

function embeddingParts({ embeddings, study }: StudyDocument, picture: string | null): string[] {
  const settings = study.embeddings;
  if (settings === undefined || embeddings.length === 0) return [];
  const [{ chance, places }] = embeddings;
  return [
    '## Functions as they are embedded before tuning',
    `${count(places.length)} functions of the test side of ${settings.dataset}, ${settings.build}, all different. The paper's Fig. 6 takes ` +
      'clusters for a fault where all functions are different, and counts two for primary contrastive learning, one for ContraBin. Here ' +
      'the clusters are those of k-means, from two to ten, with the largest mean silhouette, in the space itself and not on the map; near 0 ' +
      `there are none. Neighbours: the share of the ${settings.neighbours} nearest functions that are among the nearest by the words of their names ` +
      `too; by chance ${percent(chance)} %. Of a followed pair: its cosine, and the share of all functions that are nearer.`,
    ...(picture === null ? [] : [`![Maps](${picture})`]),
    table(
      [
        'variant',
        'clusters',
        'silhouette',
        'neighbours by name, %',
        'mean cosine',
        ...settings.followed.map((pair) => pair.join(', ')),
      ],
      embeddings.map(({ variant, clusters, silhouette, agreement, meanCosine, followed }) => [
        variant,
        String(clusters),
        silhouette.toFixed(3),
        percent(agreement),
        meanCosine.toFixed(3),
        ...followed.map(({ cosine, nearer }) => `${cosine.toFixed(3)}, ${percent(nearer)} % nearer`),
      ]),
    ),
  ];
}

function stagesTable({ preTraining }: StudyDocument): string {
  return table(
    ['variant', 'seed', 'stage', 'on the validation packages'],
    preTraining.flatMap(({ variant, seed, stages }) =>
      Object.entries(stages).map(([stage, figures]) => [
        variant,
        String(seed),
        stage,
        Object.entries(figures)
          .map(([figure, value]) => `${figure} ${Number(value.toFixed(3))}`)
          .join(', '),
      ]),
    ),
  );
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}

/** A difference with its sign: of losses in nats, of shares in per cent. */
function inUnits(figure: string, difference: number): string {
  const size = Math.abs(difference);
  return `${difference < 0 ? '−' : '+'}${figure === LOSS_PER_TOKEN ? nats(size) : percent(size)}`;
}

function nats(loss: number): string {
  return loss.toFixed(3);
}

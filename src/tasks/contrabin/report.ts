/** What a study says: a document with everything that decided it, and a table for people. */

import { table } from '../../corpus/table.ts';
import { bootstrap, type Interval } from '../../metrics/bootstrap.ts';
import { seedInterval } from '../../nn/training/runs.ts';
import { count } from '../../numbers.ts';
import type { QuestionReport, StudyReport, StudyResult } from './study.ts';
import type { ContraBinStudy } from './study-shape.ts';

export interface StudyDocument extends StudyReport {
  readonly schema: 'binscribe.contrabin/1';
  readonly tool: string;
  readonly device: string;
  readonly study: ContraBinStudy;
  /** SHA-256 of the data sets' manifests, and of what was read of folders that encoders begin with. */
  readonly datasets: Readonly<Record<string, string>>;
  readonly differences: readonly Difference[];
}

/** Of two ways at a question: the mean over test items of what one adds more than the other, with its interval. */
export interface Difference extends Interval {
  readonly question: string;
  readonly figure: string;
  readonly better: string;
  readonly worse: string;
  readonly mean: number;
}

/** Where both ways were asked. Seeds are averaged by item; intervals draw whole problems or packages. */
export function differencesOf(
  { questions }: StudyReport,
  [better, worse]: readonly [string, string],
): Difference[] {
  return questions.flatMap(({ name: question, clusters, results }) => {
    const [one, other] = [better, worse].map((variant) =>
      meanItems(results.filter((r) => r.variant === variant)),
    );
    if (!one || !other) return [];
    const gains = one.map((value, i) => value - other[i]);
    const weighted = (weights: Float64Array): number => {
      const total = weights.reduce((a, b) => a + b, 0);
      return gains.reduce((sum, gain, i) => sum + gain * weights[i], 0) / total;
    };
    const [figure] = Object.keys(results[0].figures);
    return [
      {
        question,
        figure,
        better,
        worse,
        mean: weighted(new Float64Array(gains.length).fill(1)),
        ...bootstrap(gains.length, (i) => clusters[i], weighted, { seed: 1 }),
      },
    ];
  });
}

function meanItems(results: readonly StudyResult[]): number[] | null {
  if (results.length === 0) return null;
  return results[0].items.map(
    (_, i) => results.reduce((sum, { items }) => sum + items[i], 0) / results.length,
  );
}

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
};

/** @param picture file of the maps, beside the table */
export function renderStudy(document: StudyDocument, picture: string | null = null): string {
  const { study, material, questions, differences, preTraining } = document;
  const parts = [
    '# Contrastive pre-training of binary code',
    `Code as ${study.pretraining.view === 'ir' ? 'LLVM IR' : 'normalised assembly'}. Pre-training has ` +
      `${count(material['training: triples'])} triples of source, binary and comment, ${count(material['training: texts of code'])} texts of ` +
      `code and ${count(material['training: sources and comments'])} sources and comments. Means over seeds with 95 % intervals (Student's t).`,
    ...questions.flatMap((question) => questionParts(question, document)),
    '## Pre-training',
    preTraining.length === 0 ? 'None.' : stagesTable(document),
  ];
  if (differences.length > 0) {
    parts.push(
      '## Differences',
      'The mean over test items, seeds averaged; intervals of 95 % by the bootstrap over problems or packages.',
      table(
        ['question', 'figure', 'of', 'difference'],
        differences.map(({ question, figure, better, worse, mean, low, high }) => [
          question,
          figure,
          `${better} − ${worse}`,
          `${signed(mean)} (${signed(low)} to ${signed(high)})`,
        ]),
      ),
    );
  }
  parts.push(...embeddingParts(document, picture));
  return `${parts.join('\n\n')}\n`;
}

function questionParts(
  { name, kind, facts, baselines, results }: QuestionReport,
  { study }: StudyDocument,
): string[] {
  const figures = Object.keys(Object.values(baselines)[0].figures);
  const rows = study.variants.flatMap(({ name: variant, description }) => {
    const own = results.filter((result) => result.variant === variant);
    if (own.length === 0) return [];
    const cells = figures.map((figure) => {
      const { mean, low, high } = seedInterval(own.map((result) => result.figures[figure]));
      return low === null || high === null
        ? percent(mean)
        : `${percent(mean)} (${percent(low)}–${percent(high)})`;
    });
    return [[`**${variant}**: ${description}`, String(own.length), ...cells]];
  });
  return [
    `## ${name}`,
    Object.entries(facts)
      .map(([what, number]) => `${what} ${count(number)}`)
      .join(', ') + '.',
    table(
      ['', 'seeds', ...figures],
      [
        ...Object.entries(baselines).map(([what, verdict]) => [
          what,
          '',
          ...figures.map((figure) => percent(verdict.figures[figure])),
        ]),
        ...rows,
      ],
    ),
    PRINTED[kind],
  ];
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

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
}

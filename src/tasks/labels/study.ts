/**
 * How well zero-shot labels tell what functions do. Nobody has labelled functions; but who sorted a program's source into
 * files has often sorted it by what functions do (`src/math`, `cipher/sha256.c`). A list says which files are of which
 * label; functions of those of one label are held against functions of the others.
 */

import { z } from 'zod';
import { openDataset } from '../../corpus/dataset.ts';
import { contentKey } from '../../corpus/hash.ts';
import { BinscribeError } from '../../error.ts';
import { bootstrap, type Interval } from '../../metrics/bootstrap.ts';
import { Labeller, type Label } from '../../models/meaning/labels.ts';
import type { MeaningModel } from '../../models/meaning/model.ts';
import { ProgramWords, wordsOf, wordsOfCode } from '../../models/meaning/words.ts';
import { lineCount } from '../../tokens/assembly.ts';
import { mean } from '../../numbers.ts';
import { learnedFrom } from '../learned.ts';

const pattern = z.string().refine(
  (text) => {
    try {
      return new RegExp(text, 'u').source !== '';
    } catch {
      return false;
    }
  },
  { error: 'expected a regular expression' },
);

export const labelStudyShape = z.strictObject({
  /** Folder of a data set; of it the test side. */
  dataset: z.string(),
  /** Source files of test packages that are of a label. */
  places: z.array(z.strictObject({ label: z.string(), package: z.string(), files: pattern })).min(1),
});

export type LabelStudy = z.infer<typeof labelStudyShape>;

/** How likely a function of the label stands above one of the others: one half by chance. */
export interface Separation extends Interval {
  readonly area: number;
}

export interface LabelFigures {
  readonly label: string;
  /** Functions of its files; all others are of files of other labels. */
  readonly functions: number;
  readonly packages: number;
  /** By the label's score, and by either of what it is made of. */
  readonly model: Separation;
  readonly network: Separation;
  readonly lexicon: Separation;
  /** By the words that a function shares with the label's sentences. */
  readonly words: Separation;
  /** Functions that `explain` would give the label, and how many of these are of its files. */
  readonly given: number;
  readonly right: number;
}

export interface LabelReport {
  readonly functions: number;
  readonly labels: readonly LabelFigures[];
  /** Of functions that are given labels: the share whose best one is that of their file. */
  readonly labelled: { readonly share: number; readonly right: number };
}

const COLUMNS = [
  ...(['package', 'source_file', 'name', 'assembly'] as const),
  ...(['normalized_duplicate', 'normalized_leak'] as const),
];

interface Judged {
  readonly package: string;
  readonly label: string;
  readonly code: string;
}

/**
 * @param learned folders of other data sets that the model has learned from
 * @throws BinscribeError `usage` for a label that there is not, or a place without functions
 */
export async function studyLabels(
  { dataset, places }: LabelStudy,
  model: MeaningModel,
  labels: readonly Label[],
  learned: readonly string[],
  progress: (done: number, all: number) => void,
): Promise<LabelReport> {
  const names = labels.map(({ name }) => name);
  const stranger = places.find(({ label }) => !names.includes(label));
  if (stranger) {
    throw new BinscribeError('usage', `places: one of ${names.join(', ')} expected, got ${stranger.label}`);
  }
  const judged = await functionsOf(dataset, places, model.floor, learned);
  const empty = places.find(
    (place) => !judged.some((one) => one.label === place.label && one.package === place.package),
  );
  if (empty) {
    throw new BinscribeError(
      'usage',
      `places: no function of ${empty.package} is in files like ${empty.files}`,
      { hint: `They are those of the test side of ${dataset}, as its column source_file has them.` },
    );
  }
  const labeller = await Labeller.open(model, labels);
  const read = await model.readCode(
    judged.map(({ code }) => code),
    (done) => progress(done, judged.length),
  );
  const scores = read.map((code) => labeller.fitsOf(code));
  const given = read.map((own, i) =>
    labeller.labelsOf({ ...own, code: judged[i].code }).map(({ label }) => label),
  );
  const words = new ProgramWords(judged.map(({ code }) => wordsOfCode(code)));
  const packages = [...new Set(judged.map((one) => one.package))];
  const clusters = judged.map((one) => packages.indexOf(one.package));
  const figures = labels.flatMap(({ name, prompts }, k): LabelFigures[] => {
    const isOwn = judged.map(({ label }) => label === name);
    const own = judged.filter(({ label }) => label === name);
    if (own.length === 0) return [];
    const separated = (values: readonly number[]): Separation => separation(values, isOwn, clusters);
    const shared = words.shared(wordsOf(prompts.join('\n')));
    const told = given.flatMap((list, i) => (list.includes(name) ? [isOwn[i]] : []));
    return [
      {
        label: name,
        functions: own.length,
        packages: new Set(own.map((one) => one.package)).size,
        model: separated(scores.map((fits) => fits[k].score)),
        network: separated(scores.map((fits) => fits[k].cosine)),
        lexicon: separated(scores.map((fits) => fits[k].spoken)),
        words: separated(shared.map(({ share }) => share)),
        given: told.length,
        right: told.filter(Boolean).length,
      },
    ];
  });
  const labelled = given.flatMap(([best], i) => (best === undefined ? [] : [best === judged[i].label]));
  return {
    functions: judged.length,
    labels: figures,
    labelled: {
      share: labelled.length / judged.length,
      right: labelled.length === 0 ? 0 : mean(labelled.map(Number)),
    },
  };
}

/** Different functions of the places, without those that training has. A file of two labels counts for the first. */
async function functionsOf(
  dataset: string,
  places: LabelStudy['places'],
  floor: number,
  learned: readonly string[],
): Promise<Judged[]> {
  const { codes } = await learnedFrom(learned);
  const known = places.map((place) => ({ ...place, expression: new RegExp(place.files, 'u') }));
  const judged: Judged[] = [];
  for await (const row of openDataset(dataset).rows(COLUMNS, { split: 'test' })) {
    const { package: from, source_file: file, assembly: code } = row;
    if (file === null || row.normalized_duplicate || row.normalized_leak || lineCount(code) < floor) continue;
    if (codes.has(contentKey(code))) continue;
    const place = known.find((one) => one.package === from && one.expression.test(file));
    if (place) judged.push({ package: from, label: place.label, code });
  }
  return judged;
}

/** Area under the curve of Mann and Whitney (1947), ties half; its interval draws packages. */
export function separation(
  scores: readonly number[],
  isOwn: readonly boolean[],
  clusters: readonly number[],
): Separation {
  const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
  const area = (weights: Float64Array): number => {
    let [below, pairs, own, others] = [0, 0, 0, 0];
    for (let from = 0; from < order.length;) {
      let to = from;
      let [ownHere, othersHere] = [0, 0];
      for (; to < order.length && scores[order[to]] === scores[order[from]]; to++) {
        if (isOwn[order[to]]) ownHere += weights[order[to]];
        else othersHere += weights[order[to]];
      }
      pairs += ownHere * (below + othersHere / 2);
      below += othersHere;
      own += ownHere;
      others += othersHere;
      from = to;
    }
    return pairs / (own * others);
  };
  const all = new Float64Array(scores.length).fill(1);
  return { area: area(all), ...bootstrap(scores.length, (i) => clusters[i], area, { seed: 1 }) };
}

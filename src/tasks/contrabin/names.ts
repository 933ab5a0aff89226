/**
 * Function name recovery (section 4.3): which of the names that several training packages have a stripped function of
 * another package bears.
 */

import { openDataset } from '../../corpus/dataset.ts';
import { contentKey } from '../../corpus/hash.ts';
import type { Split } from '../../corpus/recipe.ts';
import { compareText } from '../../corpus/text.ts';
import {
  accuracy,
  confusionMatrix,
  harmonicMean,
  macroPrecisionRecall,
} from '../../metrics/classification.ts';
import type { Vocabulary } from '../../models/contrabin/vocabulary.ts';
import { classificationQuestion, type ClassificationSettings } from './algorithms.ts';
import { type CodeReader, type LabelledTexts, LabelledTextsBuilder } from './labelled-texts.ts';
import { TermNumbers } from './code-terms.ts';
import { type Coded, codedFunctions, type CodeView } from './programs.ts';
import type { Question } from './question.ts';

export interface NameOptions {
  /** Folders of data sets. */
  readonly datasets: readonly string[];
  /** Training packages that judge checkpoints. */
  readonly validation: ReadonlySet<string>;
  readonly view: CodeView;
  /** Names that are told apart: the paper's 91. */
  readonly names: number;
  /** Training packages that a name must occur in, at least. */
  readonly packages: number;
}

/** Names that are the same in every program tell nothing of a function. */
const NO_NAMES: ReadonlySet<string> = new Set(['main']);

/**
 * The names that most training packages have given to functions of their own writing: one that was copied from package to
 * package, as gnulib's are, counts once. Of names with equally many, those that more packages have. Fixed before anything is
 * learned, from packages that neither judge nor test.
 */
export async function chooseNames({ datasets, validation, names, packages }: NameOptions): Promise<string[]> {
  const found = new Map<string, { packages: Set<string>; writers: Map<string, string> }>();
  for (const folder of datasets) {
    const rows = openDataset(folder).rows(['package', 'name', 'source'], { split: 'train' });
    for await (const { package: from, name, source } of rows) {
      if (validation.has(from) || NO_NAMES.has(name) || source === null) continue;
      const known = found.get(name) ?? { packages: new Set(), writers: new Map() };
      found.set(name, known);
      known.packages.add(from);
      const text = contentKey(source.replace(/\s+/g, ' '));
      if (!known.writers.has(text)) known.writers.set(text, from);
    }
  }
  return [...found]
    .map(([name, known]) => ({ name, own: new Set(known.writers.values()).size, all: known.packages.size }))
    .filter(({ all }) => all >= packages)
    .sort((a, b) => b.own - a.own || b.all - a.all || compareText(a.name, b.name))
    .slice(0, names)
    .map(({ name }) => name);
}

/** A side of the question. */
export interface NamedFunctions extends LabelledTexts {
  /** Package of each text. */
  readonly packages: readonly string[];
  /** Of each text, the function: as it is known in its package. */
  readonly functions: readonly string[];
  /** Of each text, whether a training function has the same source: copied, but compiled to other code. */
  readonly copied: readonly boolean[];
}

export interface NameSides {
  readonly names: readonly string[];
  readonly training: NamedFunctions;
  readonly validation: NamedFunctions;
  readonly test: NamedFunctions;
  /** Test functions whose code training has, which are left out. */
  readonly copies: number;
  /** Of all test functions those whose name some training function has, and all: what an open vocabulary could reach. */
  readonly reach: { readonly known: number; readonly all: number };
}

const COLUMNS = ['name', 'source_file', 'source', 'normalized_hash'] as const;

type Named = Coded<(typeof COLUMNS)[number]>;

/** @param limit tokens that are read of a function */
export async function collectNames(
  options: NameOptions,
  vocabulary: Vocabulary,
  limit: number,
): Promise<NameSides> {
  const names = await chooseNames(options);
  const classes = new Map(names.map((name, i) => [name, i]));
  const reader = { vocabulary, limit, terms: new TermNumbers() };
  const training = new SideBuilder(reader, null);
  const [validation, test] = [0, 1].map(() => new SideBuilder(reader, training));
  const known = new Set<string>();
  const all = new Set<string>();
  let reached = 0;
  // Training first: what it has is no question. The validation side is small.
  const later: (Named & { label: number })[] = [];
  for (const split of ['train', 'test'] as const) {
    for await (const { row, code } of functionsOf(options, split)) {
      if (split === 'train') known.add(row.name);
      else if (isFirst(all, identityOf(row)) && known.has(row.name)) reached++;
      const label = classes.get(row.name);
      if (label === undefined) continue;
      if (split === 'test') test.add(row, code, label);
      else if (options.validation.has(row.package)) later.push({ row, code, label });
      else training.add(row, code, label);
    }
  }
  for (const { row, code, label } of later) validation.add(row, code, label);
  return {
    names,
    training: training.build(),
    validation: validation.build(),
    test: test.build(),
    copies: test.copies,
    reach: { known: reached, all: all.size },
  };
}

function isFirst(seen: Set<string>, key: string): boolean {
  const first = !seen.has(key);
  seen.add(key);
  return first;
}

async function* functionsOf({ datasets, view }: NameOptions, split: Split): AsyncGenerator<Named> {
  for (const folder of datasets) {
    yield* codedFunctions(openDataset(folder), { view, columns: COLUMNS, split });
  }
}

/** The same for all builds of a function. */
function identityOf({ package: from, source_file, name }: Named['row']): string {
  return `${from}/${source_file ?? ''}/${name}`;
}

class SideBuilder {
  copies = 0;
  private readonly texts: LabelledTextsBuilder;
  private readonly packages: string[] = [];
  private readonly functions: string[] = [];
  private readonly copied: boolean[] = [];
  private readonly codes = new Set<string>();
  private readonly sources = new Set<string>();
  private readonly training: SideBuilder | null;

  constructor(reader: CodeReader, training: SideBuilder | null) {
    this.texts = new LabelledTextsBuilder(reader);
    this.training = training;
  }

  /** Code that this side or training has is not taken again. */
  add(row: Named['row'], code: string, label: number): void {
    if (this.training?.codes.has(row.normalized_hash)) {
      this.copies++;
      return;
    }
    const key = `${row.normalized_hash} ${label}`;
    if (this.codes.has(key)) return;
    this.codes.add(key).add(row.normalized_hash);
    const source = row.source === null ? null : contentKey(row.source);
    if (source !== null) this.sources.add(source);
    this.texts.add(identityOf(row), code, label);
    this.packages.push(row.package);
    this.functions.push(identityOf(row));
    this.copied.push(source !== null && (this.training?.sources.has(source) ?? false));
  }

  build(): NamedFunctions {
    const { texts, packages, functions, copied } = this;
    return { ...texts.build(), packages, functions, copied };
  }
}

/**
 * Accuracy, and the paper's means over names: precision, recall and their harmonic mean.
 * @param weights how often each item counts; once where they are left out
 */
export function nameFigures(
  truth: readonly number[],
  told: ArrayLike<number>,
  names: number,
  weights?: ArrayLike<number>,
): Record<string, number> {
  const confusion = confusionMatrix(truth, told, names, weights);
  const { precision, recall } = macroPrecisionRecall(confusion, names);
  return {
    accuracy: accuracy(confusion, names),
    MAP: precision,
    MAR: recall,
    MAF1: harmonicMean(precision, recall),
  };
}

export function nameQuestion(sides: NameSides, settings: ClassificationSettings): Question {
  const { names, test, copies, reach } = sides;
  const packages = [...new Set(test.packages)];
  const question = classificationQuestion(
    sides,
    names.length,
    settings,
    test.packages.map((name) => packages.indexOf(name)),
    (truth, told) => nameFigures(truth, told, names.length),
    names,
  );
  const facts = {
    ...question.facts,
    names: names.length,
    'names in the test': new Set(test.classes).size,
    'test texts with a source that training has': test.copied.filter(Boolean).length,
    'test copies left out': copies,
    'test functions': reach.all,
    'of these with a name that training has': reach.known,
  };
  return {
    ...question,
    facts,
    cases: test.functions.map((what, i) => ({
      what,
      package: test.packages[i],
      reference: names[test.classes[i]],
    })),
  };
}

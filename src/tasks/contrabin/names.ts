/**
 * Function name recovery (section 4.3): which of the names that several training packages have a stripped function of
 * another package bears.
 */

import { openDataset, type ColumnName, type FunctionRow } from '../../corpus/dataset.ts';
import { contentKey } from '../../corpus/hash.ts';
import type { Split } from '../../corpus/recipe.ts';
import { compareText } from '../../corpus/text.ts';
import { accuracy, confusionMatrix, macroPrecisionRecall } from '../../metrics/classification.ts';
import type { Bpe } from '../../tokens/bpe/bpe.ts';
import { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import type { LabelledTexts } from './algorithms.ts';
import { functionCode, FUNCTION_COLUMNS, type CodeView } from './programs.ts';

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
 * The names that most training packages have, of equally many packages those of more functions.
 * Fixed before anything is learned, from packages that neither judge nor test.
 */
export async function chooseNames({ datasets, validation, names, packages }: NameOptions): Promise<string[]> {
  const found = new Map<string, { packages: Set<string>; functions: Set<string> }>();
  for (const folder of datasets) {
    const rows = openDataset(folder).rows(['package', 'name', 'source_file'], { split: 'train' });
    for await (const { package: from, name, source_file } of rows) {
      if (validation.has(from) || NO_NAMES.has(name)) continue;
      const known = found.get(name) ?? { packages: new Set(), functions: new Set() };
      found.set(name, known);
      known.packages.add(from);
      known.functions.add(`${from}/${source_file ?? ''}`);
    }
  }
  return [...found]
    .filter(([, known]) => known.packages.size >= packages)
    .sort(
      ([a, one], [b, other]) =>
        other.packages.size - one.packages.size ||
        other.functions.size - one.functions.size ||
        compareText(a, b),
    )
    .slice(0, names)
    .map(([name]) => name);
}

/** A side of the task, with what baselines look at. */
export interface NamedFunctions extends LabelledTexts {
  readonly rows: readonly Pick<FunctionRow, 'package' | 'code' | 'address'>[];
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

const COLUMNS = ['package', 'name', 'source_file', 'source', 'code', 'address', 'normalized_hash'] as const;

type Row = Pick<FunctionRow, (typeof COLUMNS)[number]> & Parameters<typeof functionCode>[0];

/** @param limit tokens that are read of a function */
export async function collectNames(options: NameOptions, bpe: Bpe, limit: number): Promise<NameSides> {
  const names = await chooseNames(options);
  const classes = new Map(names.map((name, i) => [name, i]));
  const training = new SideBuilder(bpe, limit, null);
  const [validation, test] = [new SideBuilder(bpe, limit, training), new SideBuilder(bpe, limit, training)];
  const known = new Set<string>();
  const all = new Set<string>();
  let reached = 0;
  // Training first: what it has is no question.
  for (const split of ['train', 'test'] as const) {
    for await (const row of rowsOf(options, split)) {
      if (split === 'train') known.add(row.name);
      else if (isFirst(all, `${row.package}/${row.source_file ?? ''}/${row.name}`) && known.has(row.name))
        reached++;
      const code = functionCode(row);
      const label = classes.get(row.name);
      if (label === undefined || code === null) continue;
      if (split === 'test') test.add(row, code, label);
      else if (!options.validation.has(row.package)) training.add(row, code, label);
    }
  }
  for await (const row of rowsOf(options, 'train')) {
    const code = functionCode(row);
    const label = classes.get(row.name);
    if (label !== undefined && code !== null && options.validation.has(row.package))
      validation.add(row, code, label);
  }
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

async function* rowsOf({ datasets, view }: NameOptions, split: Split): AsyncGenerator<Row> {
  const columns: ColumnName[] = [...new Set([...COLUMNS, ...FUNCTION_COLUMNS[view]])];
  for (const folder of datasets) yield* openDataset(folder).rows(columns, { split });
}

class SideBuilder {
  copies = 0;
  private readonly texts = new TokenTexts();
  private readonly classes: number[] = [];
  private readonly programs = new Map<string, number[]>();
  private readonly rows: NamedFunctions['rows'][number][] = [];
  private readonly copied: boolean[] = [];
  private readonly codes = new Set<string>();
  private readonly sources = new Set<string>();
  private readonly bpe: Bpe;
  private readonly limit: number;
  private readonly training: SideBuilder | null;

  constructor(bpe: Bpe, limit: number, training: SideBuilder | null) {
    this.bpe = bpe;
    this.limit = limit;
    this.training = training;
  }

  /** Code that this side or training has is not taken again. */
  add(row: Row, code: string, label: number): void {
    if (this.training?.codes.has(row.normalized_hash)) {
      this.copies++;
      return;
    }
    const key = `${row.normalized_hash} ${label}`;
    if (this.codes.has(key)) return;
    this.codes.add(key).add(row.normalized_hash);
    const source = row.source === null ? null : contentKey(row.source);
    if (source !== null) this.sources.add(source);
    const identity = `${row.package}/${row.source_file ?? ''}/${row.name}`;
    const builds = this.programs.get(identity);
    if (builds) builds.push(this.texts.length);
    else this.programs.set(identity, [this.texts.length]);
    this.texts.add(this.bpe.encode(code, this.limit));
    this.classes.push(label);
    this.rows.push({ package: row.package, code: row.code, address: row.address });
    this.copied.push(source !== null && (this.training?.sources.has(source) ?? false));
  }

  build(): NamedFunctions {
    const { texts, classes, rows, copied, programs } = this;
    return { texts, classes, rows, copied, programs: [...programs.values()] };
  }
}

/** Accuracy, and the paper's means over names: precision, recall and their harmonic mean. */
export function nameFigures(
  truth: readonly number[],
  told: ArrayLike<number>,
  names: number,
): Record<string, number> {
  const confusion = confusionMatrix(truth, told, names);
  const { precision, recall } = macroPrecisionRecall(confusion, names);
  return {
    accuracy: accuracy(confusion, names),
    MAP: precision,
    MAR: recall,
    MAF1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
  };
}

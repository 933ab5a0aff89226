/** Functions to write of, by sides: what is learned from in all builds, what is judged in one each. */

import { openDataset } from '../../corpus/dataset.ts';
import { fraction } from '../../corpus/hash.ts';
import { compareText } from '../../corpus/text.ts';
import { isInShare } from './share.ts';
import { type WrittenColumn, type WrittenFunction, writtenFunctions } from './functions.ts';

export interface WrittenData {
  /** Folders of data sets whose training sides are learned from. */
  readonly datasets: readonly string[];
  /** Of these, and of no others, the test sides are judged. */
  readonly tested: readonly string[];
  readonly column: WrittenColumn;
  /** Training packages that judge checkpoints: their names, or how large a share of all of them is drawn. */
  readonly validation: readonly string[] | number;
  /** `gcc-12 O0` and the like; all where it is left out. */
  readonly builds?: readonly string[] | undefined;
  /** Of the training functions those that are learned from; all where it is left out. */
  readonly share?: number | undefined;
  /** Functions of the validation and of the test side, at most. */
  readonly chosen: number;
  readonly judged: number;
}

export interface WrittenSides {
  /** In all their builds. */
  readonly training: readonly WrittenFunction[];
  /** Each in one build, and with code that no training function has. */
  readonly validation: readonly WrittenFunction[];
  readonly test: readonly WrittenFunction[];
  /** Different functions of the sources on the training side. */
  readonly trainingFunctions: number;
  /** Of the test functions those whose text some training function has. */
  readonly copied: number;
}

export async function collectWritten(data: WrittenData): Promise<WrittenSides> {
  const held = Array.isArray(data.validation) ? new Set<string>(data.validation) : null;
  const isHeld = (from: string): boolean =>
    held ? held.has(from) : fraction(`validation ${from}`) < Number(data.validation);
  const training: WrittenFunction[] = [];
  const others: WrittenFunction[] = [];
  for await (const one of functionsOf(data, data.datasets, 'train')) {
    (isHeld(one.package) ? others : training).push(one);
  }
  // Of all of them: what is judged is the same for every share.
  const codes = new Set(training.map(({ normalizedHash }) => normalizedHash));
  const learned = training.filter(({ id }) => isInShare(id, data.share));
  const texts = new Set(learned.map(({ text }) => text));
  const tested: WrittenFunction[] = [];
  for await (const one of functionsOf(data, data.tested, 'test')) tested.push(one);
  const test = inOneBuild(tested, codes, data.judged);
  return {
    training: learned,
    validation: inOneBuild(others, codes, data.chosen),
    test,
    trainingFunctions: new Set(learned.map(({ id }) => id)).size,
    copied: test.filter(({ text }) => texts.has(text)).length,
  };
}

async function* functionsOf(
  { column, builds }: WrittenData,
  folders: readonly string[],
  split: 'train' | 'test',
): AsyncGenerator<WrittenFunction> {
  for (const folder of folders) {
    for await (const one of writtenFunctions(openDataset(folder), column, split)) {
      const { compiler, level } = one.build;
      if (!builds || builds.includes(`${compiler} ${level}`)) yield one;
    }
  }
}

/** Functions and builds are drawn by hashes: of more, those of fewer are a part. */
function inOneBuild(
  functions: readonly WrittenFunction[],
  known: ReadonlySet<string>,
  most: number,
): WrittenFunction[] {
  const drawn = new Map<string, { one: WrittenFunction; place: number }>();
  const codes = new Set<string>();
  for (const one of functions) {
    if (known.has(one.normalizedHash) || codes.has(one.normalizedHash)) continue;
    codes.add(one.normalizedHash);
    const place = fraction(`build ${one.id} ${one.build.compiler} ${one.build.level}`);
    const before = drawn.get(one.id);
    if (before === undefined || place < before.place) drawn.set(one.id, { one, place });
  }
  return [...drawn]
    .map(([id, { one }]) => ({ one, id, place: fraction(`function ${id}`) }))
    .sort((a, b) => a.place - b.place || compareText(a.id, b.id))
    .slice(0, most)
    .map(({ one }) => one);
}

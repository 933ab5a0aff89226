/** Programs of a collection of problems as training takes them, cut into sides by problem or within problems. */

import type { Dataset } from '../../corpus/dataset.ts';
import { fraction } from '../../corpus/hash.ts';
import type { Bpe } from '../../tokens/bpe/bpe.ts';
import { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import { OpcodeNumbers } from './opcode-baseline.ts';
import { programTexts, type CodeView, type ProgramText } from './programs.ts';
import type { LabelledTexts } from './question.ts';

/** Texts of one side while they come. */
class Texts {
  private readonly texts = new TokenTexts();
  private readonly opcodes = new TokenTexts();
  private readonly classes: number[] = [];
  private readonly programs = new Map<string, number[]>();
  private readonly numbers: Map<string, number>;

  /** @param numbers of groups, in the order in which they come */
  constructor(numbers: Map<string, number>) {
    this.numbers = numbers;
  }

  add({ group, id }: ProgramText, tokens: readonly number[], opcodes: readonly number[]): void {
    const number = this.numbers.get(group) ?? this.numbers.size;
    this.numbers.set(group, number);
    this.classes.push(number);
    // Ids of two groups may be the same.
    const key = `${group}\0${id}`;
    const known = this.programs.get(key);
    if (known) known.push(this.texts.length);
    else this.programs.set(key, [this.texts.length]);
    this.texts.add(tokens);
    this.opcodes.add(opcodes);
  }

  build(): LabelledTexts {
    const { texts, opcodes, classes } = this;
    return { texts, opcodes, classes, programs: [...this.programs.values()] };
  }
}

export interface CollectionOptions {
  readonly bpe: Bpe;
  readonly view: CodeView;
  /** Tokens that are read of a program. */
  readonly limit: number;
  /** Builds that are taken, `gcc-12 O2` say; all where it is left out. */
  readonly builds?: ReadonlySet<string> | undefined;
}

type SideName = 'training' | 'validation' | 'test';
export type Sides = Record<SideName, LabelledTexts>;

/** @param numbersOf a side's numbers of classes */
async function collect(
  dataset: Dataset,
  { bpe, view, limit, builds }: CollectionOptions,
  numbersOf: () => Map<string, number>,
  sideOf: (program: ProgramText) => SideName,
): Promise<Sides> {
  const sides = {
    training: new Texts(numbersOf()),
    validation: new Texts(numbersOf()),
    test: new Texts(numbersOf()),
  };
  const opcodes = new OpcodeNumbers();
  for await (const program of programTexts(dataset, view)) {
    if (builds && !builds.has(program.build)) continue;
    const { text } = program;
    sides[sideOf(program)].add(program, bpe.encode(text, limit), opcodes.read(text));
  }
  const { training, validation, test } = sides;
  return { training: training.build(), validation: validation.build(), test: test.build() };
}

/** CodeXGLUE's split of POJ-104: problems 1 to 64 train, 65 to 80 validate, 81 to 104 test. */
const LAST_TRAINING_PROBLEM = 64;
const LAST_VALIDATION_PROBLEM = 80;

/** The problems of one side are on no other. */
export function byProblem(dataset: Dataset, options: CollectionOptions): Promise<Sides> {
  return collect(
    dataset,
    options,
    () => new Map(),
    ({ group }) => {
      const problem = Number(group);
      if (problem <= LAST_TRAINING_PROBLEM) return 'training';
      return problem <= LAST_VALIDATION_PROBLEM ? 'validation' : 'test';
    },
  );
}

/** Of each problem three fifths of the programs train, a fifth each validates and tests, as Mou et al. have it. */
const [TRAINING_SHARE, VALIDATION_SHARE] = [0.6, 0.2];

/** Programs in all their builds on one side: classes are the same on all. */
export function withinProblems(dataset: Dataset, options: CollectionOptions): Promise<Sides> {
  const numbers = new Map<string, number>();
  return collect(
    dataset,
    options,
    () => numbers,
    ({ group, id }) => {
      const place = fraction(`side ${group} ${id}`);
      if (place < TRAINING_SHARE) return 'training';
      return place < TRAINING_SHARE + VALIDATION_SHARE ? 'validation' : 'test';
    },
  );
}

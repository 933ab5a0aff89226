/** Others who answer for the same functions as the judged model: classifiers of other samples, other models. */

import type { Inspection, KnowingModel } from '../models/inspection.ts';
import { argMax, logits } from '../models/linear/logistic.ts';
import { columnsOf, styleBags, styleVector } from '../models/linear/style.ts';
import type { Bag } from '../tokens/scheme.ts';
import type { ClassifierSet } from './classifier-file.ts';
import { type LabelName, LABELS } from './classifiers.ts';
import type { LabelledProgram } from './labelled.ts';

/** What a rival says of a function: classes, and where it has an opinion the number of arguments and the name. */
export interface RivalAnswer extends Record<LabelName, number> {
  /** With the program's other functions in view; null for a rival that does not look at them. */
  inProgram: Record<LabelName, number> | null;
  arguments: number | null;
  /** '' where it finds none, null for a rival that gives no names. */
  name: string | null;
  vector: Float32Array | null;
}

export interface Rival {
  readonly name: string;
  /** One answer a function, in order. */
  answer(program: LabelledProgram): Promise<RivalAnswer[]>;
}

/** Bags of the program that was asked for last: all classifiers ask for the same one. */
export class StyleCache {
  private program: LabelledProgram | undefined;
  private bags: Bag[][] = [];

  of(program: LabelledProgram): Bag[][] {
    if (program !== this.program) {
      this.program = program;
      this.bags = program.functions.map(({ body }) => styleBags(body));
    }
    return this.bags;
  }
}

export function classifierRival(
  name: string,
  { vocabulary, classifiers }: ClassifierSet,
  cache: StyleCache,
): Rival {
  const columns = columnsOf(vocabulary);
  return {
    name,
    answer: (program) =>
      Promise.resolve(
        cache.of(program).map((bags) => {
          const style = styleVector(bags, columns);
          const classOf = (label: LabelName): number => argMax(logits(classifiers[label].linear, style));
          return {
            compiler: classOf('compiler'),
            optimization: classOf('optimization'),
            inProgram: null,
            arguments: null,
            name: null,
            vector: null,
          };
        }),
      ),
  };
}

export function modelRival(name: string, model: KnowingModel): Rival {
  return {
    name,
    answer: async ({ functions }) =>
      (await model.inspect({ functions, imports: new Map() })).map(answerOfInspection),
  };
}

function answerOfInspection(inspection: Inspection): RivalAnswer {
  const { alone } = inspection;
  return {
    ...labelsOf(alone ?? inspection),
    inProgram: alone ? labelsOf(inspection) : null,
    arguments: inspection.arguments?.count ?? 0,
    name: inspection.names.at(0)?.name ?? '',
    vector: inspection.vector ?? null,
  };
}

function labelsOf({ compiler, optimization }: Pick<Inspection, LabelName>): Record<LabelName, number> {
  return {
    compiler: LABELS.compiler.indexOf(compiler.label),
    optimization: LABELS.optimization.indexOf(optimization.label),
  };
}

/** A model whose opinion of the program that it saw last is kept: it may be judged and be its own rival. */
export function rememberingLast(model: KnowingModel): KnowingModel {
  let last: { functions: unknown; inspections: Promise<Inspection[]> } | undefined;
  return {
    card: model.card,
    known: model.known,
    nameThreshold: model.nameThreshold,
    answer: (program, progress) => model.answer(program, progress),
    inspect(program) {
      if (last?.functions !== program.functions) {
        last = { functions: program.functions, inspections: model.inspect(program) };
      }
      return last.inspections;
    },
  };
}

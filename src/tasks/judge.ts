/** A model's answers beside the truth, function by function, with what the baselines would have said. */

import type { FirstModel } from '../models/first.ts';
import { logits } from '../models/linear/logistic.ts';
import { columnsOf, styleBags, styleVector } from '../models/linear/style.ts';
import type { ClassifierSet } from './classifier-file.ts';
import { type LabelName, LABELS } from './classifiers.ts';
import { compilerFamily, type LabelledProgram } from './labelled.ts';

/** What the baselines know of the training side. */
export interface TrainingKnowledge {
  /** Exact hash → the name that most functions with it bear. */
  exactNames: ReadonlyMap<string, string>;
  /** All names in the index. */
  names: ReadonlySet<string>;
}

export interface Prediction {
  value: number;
  score: number;
}

/** One function of the test side. */
export interface Judged {
  /** Number of its program (all builds of a program together): what the bootstrap draws. */
  cluster: number;
  /** Instructions, padding left out. */
  length: number;
  duplicate: boolean;
  leak: boolean;
  truth: { compiler: number; optimization: number; arguments: number };
  compiler: Prediction;
  optimization: Prediction;
  arguments: Prediction & { rule: number };
  /** The best name, given or not; null where nothing is near. `given` says whether it was given. */
  name: { right: boolean; score: number; given: boolean } | null;
  /** The true name is one of the index. */
  nameKnown: boolean;
  /** What looking up the bytes would have said. */
  exactNameRight: boolean;
  /** Of the other classifiers, in the order they were handed in. */
  others: Record<LabelName, number>[];
}

export interface JudgeOptions {
  model: FirstModel;
  /** Probability from which on the model gives a name. */
  threshold: number;
  others: readonly ClassifierSet[];
  knowledge: TrainingKnowledge;
  progress: (functions: number) => void;
}

/** Runs the model over programs as it would see them stripped: code, addresses and calls, no names. */
export async function judge(
  programs: AsyncIterable<LabelledProgram>,
  { model, threshold, others, knowledge, progress }: JudgeOptions,
): Promise<Judged[]> {
  const clusters = new Map<string, number>();
  const prepared = others.map(({ vocabulary, classifiers }) => ({
    columns: columnsOf(vocabulary),
    classifiers,
  }));
  const judged: Judged[] = [];
  for await (const program of programs) {
    const key = `${program.package}/${program.binary}`;
    const cluster = clusters.get(key) ?? clusters.size;
    clusters.set(key, cluster);
    const compiler = LABELS.compiler.indexOf(compilerFamily(program.compiler));
    const optimization = LABELS.optimization.indexOf(program.optimization);
    const inspections = model.inspect({ functions: program.functions, imports: new Map() });
    program.functions.forEach(({ body }, i) => {
      const label = program.labels[i];
      const inspection = inspections[i];
      const bags = styleBags(body);
      const best = inspection.names.at(0);
      const count = inspection.arguments ?? { count: 0, score: 0, rule: 0 };
      judged.push({
        cluster,
        length: inspection.length,
        duplicate: label.duplicate,
        leak: label.leak,
        truth: { compiler, optimization, arguments: label.arguments },
        compiler: {
          value: LABELS.compiler.indexOf(inspection.compiler.label),
          score: inspection.compiler.score,
        },
        optimization: {
          value: LABELS.optimization.indexOf(inspection.optimization.label),
          score: inspection.optimization.score,
        },
        arguments: { value: count.count, score: count.score, rule: count.rule },
        name: best
          ? { right: best.name === label.name, score: best.score, given: best.score >= threshold }
          : null,
        nameKnown: knowledge.names.has(label.name),
        exactNameRight: knowledge.exactNames.get(label.exactHash) === label.name,
        others: prepared.map(({ columns, classifiers }) => {
          const style = styleVector(bags, columns);
          const classOf = (name: LabelName): number => argMax(logits(classifiers[name].linear, style));
          return { compiler: classOf('compiler'), optimization: classOf('optimization') };
        }),
      });
    });
    progress(judged.length);
  }
  return judged;
}

/** Place of the largest number; the first of equals. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

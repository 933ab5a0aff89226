/** A model's answers beside the truth, function by function, with what the baselines would have said. */

import type { Inspection, KnowingModel } from '../models/inspection.ts';
import { type LabelName, LABELS } from './classifiers.ts';
import { compilerFamily, type LabelledProgram } from './labelled.ts';
import type { Rival, RivalAnswer } from './rivals.ts';

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
  /** Hash of its code, addresses normalised. */
  code: string;
  truth: { compiler: number; optimization: number; arguments: number };
  /** Of the function by itself. */
  compiler: Prediction;
  optimization: Prediction;
  /** With the program's other functions in view, for a model that looks at them. */
  inProgram: Record<LabelName, Prediction> | null;
  arguments: Prediction & { rule: number };
  /** The best name, given or not; null where nothing is near. `given` says whether it was given. */
  name: { right: boolean; score: number; given: boolean } | null;
  /** The true name is one of the index. */
  nameKnown: boolean;
  /** What looking up the bytes would have said. */
  exactNameRight: boolean;
  /** What the rivals say, in their order. */
  others: RivalOpinion[];
}

/** A rival's answer, its name compared with the true one. */
export interface RivalOpinion extends Pick<RivalAnswer, LabelName | 'inProgram' | 'arguments'> {
  /** Null for a rival that gives no names. */
  nameRight: boolean | null;
}

/** What was said of a program's functions, in order. */
export interface Told {
  inspections: readonly Inspection[];
  /** By rival. */
  answers: readonly (readonly RivalAnswer[])[];
}

export interface JudgeOptions {
  model: KnowingModel;
  /** Probability from which on the model gives a name. */
  threshold: number;
  rivals: readonly Rival[];
  knowledge: TrainingKnowledge;
  /** Sees each program with what was said of it. */
  observe?: (program: LabelledProgram, told: Told) => void;
  progress: (functions: number) => void;
}

/** Runs the model over programs as it would see them stripped: code, addresses and calls, no names. */
export async function judge(
  programs: AsyncIterable<LabelledProgram>,
  { model, threshold, rivals, knowledge, observe, progress }: JudgeOptions,
): Promise<Judged[]> {
  const clusters = new Map<string, number>();
  const judged: Judged[] = [];
  for await (const program of programs) {
    const key = `${program.package}/${program.binary}`;
    const cluster = clusters.get(key) ?? clusters.size;
    clusters.set(key, cluster);
    const compiler = LABELS.compiler.indexOf(compilerFamily(program.compiler));
    const optimization = LABELS.optimization.indexOf(program.optimization);
    const inspections = await model.inspect({ functions: program.functions, imports: new Map() });
    const answers: RivalAnswer[][] = [];
    for (const rival of rivals) answers.push(await rival.answer(program));
    observe?.(program, { inspections, answers });
    program.functions.forEach((_, i) => {
      const label = program.labels[i];
      const inspection = inspections[i];
      const best = inspection.names.at(0);
      const alone = inspection.alone ?? inspection;
      const count = inspection.arguments ?? { count: 0, score: 0, rule: 0 };
      judged.push({
        cluster,
        length: inspection.length,
        duplicate: label.duplicate,
        leak: label.leak,
        code: label.normalizedHash,
        truth: { compiler, optimization, arguments: label.arguments },
        ...predictions(alone),
        inProgram: inspection.alone ? predictions(inspection) : null,
        arguments: { value: count.count, score: count.score, rule: count.rule },
        name: best
          ? { right: best.name === label.name, score: best.score, given: best.score >= threshold }
          : null,
        nameKnown: knowledge.names.has(label.name),
        exactNameRight: knowledge.exactNames.get(label.exactHash) === label.name,
        others: answers.map((of) => opinionOf(of[i], label.name)),
      });
    });
    progress(judged.length);
  }
  return judged;
}

function predictions(of: Pick<Inspection, LabelName>): Record<LabelName, Prediction> {
  const predict = (label: LabelName): Prediction => ({
    value: LABELS[label].indexOf(of[label].label),
    score: of[label].score,
  });
  return { compiler: predict('compiler'), optimization: predict('optimization') };
}

function opinionOf({ name, ...rest }: RivalAnswer, truth: string): RivalOpinion {
  const { compiler, optimization, inProgram, arguments: count } = rest;
  const nameRight = name === null ? null : name === truth;
  return { compiler, optimization, inProgram, arguments: count, nameRight };
}

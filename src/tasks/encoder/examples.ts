/**
 * What the encoder learns from: functions as rows of fields with their labels, builds of one function together.
 * Copies are taken once: whoever has the same code, compiler, level and number of arguments.
 */

import { ruleCount } from '../../models/arguments/count.ts';
import { argumentFacts } from '../../models/arguments/facts.ts';
import { flatBatch } from '../../models/encoder/batch.ts';
import type { EncoderInput } from '../../models/encoder/encode.ts';
import {
  DECISION_NAMES,
  MOST_ARGUMENTS,
  TYPE_CLASSES,
  TYPED_ARGUMENTS,
  type Decision,
} from '../../models/encoder/network.ts';
import { NO_TYPE } from '../../models/encoder/training.ts';
import type { HostTensors } from '../../nn/runtime.ts';
import { fieldRows } from '../../tokens/fields.ts';
import { withoutPadding } from '../../tokens/normalize.ts';
import { LABELS } from '../classifiers.ts';
import { functionId } from '../retrieval.ts';
import { type CollectedFunctions, KnownCollector } from './known.ts';
import { compilerFamily, type FunctionLabels, type LabelledProgram } from '../labelled.ts';

/** One build of a function. */
export interface EncoderExample extends EncoderInput, Readonly<Record<Decision, number>> {
  /** Class of each parameter's type. */
  readonly types: readonly number[];
  /** The same for all builds of a function. */
  readonly identity: number;
  /** `gcc-12 O2`. */
  readonly build: string;
}

export interface EncoderExamples {
  readonly examples: readonly EncoderExample[];
  /** Examples of each identity. */
  readonly builds: readonly (readonly number[])[];
}

export interface ExampleSplit {
  readonly training: EncoderExamples;
  readonly validation: EncoderExamples;
  /** Functions of the validation packages left out, since a training package has the same code. */
  readonly leaks: number;
  /** All functions of both sides. */
  readonly collected: CollectedFunctions;
}

export interface ExampleOptions {
  /** Packages that are not learned from. */
  readonly validation: ReadonlySet<string>;
  /** Functions with fewer instructions, padding not counted, are passed over. */
  readonly floor: number;
  readonly longest: number;
  readonly progress: (functions: number) => void;
}

/** All inputs of the network that is trained. @param gap see `reachOf` */
export function exampleBatch(examples: readonly EncoderExample[], gap: number): HostTensors {
  const count = examples.length;
  const whole = (values: Iterable<number>, shape: readonly number[]) =>
    ({ dtype: 'int32', shape, data: Int32Array.from(values) }) as const;
  return {
    ...flatBatch(examples, gap),
    ...Object.fromEntries(
      DECISION_NAMES.map((name) => [
        name,
        whole(
          examples.map((e) => e[name]),
          [count],
        ),
      ]),
    ),
    types: whole(
      examples.flatMap(({ types }) => types),
      [count, TYPED_ARGUMENTS],
    ),
    identity: whole(
      examples.map(({ identity }) => identity),
      [count],
    ),
  };
}

/** Of validation what training has not seen. */
export async function collectEncoderExamples(
  programs: AsyncIterable<LabelledProgram>,
  { validation, floor, longest, progress }: ExampleOptions,
): Promise<ExampleSplit> {
  const sides = { train: new Side(), held: new Side() };
  const collector = new KnownCollector();
  let functions = 0;
  for await (const program of programs) {
    const side = validation.has(program.package) ? sides.held : sides.train;
    const rules = ruleCounts(program);
    program.functions.forEach(({ address, body }, i) => {
      const { length } = withoutPadding(body.instructions);
      if (length < floor) return;
      const label = program.labels[i];
      const isNew = side.isNew(program, label);
      const isKnown = collector.has(label.normalizedHash);
      const rows = isNew || !isKnown ? fieldRows(body, longest) : null;
      const input = rows && { rows, rule: rules.get(address) ?? 0 };
      if (isNew && input) side.add(program, label, input);
      collector.add(program, label, length, isKnown ? null : input);
    });
    functions += program.functions.length;
    progress(functions);
  }
  const trained = new Set(sides.train.hashes);
  const training = sides.train.group(() => true);
  const unseen = sides.held.group((hash) => !trained.has(hash));
  const leaks = sides.held.hashes.length - unseen.examples.length;
  return { training, validation: unseen, leaks, collected: collector.build() };
}

/** The rule's number of arguments, by address. */
function ruleCounts({ functions }: LabelledProgram): Map<number, number> {
  const { summaries, facts } = argumentFacts(functions);
  return new Map(
    [...summaries].map(([address, summary]) => [
      address,
      Math.min(MOST_ARGUMENTS, ruleCount(summary, facts.get(address)!)),
    ]),
  );
}

/** The functions of one side of the split. */
class Side {
  readonly hashes: string[] = [];
  private readonly examples: Omit<EncoderExample, 'identity'>[] = [];
  private readonly keys: string[] = [];
  private readonly seen = new Set<string>();

  isNew({ compiler, optimization }: LabelledProgram, label: FunctionLabels): boolean {
    const key = [label.normalizedHash, compilerFamily(compiler), optimization, label.arguments].join('\0');
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }

  add(program: LabelledProgram, label: FunctionLabels, input: EncoderInput): void {
    const { compiler, optimization } = program;
    this.hashes.push(label.normalizedHash);
    this.keys.push(functionId(program, label));
    this.examples.push({
      ...input,
      compiler: LABELS.compiler.indexOf(compilerFamily(compiler)),
      optimization: LABELS.optimization.indexOf(optimization),
      arguments: Math.min(label.arguments, MOST_ARGUMENTS),
      types: typesOf(label),
      build: `${compiler} ${optimization}`,
    });
  }

  /** Those that are chosen by the hash of their code. */
  group(choose: (hash: string) => boolean): EncoderExamples {
    const identities = new Map<string, number>();
    const builds: number[][] = [];
    const examples: EncoderExample[] = [];
    this.examples.forEach((example, i) => {
      if (!choose(this.hashes[i])) return;
      const identity = identities.get(this.keys[i]) ?? identities.size;
      identities.set(this.keys[i], identity);
      (builds[identity] ??= []).push(examples.length);
      examples.push({ ...example, identity });
    });
    return { examples, builds };
  }
}

function typesOf({ types }: FunctionLabels): number[] {
  return Array.from({ length: TYPED_ARGUMENTS }, (_, i) => {
    const known = TYPE_CLASSES.findIndex((name) => name === types.at(i));
    return known < 0 ? NO_TYPE : known;
  });
}

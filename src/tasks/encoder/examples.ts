/** What the encoder learns from: functions as rows of fields with their labels, in a few large arrays. */

import { DECISION_NAMES, MOST_ARGUMENTS, type Decision } from '../../models/encoder/network.ts';
import type { HostTensors } from '../../nn/runtime.ts';
import { FIELDS, fieldRows } from '../../tokens/fields.ts';
import { withoutPadding } from '../../tokens/normalize.ts';
import { LABELS } from '../classifiers.ts';
import { compilerFamily, type LabelledProgram } from '../labelled.ts';

/** Functions, one after another. */
export class EncoderExamples {
  /** Rows of all functions: `starts[i]` to `starts[i + 1]` are those of function i. */
  private rows = new Uint16Array(1 << 20);
  private readonly starts: number[] = [0];
  private readonly classes: Record<Decision, number[]> = { compiler: [], optimization: [], arguments: [] };

  get count(): number {
    return this.starts.length - 1;
  }

  add(rows: Uint16Array, labels: Readonly<Record<Decision, number>>): void {
    const start = this.starts[this.count] * FIELDS;
    if (start + rows.length > this.rows.length) {
      const larger = new Uint16Array(Math.max(this.rows.length * 2, start + rows.length));
      larger.set(this.rows);
      this.rows = larger;
    }
    this.rows.set(rows, start);
    this.starts.push((start + rows.length) / FIELDS);
    for (const name of DECISION_NAMES) this.classes[name].push(labels[name]);
  }

  /** Instructions of a function. */
  lengthOf(example: number): number {
    return this.starts[example + 1] - this.starts[example];
  }

  classOf(example: number, decision: Decision): number {
    return this.classes[decision][example];
  }

  /** Inputs of the network for some functions, cut or padded to a length. */
  batch(examples: readonly number[], length: number): HostTensors {
    const fields = new Int32Array(examples.length * length * FIELDS);
    const present = new Float32Array(examples.length * length);
    examples.forEach((example, i) => {
      const start = this.starts[example];
      const own = Math.min(length, this.lengthOf(example));
      fields.set(this.rows.subarray(start * FIELDS, (start + own) * FIELDS), i * length * FIELDS);
      present.fill(1, i * length, i * length + own);
    });
    const decisions = DECISION_NAMES.map((name) => {
      const data = Int32Array.from(examples, (example) => this.classes[name][example]);
      return [name, { dtype: 'int32', shape: [examples.length], data }] as const;
    });
    return {
      fields: { dtype: 'int32', shape: [examples.length, length, FIELDS], data: fields },
      present: { dtype: 'float32', shape: [examples.length, length], data: present },
      ...Object.fromEntries(decisions),
    };
  }
}

export interface ExampleSplit {
  readonly training: EncoderExamples;
  readonly validation: EncoderExamples;
  /** Functions of the validation packages left out, since a training package has the same code. */
  readonly leaks: number;
}

export interface ExampleOptions {
  /** Packages that are not learned from. */
  readonly validation: ReadonlySet<string>;
  /** Functions with fewer instructions, padding not counted, are passed over. */
  readonly floor: number;
  readonly longest: number;
  readonly progress: (functions: number) => void;
}

/** One example for each code, compiler, level and number of arguments; of validation what training has not seen. */
export async function collectEncoderExamples(
  programs: AsyncIterable<LabelledProgram>,
  { validation, floor, longest, progress }: ExampleOptions,
): Promise<ExampleSplit> {
  const training = new EncoderExamples();
  const seen = new Set<string>();
  const trained = new Set<string>();
  const kept: { hash: string; rows: Uint16Array; labels: Record<Decision, number> }[] = [];
  let functions = 0;
  for await (const program of programs) {
    const held = validation.has(program.package);
    program.functions.forEach(({ body }, i) => {
      if (withoutPadding(body.instructions).length < floor) return;
      const { normalizedHash: hash, arguments: count } = program.labels[i];
      const family = compilerFamily(program.compiler);
      const key = [held, hash, family, program.optimization, count].join('\0');
      if (seen.has(key)) return;
      seen.add(key);
      const rows = fieldRows(body, longest);
      const labels = {
        compiler: LABELS.compiler.indexOf(family),
        optimization: LABELS.optimization.indexOf(program.optimization),
        arguments: Math.min(count, MOST_ARGUMENTS),
      };
      if (held) kept.push({ hash, rows, labels });
      else {
        trained.add(hash);
        training.add(rows, labels);
      }
    });
    functions += program.functions.length;
    progress(functions);
  }
  const examples = new EncoderExamples();
  for (const { hash, rows, labels } of kept) if (!trained.has(hash)) examples.add(rows, labels);
  return { training, validation: examples, leaks: kept.length - examples.count };
}

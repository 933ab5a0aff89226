/** The network at work: functions in, probabilities and vectors out, whatever their number. */

import { exportModel } from '../../nn/export/model.ts';
import type { HostTensors, Runtime, Session } from '../../nn/runtime.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import type { TensorType } from '../../nn/types.ts';
import { FIELDS } from '../../tokens/fields.ts';
import { flatBatch } from './batch.ts';
import {
  DECISION_NAMES,
  DECISIONS,
  encodeFunctions,
  encoderHeads,
  type EncoderNetwork,
  TYPE_CLASSES,
  TYPED_ARGUMENTS,
} from './network.ts';

/** The network takes batches of one size: shorter ones are filled up, so that one graph serves. */
const INSTRUCTIONS = 4096;
const FUNCTIONS = 128;

/** A function as the network takes it. */
export interface EncoderInput {
  /** Of `fieldRows`; at most `longest` of them. */
  readonly rows: Uint16Array;
  /** Number of arguments by the rule, 0 to MOST_ARGUMENTS. */
  readonly rule: number;
}

/** What the network says of a function: log-odds of each class. */
export interface EncoderOutput {
  readonly compiler: Float32Array;
  readonly optimization: Float32Array;
  readonly arguments: Float32Array;
  /** [TYPED_ARGUMENTS, types], flat */
  readonly types: Float32Array;
  /** Of length 1. */
  readonly vector: Float32Array;
}

const NAMES = [...DECISION_NAMES, 'types', 'vector'] as const;

/** The ONNX file of a trained network: standard operators, its weights within. */
export function exportEncoder(
  network: EncoderNetwork,
  parameters: ReadonlyMap<string, Float32Array>,
): Uint8Array {
  const model: Model = (scope, { fields, owner, rule }) => {
    const { features, vector } = encodeFunctions(scope.at('encoder'), { fields, owner, rule }, network);
    return { ...encoderHeads(scope, features), vector };
  };
  const whole = (...shape: number[]): TensorType => ({ dtype: 'int32', shape });
  return exportModel({
    model,
    inputs: {
      fields: whole(FIELDS, INSTRUCTIONS),
      owner: whole(INSTRUCTIONS),
      rule: whole(FUNCTIONS),
    },
    parameters,
    name: 'encoder',
    doc: 'Binscribe function encoder: compiler, level, arguments and a vector for each of up to 128 functions.',
  });
}

export class EncoderSession {
  private readonly session: Session;

  private readonly gap: number;

  private constructor(session: Session, gap: number) {
    this.session = session;
    this.gap = gap;
  }

  /**
   * @param model what `exportEncoder` wrote
   * @param gap rows that its convolutions reach over: see `reachOf`
   */
  static async open(runtime: Runtime, model: Uint8Array, gap: number): Promise<EncoderSession> {
    return new EncoderSession(await runtime.open(model), gap);
  }

  /** @returns one output for each function, in order */
  async encode(
    functions: readonly EncoderInput[],
    progress?: (done: number) => void,
  ): Promise<EncoderOutput[]> {
    const outputs: EncoderOutput[] = [];
    while (outputs.length < functions.length) {
      const chosen = nextBatch(functions, outputs.length, this.gap);
      const filled = [...chosen, ...Array.from({ length: FUNCTIONS - chosen.length }, () => NOTHING)];
      const results = await this.session.run(flatBatch(filled, this.gap, INSTRUCTIONS));
      for (let i = 0; i < chosen.length; i++) outputs.push(outputOf(results, i));
      progress?.(outputs.length);
    }
    return outputs;
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

const NOTHING: EncoderInput = { rows: new Uint16Array(), rule: 0 };

/** As many functions from a place on as fit into a batch, but one at least. */
function nextBatch(functions: readonly EncoderInput[], from: number, gap: number): readonly EncoderInput[] {
  // Those that fill up have no instructions, but a gap each.
  let instructions = gap * (FUNCTIONS + 1);
  let to = from;
  while (to < functions.length && to - from < FUNCTIONS) {
    instructions += functions[to].rows.length / FIELDS;
    if (to > from && instructions > INSTRUCTIONS) break;
    to++;
  }
  return functions.slice(from, to);
}

function outputOf(results: HostTensors, place: number): EncoderOutput {
  const sizes = { ...DECISIONS, types: TYPED_ARGUMENTS * TYPE_CLASSES.length };
  const cut = (name: (typeof NAMES)[number]): Float32Array => {
    const data = results[name].data as Float32Array;
    const size = name === 'vector' ? data.length / FUNCTIONS : sizes[name];
    return data.slice(place * size, (place + 1) * size);
  };
  return {
    compiler: cut('compiler'),
    optimization: cut('optimization'),
    arguments: cut('arguments'),
    types: cut('types'),
    vector: cut('vector'),
  };
}

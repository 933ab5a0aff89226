/** The functions that a model will know: all of the training side, one entry for each code. */

import type { EncoderInput } from '../../models/encoder/encode.ts';
import { KnownFunctionsBuilder } from '../../models/known/build.ts';
import { findByHash, type KnownFunctions } from '../../models/known/index.ts';
import type { Bag } from '../../tokens/scheme.ts';
import type { FunctionLabels, LabelledProgram } from '../labelled.ts';

/** A function of a package; one for each code, name and package. */
export interface CollectedFunction {
  readonly entry: number;
  readonly package: string;
  readonly name: string;
  /** Instructions, padding left out. */
  readonly length: number;
}

export interface CollectedFunctions {
  readonly known: KnownFunctions;
  /** Of the known functions' entries, in order. */
  readonly inputs: readonly EncoderInput[];
  readonly functions: readonly CollectedFunction[];
}

/** Neighbours are found by vectors, so the index holds no opcode pairs. */
export const NO_PAIRS: Bag = { tokens: new Uint32Array(), counts: new Uint32Array() };

export class KnownCollector {
  private readonly builder = new KnownFunctionsBuilder();
  private readonly inputs = new Map<string, EncoderInput>();
  private readonly functions = new Map<string, Omit<CollectedFunction, 'entry'> & { hash: string }>();

  /** Whether code of this hash has been seen, so that its rows need not be made again. */
  has(hash: string): boolean {
    return this.inputs.has(hash);
  }

  /** @param input of the code, where it is new */
  add(program: LabelledProgram, label: FunctionLabels, length: number, input: EncoderInput | null): void {
    const { package: from, version, compiler, optimization } = program;
    const { name, exactHash, normalizedHash: hash } = label;
    const origin = { package: from, version, compiler, optimization };
    this.builder.add({ name, origin, exactHash, normalizedHash: hash, length, pairs: NO_PAIRS });
    if (input) this.inputs.set(hash, input);
    this.functions.set([hash, name, from].join('\0'), { hash, package: from, name, length });
  }

  build(): CollectedFunctions {
    const known = this.builder.build();
    const inputs: EncoderInput[] = [];
    for (const [hash, input] of this.inputs) inputs[findByHash(known, hash)] = input;
    const functions = [...this.functions.values()].map(({ hash, ...rest }) => ({
      ...rest,
      entry: findByHash(known, hash),
    }));
    return { known, inputs, functions };
  }
}

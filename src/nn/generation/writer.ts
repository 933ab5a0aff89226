/** What a network must be able to do so that it can write: functions of a scope, from which graphs are made. */

import type { KeyValue, StepContext } from '../layers/cached.ts';
import type { Memory } from '../ops/cached-attention.ts';
import type { Scope } from '../scope.ts';
import type { Tensor } from '../tensor.ts';

/** One more position of each row. */
export interface StepInputs {
  /** What was written last: int64 [rows]. */
  readonly tokens: Tensor;
  /** How many positions lie before it: int64 [rows]. */
  readonly places: Tensor;
  readonly context: StepContext;
}

export interface StepOutputs {
  /** [rows, vocabulary] */
  readonly logits: Tensor;
  readonly fresh: readonly KeyValue[];
}

interface Decoder {
  readonly vocabulary: number;
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  /** Number of the token that ends a text. */
  readonly end: number;
  step(scope: Scope, inputs: StepInputs): StepOutputs;
}

/** An encoder reads, a decoder writes. */
export interface EncoderDecoder extends Decoder {
  readonly kind: 'encoder-decoder';
  /** Number of the token before the first. */
  readonly start: number;
  /** How many `read` gives: one a layer where it is left out; further ones are for what stands on the layers. */
  readonly memories?: number;
  /**
   * @param ids int64 [batch, length]
   * @param mask int64 [batch, length], 1 for what is there
   * @returns what each layer of the decoder looks at, and then further ones
   */
  read(scope: Scope, ids: Tensor, mask: Tensor): readonly Memory[];
}

/** A decoder that goes on with what it is given. */
export interface DecoderOnly extends Decoder {
  readonly kind: 'decoder';
  /**
   * @param ids int64 [batch, length]; padding comes last, so that nothing looks at it
   * @returns what each layer keeps of them, [batch, length, heads * size]
   */
  prompt(scope: Scope, ids: Tensor): readonly KeyValue[];
}

export type Writer = EncoderDecoder | DecoderOnly;

/** The two sides that contrastive pre-training leaves behind: code and text, each as a unit vector in one space. */

import { encoderInputs, encoderModel, type EncoderOptions, ViewEncoder } from '../contrabin/encode.ts';
import type { ConvolutionalNetwork } from '../contrabin/encoder.ts';
import { ENCODERS, HEADS } from '../contrabin/training.ts';
import { projectionHead } from '../../nn/layers/heads.ts';
import { input } from '../../nn/ops/source.ts';
import { l2Normalize } from '../../nn/ops/vectors.ts';
import type { Runtime } from '../../nn/runtime.ts';
import { Scope } from '../../nn/scope.ts';
import { numbers } from '../../nn/shape.ts';

/** Code is read by f_t, a text by f_a as a comment is; each with its head (equation 1). */
const PATHS = { code: ENCODERS.binary, text: ENCODERS.comment } as const;

export type MeaningSide = keyof typeof PATHS;
const SIDES = ['code', 'text'] as const satisfies readonly MeaningSide[];

export interface MeaningNetwork extends Readonly<Record<MeaningSide, ConvolutionalNetwork>> {
  /** Numbers of a vector: of the manifold, d. */
  readonly size: number;
}

function optionsOf(network: MeaningNetwork, side: MeaningSide): EncoderOptions {
  const path = PATHS[side];
  return {
    network: network[side],
    path,
    // Cosines are what training compares: of unit vectors they are products.
    head: (scope, pooled) => l2Normalize(projectionHead(scope.at(HEADS).at(path), pooled, network.size)),
  };
}

/** @throws BinscribeError `usage` where a parameter has no value */
export function openSide(
  runtime: Runtime,
  network: MeaningNetwork,
  side: MeaningSide,
  parameters: ReadonlyMap<string, Float32Array>,
): Promise<ViewEncoder> {
  return ViewEncoder.open(runtime, optionsOf(network, side), parameters);
}

/** Sizes of all parameters of both sides by name, in an order of their own. */
export function parameterShapes(network: MeaningNetwork): Map<string, readonly number[]> {
  const scope = new Scope(false);
  for (const side of SIDES) {
    const inputs = Object.entries(encoderInputs(network[side])).map(([name, { shape, dtype }]) => [
      name,
      input(name, shape, dtype),
    ]);
    encoderModel(optionsOf(network, side))(scope, Object.fromEntries(inputs) as Record<string, never>);
  }
  return new Map([...scope.declarations.parameters].map(([name, { shape }]) => [name, numbers(shape)]));
}

/** Recurrent layers: one above the other, in one or both directions. */

import { uniform } from '../initialize.ts';
import { gru as gruSequence } from '../ops/gru.ts';
import { concat, reshape, slice, transpose } from '../ops/layout.ts';
import { lstm as lstmSequence } from '../ops/lstm.ts';
import type { RecurrentOptions, RecurrentWeights } from '../ops/recurrent.ts';
import type { Scope } from '../scope.ts';
import { expectRank } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

export interface RecurrentLayerOptions {
  /** Width of the state. */
  readonly size: number;
  readonly layers?: number;
  readonly bidirectional?: boolean;
  /** Of what goes from one layer to the next. */
  readonly dropout?: number;
  /** Whole numbers [batch]: steps of each sequence. The results of others are zeros. */
  readonly lengths?: Tensor | null;
  /** Whether x and the results are [length, batch, …]: saves turning them. */
  readonly timeFirst?: boolean;
}

/** A state for each layer and direction, forward before backward: [layers * directions, batch, size]. */
export interface GruResult {
  /** [batch, length, directions * size], the last layer's. */
  readonly outputs: Tensor;
  /** The last state of each sequence; backward it is that of the first step. */
  readonly hidden: Tensor;
}

export interface LstmState {
  readonly hidden: Tensor;
  readonly cell: Tensor;
}

export interface LstmResult extends GruResult {
  readonly cell: Tensor;
}

/** Runs one layer in one direction: the states of all steps, and those at the end. */
type Run = (
  x: Tensor,
  weights: RecurrentWeights,
  options: RecurrentOptions,
  initial: readonly Tensor[] | null,
) => { states: Tensor; ends: readonly Tensor[] };

/** All parameters are spread in 1/sqrt(size) either way, as in PyTorch. */
function weightsOf(scope: Scope, inputs: number, size: number, gates: number): RecurrentWeights {
  const initializer = uniform(1 / Math.sqrt(size));
  const [input, recurrent] = [scope.at('input'), scope.at('recurrent')];
  return {
    weight: input.parameter('weight', [inputs, gates * size], initializer),
    bias: input.parameter('bias', [gates * size], initializer),
    recurrent: recurrent.parameter('weight', [size, gates * size], initializer),
    recurrentBias: recurrent.parameter('bias', [gates * size], initializer),
  };
}

function stack(
  scope: Scope,
  x: Tensor,
  gates: number,
  { size, layers = 1, bidirectional = false, dropout = 0, lengths = null, timeFirst }: RecurrentLayerOptions,
  initial: readonly Tensor[],
  run: Run,
): { outputs: Tensor; ends: Tensor[] } {
  expectRank(x, 3, 'input');
  const turn = (y: Tensor): Tensor => (timeFirst ? y : transpose(y, [1, 0, 2]));
  let y = turn(x);
  const batch = y.shape[1];
  const directions = bidirectional ? ['forward', 'backward'] : ['forward'];
  const ends: Tensor[][] = [];
  for (let i = 0; i < layers; i++) {
    const from = i === 0 ? y : scope.dropout(y, dropout);
    const found = directions.map((direction, j) => {
      const weights = weightsOf(scope.at(i).at(direction), from.size(2), size, gates);
      const place = i * directions.length + j;
      const start = initial.map((all) => reshape(slice(all, 0, place, place + 1), [batch, size]));
      return run(from, weights, { reverse: j === 1, lengths }, start.length > 0 ? start : null);
    });
    y = concat(
      found.map(({ states }) => states),
      2,
    );
    ends.push(...found.map((each) => [...each.ends]));
  }
  const one = (state: Tensor): Tensor => reshape(state, [1, batch, size]);
  return {
    outputs: turn(y),
    ends: ends[0].map((_, state) =>
      concat(
        ends.map((each) => one(each[state])),
        0,
      ),
    ),
  };
}

/**
 * Gated recurrent units; see `ops/gru.ts` for the formula and the order of the gates. From PyTorch's `nn.GRU`:
 * `weight_ih_l0` turned, its columns reordered from r, z, n to z, r, n, is `0.forward.input.weight`; `weight_hh_l0` is
 * `0.forward.recurrent.weight`, and `_reverse` stands for `backward`.
 * @param x [batch, length, inputs]
 * @param initial states before the first step, [layers * directions, batch, size]: zeros when not given
 */
export function gru(
  scope: Scope,
  x: Tensor,
  options: RecurrentLayerOptions,
  initial: Tensor | null = null,
): GruResult {
  return scope.layer('gru', () => {
    const { outputs, ends } = stack(
      scope,
      x,
      3,
      options,
      initial ? [initial] : [],
      (y, weights, how, start) => {
        const { states, hidden } = gruSequence(y, weights, how, start && start[0]);
        return { states, ends: [hidden] };
      },
    );
    return { outputs, hidden: ends[0] };
  });
}

/**
 * Long short-term memory; see `ops/lstm.ts` for the formula and the order of the gates. From PyTorch's `nn.LSTM` as
 * with `gru`, columns reordered from i, f, g, o to i, o, f, g.
 * @param x [batch, length, inputs]
 * @param initial states before the first step, [layers * directions, batch, size]: zeros when not given
 */
export function lstm(
  scope: Scope,
  x: Tensor,
  options: RecurrentLayerOptions,
  initial: LstmState | null = null,
): LstmResult {
  return scope.layer('lstm', () => {
    const starts = initial ? [initial.hidden, initial.cell] : [];
    const { outputs, ends } = stack(scope, x, 4, options, starts, (y, weights, how, start) => {
      const { states, hidden, cell } = lstmSequence(
        y,
        weights,
        how,
        start && { hidden: start[0], cell: start[1] },
      );
      return { states, ends: [hidden, cell] };
    });
    return { outputs, hidden: ends[0], cell: ends[1] };
  });
}

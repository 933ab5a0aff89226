/** Cases of recurrent operations and layers. */

import { gru, lstm, type GruResult, type LstmResult } from '../../../src/nn/layers/recurrent.ts';
import { gru as gruSequence } from '../../../src/nn/ops/gru.ts';
import { lstm as lstmSequence } from '../../../src/nn/ops/lstm.ts';
import type { Tensor } from '../../../src/nn/tensor.ts';
import { given, normal, type Case, type Feed } from '../support/check.ts';

const [STEPS, BATCH, INPUTS, SIZE] = [4, 3, 2, 3];

const weights = (gates: number): Record<string, Feed> => ({
  weight: normal([INPUTS, gates * SIZE]),
  bias: normal([gates * SIZE]),
  recurrent: normal([SIZE, gates * SIZE], 0.7),
  recurrentBias: normal([gates * SIZE]),
});

const x = normal([STEPS, BATCH, INPUTS]);
const [hidden, cell] = [normal([BATCH, SIZE]), normal([BATCH, SIZE])];
/** One sequence is whole, one has a single step. */
const lengths = given([BATCH], [2, 4, 1], 'int32');

const pick = (t: Record<string, Tensor>) => ({
  weight: t['weight'],
  bias: t['bias'],
  recurrent: t['recurrent'],
  recurrentBias: t['recurrentBias'],
});

type Results = 'all' | 'states' | 'ends';

/** Every combination of what is optional. */
const settings = [false, true].flatMap((reverse) =>
  [false, true].flatMap((limited) =>
    [false, true].map((started) => ({
      reverse,
      limited,
      started,
      name: `${reverse ? 'backward' : 'forward'}${limited ? ', lengths' : ''}${started ? ', initial states' : ''}`,
    })),
  ),
);

const only = (results: Results, states: Tensor, ends: readonly Tensor[]): Tensor[] => [
  ...(results === 'ends' ? [] : [states]),
  ...(results === 'states' ? [] : ends),
];

const results = (limited: boolean, started: boolean): readonly Results[] =>
  limited === started ? ['all', 'states', 'ends'] : ['all'];

export const recurrent: Readonly<Record<string, readonly Case[]>> = {
  gru: settings.flatMap(({ reverse, limited, started, name }) =>
    results(limited, started).map((wanted) => ({
      name: `gru ${name}, ${wanted}`,
      inputs: { x, ...weights(3), ...(limited ? { lengths } : {}), ...(started ? { hidden } : {}) },
      build: (t: Record<string, Tensor>) => {
        const options = { reverse, lengths: limited ? t['lengths'] : null };
        const found = gruSequence(t['x'], pick(t), options, started ? t['hidden'] : null);
        return only(wanted, found.states, [found.hidden]);
      },
    })),
  ),
  lstm: settings.flatMap(({ reverse, limited, started, name }) =>
    results(limited, started).map((wanted) => ({
      name: `lstm ${name}, ${wanted}`,
      inputs: { x, ...weights(4), ...(limited ? { lengths } : {}), ...(started ? { hidden, cell } : {}) },
      build: (t: Record<string, Tensor>) => {
        const options = { reverse, lengths: limited ? t['lengths'] : null };
        const initial = started ? { hidden: t['hidden'], cell: t['cell'] } : null;
        const found = lstmSequence(t['x'], pick(t), options, initial);
        return only(wanted, found.states, [found.hidden, found.cell]);
      },
    })),
  ),
};

const tensors = (result: GruResult | LstmResult): Tensor[] => Object.values(result) as Tensor[];

const batchFirst = normal([BATCH, STEPS, INPUTS]);
const counts = given([BATCH], [0, STEPS, 2], 'int64');

export const recurrentLayers: Readonly<Record<string, readonly Case[]>> = {
  gru: [
    {
      name: 'gru of one layer, time first',
      inputs: { x },
      build: (t, scope) => tensors(gru(scope, t['x'], { size: SIZE, timeFirst: true })),
    },
    {
      name: 'gru of two layers in both directions, dropout, lengths (one of them 0), initial states',
      inputs: { x: batchFirst, counts, start: normal([4, BATCH, SIZE]) },
      training: true,
      build: (t, scope) => {
        const options = { size: SIZE, layers: 2, bidirectional: true, dropout: 0.3, lengths: t['counts'] };
        return tensors(gru(scope, t['x'], options, t['start']));
      },
    },
  ],
  lstm: [
    {
      name: 'lstm of one layer, time first',
      inputs: { x },
      build: (t, scope) => tensors(lstm(scope, t['x'], { size: SIZE, timeFirst: true })),
    },
    {
      name: 'lstm of two layers in both directions, dropout, lengths (one of them 0), initial states',
      inputs: { x: batchFirst, counts, hidden: normal([4, BATCH, SIZE]), cell: normal([4, BATCH, SIZE]) },
      training: true,
      build: (t, scope) => {
        const options = { size: SIZE, layers: 2, bidirectional: true, dropout: 0.3, lengths: t['counts'] };
        return tensors(lstm(scope, t['x'], options, { hidden: t['hidden'], cell: t['cell'] }));
      },
    },
  ],
};

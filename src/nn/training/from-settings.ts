/** What settings stand for. Apart from their schema, so that reading a recipe loads no engine. */

import { BinscribeError } from '../../error.ts';
import { adam, adamW } from '../optimizers/adam.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { constantRate, cosine, linearDecay, noam, warmUp, type Schedule } from '../optimizers/schedules.ts';
import { sgd } from '../optimizers/sgd.ts';
import type { TrainingSettings } from './settings.ts';

export function optimizerOf({ optimizer }: TrainingSettings): Optimizer {
  const { name, weightDecay, ...rest } = optimizer;
  const options = { ...rest, ...(weightDecay === undefined ? {} : { weightDecay }) };
  if (name === 'sgd') return sgd(options);
  return name === 'adam' ? adam(options) : adamW(options);
}

/** @param steps of the whole training, over which the rate falls */
export function scheduleOf({ schedule }: TrainingSettings, steps: number): Schedule {
  const { name, warmUp: warmth, floor, width } = schedule;
  const rest = Math.max(1, steps - warmth);
  switch (name) {
    case 'noam':
      if (width === undefined || warmth === 0) {
        throw new BinscribeError('usage', 'training.schedule: noam needs width and warmUp');
      }
      return noam(width, warmth);
    case 'cosine':
      return warmUp(warmth, cosine(rest, floor));
    case 'linear':
      return warmUp(warmth, linearDecay(rest, floor));
    default:
      return warmUp(warmth, constantRate);
  }
}

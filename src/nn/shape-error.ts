/** What is wrong with a graph, in the words of the layer that met it. */

import { BinscribeError } from '../error.ts';

export class ShapeError extends BinscribeError {
  constructor(message: string, cause?: unknown) {
    super('usage', message, cause === undefined ? {} : { cause });
    this.name = 'ShapeError';
  }
}

/** Runs the body of a layer; what it throws says which layer it was. The innermost layer speaks. */
export function inLayer<T>(path: string, kind: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof ShapeError) || error.cause !== undefined) throw error;
    throw new ShapeError(`${path} (${kind}): ${error.message}`, error);
  }
}

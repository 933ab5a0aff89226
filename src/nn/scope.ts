/**
 * Where a layer gets its parameters. A scope is a path (`encoder.0.attention`), so parameters are named by
 * where they are used, and asking twice under one name shares the parameter.
 */

import type { Initializer } from './initialize.ts';
import { mul } from './ops/elementwise.ts';
import { dropoutMask, parameter } from './ops/source.ts';
import { numbers, sameShape } from './shape.ts';
import { inLayer, ShapeError } from './shape-error.ts';
import type { Tensor } from './tensor.ts';
import type { Shape } from './types.ts';

/** What a model has asked for while its graph was built. */
export class Declarations {
  /** Parameters by name, in the order of their first use. */
  readonly parameters = new Map<string, Tensor>();
  private masks = 0;

  /** A name for the next dropout mask: its number in the order of the graph. */
  nextMask(): string {
    return `mask.${this.masks++}`;
  }
}

export class Scope {
  readonly path: string;
  /** Whether dropout acts. */
  readonly training: boolean;
  readonly declarations: Declarations;

  constructor(training: boolean, declarations = new Declarations(), path = '') {
    this.training = training;
    this.declarations = declarations;
    this.path = path;
  }

  /** The scope of a part. */
  at(part: string | number): Scope {
    return new Scope(this.training, this.declarations, this.path === '' ? `${part}` : `${this.path}.${part}`);
  }

  /** Runs the body of a layer; what goes wrong in it is told in its name. */
  layer<T>(kind: string, body: () => T): T {
    return inLayer(this.path || 'model', kind, body);
  }

  /** @throws ShapeError where the name is taken by a parameter of another shape */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Tensor {
    const full = this.at(name).path;
    const known = this.declarations.parameters.get(full);
    if (known) {
      if (sameShape(known.shape, shape)) return known;
      throw new ShapeError(
        `${full} is [${known.shape.join(', ')}] already, asked for as [${shape.join(', ')}]`,
      );
    }
    const made = parameter(full, shape, initializer);
    this.declarations.parameters.set(full, made);
    return made;
  }

  /** Zeroes a share of the elements while training, and makes up for it in the rest (Srivastava et al. 2014). */
  dropout(x: Tensor, rate: number): Tensor {
    const mask = this.dropoutMask(x.shape, rate);
    return mask ? mul(x, mask) : x;
  }

  /** The mask alone: zeros, and 1 / (1 - rate). `null` where dropout does not act. */
  dropoutMask(shape: Shape, rate: number): Tensor | null {
    if (!this.training || rate === 0) return null;
    return dropoutMask(this.declarations.nextMask(), numbers(shape), rate);
  }
}

/**
 * From the tensors of a checkpoint to the parameters of a model of ours. An architecture writes down one table of
 * names; a model says what it wants by asking its scope. What does not fit is told by name.
 */

import { corrupt } from '../../error.ts';
import type { Tensor } from '../tensor.ts';
import { quote, quoteAll } from './quote.ts';
import { hostTensor, type StoredTensor } from './safetensors.ts';

/**
 * One line of a table: a checkpoint's name, ours, and how the values go over. `#` stands for a layer's number, the
 * first in a name.
 */
export type NameRule = readonly [
  theirs: string,
  /** `null` for what our models have no use for. */
  ours: string | null,
  /** PyTorch keeps a linear layer as [outputs, inputs], we as [inputs, outputs]. */
  layout?: 'transposed',
];

/** `theirs.weight` and `theirs.bias` of a linear layer. */
export function linearNames(theirs: string, ours: string): NameRule[] {
  return [
    [`${theirs}.weight`, `${ours}.weight`, 'transposed'],
    [`${theirs}.bias`, `${ours}.bias`],
  ];
}

/** `theirs.weight` and `theirs.bias` of a layer norm. */
export function normNames(theirs: string, ours: string): NameRule[] {
  return [
    [`${theirs}.weight`, `${ours}.scale`],
    [`${theirs}.bias`, `${ours}.bias`],
  ];
}

interface Found {
  readonly tensor: StoredTensor;
  readonly transposed: boolean;
}

/** What a checkpoint has, by our names. */
export class NamedWeights {
  private readonly found = new Map<string, Found>();
  private readonly where: string;

  /**
   * @param prefixes Stood before all names by the class that stored them, such as `bert.`; the first that fits is
   *   taken off.
   * @throws BinscribeError of kind `corrupt` where the table knows nothing of a tensor
   */
  constructor(
    tensors: ReadonlyMap<string, StoredTensor>,
    rules: readonly NameRule[],
    prefixes: readonly string[],
    where: string,
  ) {
    this.where = where;
    const byName = new Map(rules.map((rule) => [rule[0], rule]));
    const unknown: string[] = [];
    for (const [name, tensor] of tensors) {
      const prefix = prefixes.find((p) => name.startsWith(p)) ?? '';
      const theirs = name.slice(prefix.length);
      const number = /(?<=\.)\d+(?=\.)/.exec(theirs)?.[0] ?? '';
      const rule = byName.get(theirs) ?? byName.get(theirs.replace(`.${number}.`, '.#.'));
      if (!rule) unknown.push(name);
      else if (rule[1] !== null) this.add(rule[1].replace('#', number), tensor, rule[2] === 'transposed');
    }
    if (unknown.length > 0) {
      throw corrupt(`${where}: tensors that no model of this architecture has: ${quoteAll(unknown)}`);
    }
  }

  private add(name: string, tensor: StoredTensor, transposed: boolean): void {
    const other = this.found.get(name);
    if (other) {
      throw corrupt(
        `${this.where}: tensors ${quoteAll([other.tensor.name, tensor.name])} are for one and the same parameter`,
      );
    }
    this.found.set(name, { tensor, transposed });
  }

  /** Whether a parameter is there: pooling layers and heads are not in every checkpoint. */
  has(name: string): boolean {
    return this.found.has(name);
  }

  /** Leaves a tensor out that holds the same as another: tied weights that were stored twice. */
  dropCopy(name: string, of: string): void {
    const [copy, original] = [this.found.get(name)?.tensor, this.found.get(of)?.tensor];
    if (!copy || !original || copy.dtype !== original.dtype || copy.bytes.length !== original.bytes.length)
      return;
    if (copy.bytes.every((byte, i) => byte === original.bytes[i])) this.found.delete(name);
  }

  /**
   * Values for what a model has asked for.
   * @param declared `Scope.declarations.parameters`
   * @throws BinscribeError of kind `corrupt` for what is missing, too much or of another shape
   */
  values(declared: ReadonlyMap<string, Tensor>): Map<string, Float32Array> {
    const missing = [...declared.keys()].filter((name) => !this.found.has(name));
    if (missing.length > 0) {
      throw corrupt(`${this.where}: no tensors for the parameters ${quoteAll(missing)}`);
    }
    const extra = [...this.found].filter(([name]) => !declared.has(name));
    if (extra.length > 0) {
      const names = extra.map(([, { tensor }]) => tensor.name);
      throw corrupt(`${this.where}: tensors for which config.json has no place: ${quoteAll(names)}`);
    }
    return new Map([...declared].map(([name, { shape }]) => [name, this.value(name, shape.map(Number))]));
  }

  private value(name: string, shape: readonly number[]): Float32Array {
    const { tensor, transposed } = this.found.get(name) as Found;
    const wanted = transposed ? shape.toReversed() : shape;
    if (wanted.join() !== tensor.shape.join()) {
      throw corrupt(
        `${this.where}: tensor ${quote(tensor.name)} is [${tensor.shape.join(', ')}], ` +
          `[${wanted.join(', ')}] expected by config.json`,
      );
    }
    const { dtype, data } = hostTensor(tensor);
    if (!(data instanceof Float32Array)) {
      throw corrupt(
        `${this.where}: tensor ${quote(tensor.name)} holds ${dtype}, numbers with fractions expected`,
      );
    }
    return transposed ? transpose(data, shape[0], shape[1]) : data;
  }
}

/** [columns, rows] to [rows, columns], in blocks that stay in the cache. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const BLOCK = 32;
  const result = new Float32Array(data.length);
  for (let top = 0; top < rows; top += BLOCK) {
    for (let left = 0; left < columns; left += BLOCK) {
      const [bottom, right] = [Math.min(rows, top + BLOCK), Math.min(columns, left + BLOCK)];
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          result[row * columns + column] = data[column * rows + row];
        }
      }
    }
  }
  return result;
}

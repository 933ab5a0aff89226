/** Where things occur in a data set, as bits: the builds of each side, and the packages of each side. */

import { BinscribeError } from '../../error.ts';
import { Uint32List } from '../../uint32-list.ts';
import type { Manifest } from '../manifest.ts';
import type { Split } from '../recipe.ts';
import type { FunctionRow } from '../row.ts';

const BITS = 32;

/** All groups of a set that is not made of packages, which may be millions: they have one place a side. */
const ALL_GROUPS = 'all groups';

/** Numbers the places that a manifest knows. */
export class Places {
  private readonly bits = new Map<string, number>();
  /** None in a set that is not made of packages. */
  readonly packages: readonly string[];
  private readonly homes: readonly string[];

  private readonly dataset: string;

  constructor({ name, packages, snippets, programs, compilers, levels }: Manifest) {
    this.dataset = name;
    this.packages = [...new Set(packages.map(({ name }) => name))];
    this.homes = snippets || programs ? [ALL_GROUPS] : this.packages;
    const builds = compilers.flatMap((compiler) =>
      levels.map((optimization) => ({ compiler: compiler.name, optimization })),
    );
    // Where something is wrong a package lies on both sides, so that each side has bits for all of them.
    for (const split of ['train', 'test'] as const) {
      for (const { compiler, optimization } of programs?.builds ?? builds) {
        this.bits.set(`${split} ${compiler} ${optimization}`, this.bits.size);
      }
      for (const name of this.homes) this.bits.set(`${split} ${name}`, this.bits.size);
    }
  }

  get size(): number {
    return this.bits.size;
  }

  /** The bit of a side, compiler and level. @throws BinscribeError of kind `corrupt` where there is none. */
  build(split: Split, { compiler, optimization }: Pick<FunctionRow, 'compiler' | 'optimization'>): number {
    return this.bit(`${split} ${compiler} ${optimization}`);
  }

  /** The bit of a package on a side. @throws BinscribeError of kind `corrupt` where there is none. */
  package(split: Split, name: string): number {
    return this.bit(`${split} ${this.homes[0] === ALL_GROUPS ? ALL_GROUPS : name}`);
  }

  /** All packages of a side, as `PlaceTable.some` wants them. */
  side(split: Split): Uint32Array {
    const mask = new Uint32Array(Math.ceil(this.size / BITS));
    for (const name of this.homes) {
      const bit = this.package(split, name);
      mask[bit >>> 5] |= 1 << (bit & 31);
    }
    return mask;
  }

  private bit(place: string): number {
    const bit = this.bits.get(place);
    if (bit !== undefined) return bit;
    throw new BinscribeError(
      'corrupt',
      `${this.dataset}: a row is of ${place}, which the manifest does not list`,
    );
  }
}

/** For each of many things, the places in which it occurs: a bit each. */
export class PlaceTable {
  private readonly words = new Uint32List();
  private readonly width: number;

  constructor({ size }: Places) {
    this.width = Math.ceil(size / BITS);
  }

  get length(): number {
    return this.words.length / this.width;
  }

  /** @returns the number of a new thing that occurs nowhere yet */
  add(): number {
    for (let i = 0; i < this.width; i++) this.words.push(0);
    return this.length - 1;
  }

  mark(thing: number, place: number): void {
    const at = thing * this.width + (place >>> 5);
    this.words.set(at, this.words.get(at) | (1 << (place & 31)));
  }

  has(thing: number, place: number): boolean {
    return ((this.words.get(thing * this.width + (place >>> 5)) >>> (place & 31)) & 1) === 1;
  }

  /** Whether a thing occurs in a place of the mask. */
  some(thing: number, mask: Uint32Array): boolean {
    return mask.some((word, i) => (this.words.get(thing * this.width + i) & word) !== 0);
  }

  /** Whether a thing occurs wherever another does. */
  covers(thing: number, others: PlaceTable, other: number): boolean {
    for (let i = 0; i < this.width; i++) {
      const wanted = others.words.get(other * this.width + i);
      if ((this.words.get(thing * this.width + i) & wanted) >>> 0 !== wanted) return false;
    }
    return true;
  }

  /** Lets a thing occur wherever another does. */
  unite(thing: number, others: PlaceTable, other: number): void {
    for (let i = 0; i < this.width; i++) {
      const at = thing * this.width + i;
      this.words.set(at, this.words.get(at) | others.words.get(other * this.width + i));
    }
  }
}

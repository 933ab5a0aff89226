/** Questions with the functions that they are asked about: comments of test packages, each beside all of its program. */

import type { ColumnName, Dataset } from '../../corpus/dataset.ts';
import { contentKey } from '../../corpus/hash.ts';
import { lineCount } from '../../tokens/assembly.ts';
import type { Learned } from '../learned.ts';

/** The functions of a program as one compiler has made it, the same code once. */
export interface Pool {
  readonly package: string;
  readonly compiler: string;
  readonly optimization: string;
  readonly binary: string;
  readonly functions: readonly PoolFunction[];
}

export interface PoolFunction {
  readonly address: number;
  readonly size: number;
  /** Number of its code. */
  readonly code: number;
  /** Number of what people say of it; null for most. Where several functions have the same code, of each that has one. */
  readonly texts: readonly number[];
  /** Whether a training package has its code. */
  readonly isKnown: boolean;
}

export interface Pools {
  readonly pools: readonly Pool[];
  /** Each once, whichever functions have it. */
  readonly codes: readonly string[];
  readonly texts: readonly string[];
  /** Texts that a training package has too. */
  readonly known: ReadonlySet<number>;
}

const COLUMNS = [
  ...(['package', 'compiler', 'optimization', 'binary', 'address', 'size', 'assembly'] as const),
  ...(['text', 'text_kind', 'normalized_leak'] as const),
] satisfies ColumnName[];

/** Numbers texts in the order in which they come. */
class Numbering {
  readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();

  of(text: string): number {
    const key = contentKey(text);
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.texts.length;
      this.numbers.set(key, number);
      this.texts.push(text);
    }
    return number;
  }

  /** Undefined where it has not come. */
  known(text: string): number | undefined {
    return this.numbers.get(contentKey(text));
  }
}

/**
 * @param learned what training has besides the data set's own training side
 * @param builds `gcc-12 O2` and the like; all where it is left out
 */
export async function collectPools(
  dataset: Dataset,
  floor: number,
  learned: Learned,
  builds?: ReadonlySet<string>,
): Promise<Pools> {
  const codes = new Numbering();
  const texts = new Numbering();
  const pools = new Map<string, Omit<Pool, 'functions'> & { functions: Map<number, PoolFunction> }>();
  for await (const row of dataset.rows(COLUMNS, { split: 'test' })) {
    const { package: from, compiler, optimization, binary, address, size, assembly } = row;
    if (builds && !builds.has(`${compiler} ${optimization}`)) continue;
    if (lineCount(assembly) < floor) continue;
    const key = [from, compiler, optimization, binary].join('\0');
    let pool = pools.get(key);
    if (!pool) {
      pool = { package: from, compiler, optimization, binary, functions: new Map() };
      pools.set(key, pool);
    }
    const code = codes.of(assembly);
    const said = row.text_kind === 'comment' && row.text !== null ? [texts.of(row.text)] : [];
    const same = pool.functions.get(code);
    pool.functions.set(code, {
      ...(same ?? { address, size, code }),
      texts: [...new Set([...(same?.texts ?? []), ...said])],
      isKnown: row.normalized_leak || learned.codes.has(contentKey(assembly)),
    });
  }
  const known = new Set<number>();
  texts.texts.forEach((text, number) => {
    if (learned.texts.has(contentKey(text))) known.add(number);
  });
  for await (const { text } of dataset.rows(['text'], { split: 'train' })) {
    const number = text === null ? undefined : texts.known(text);
    if (number !== undefined) known.add(number);
  }
  return {
    pools: [...pools.values()].map((pool) => ({ ...pool, functions: [...pool.functions.values()] })),
    codes: codes.texts,
    texts: texts.texts,
    known,
  };
}

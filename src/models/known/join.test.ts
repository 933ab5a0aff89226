import { describe, expect, it } from 'vitest';
import { Random } from '../../random.ts';
import { type KnownFunction, KnownFunctionsBuilder } from './build.ts';
import { findByHash } from './index.ts';
import { joinKnown, type KnownVectors } from './join.ts';

const SIZE = 3;
const NO_PAIRS = { tokens: new Uint32Array(), counts: new Uint32Array() };

function hexOf(random: Random): string {
  return Array.from({ length: 4 }, () =>
    random
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}

/** Functions of few names, places and codes, so that many have something in common. */
function functionsOf(random: Random, codes: readonly string[], count: number): KnownFunction[] {
  return Array.from({ length: count }, () => {
    const code = random.below(codes.length);
    return {
      name: `name${random.below(9)}`,
      origin: { package: `p${random.below(3)}`, version: '1', compiler: 'gcc-12', optimization: 'O2' },
      exactHash: random.uniform() < 0.5 ? codes[code] : hexOf(random),
      normalizedHash: codes[code],
      length: 8 + code,
      pairs: NO_PAIRS,
    };
  });
}

/** Each code has a vector of its own. */
function indexOf(functions: readonly KnownFunction[]): KnownVectors {
  const builder = new KnownFunctionsBuilder();
  for (const one of functions) builder.add(one);
  const known = builder.build();
  const vectors = new Float32Array(known.entries * SIZE);
  for (const { normalizedHash, length } of functions) {
    vectors.fill(
      length,
      findByHash(known, normalizedHash) * SIZE,
      (findByHash(known, normalizedHash) + 1) * SIZE,
    );
  }
  return { known, vectors };
}

describe('indexes that are joined', () => {
  it('are what an index of all their functions is', () => {
    const random = new Random(7);
    const codes = Array.from({ length: 40 }, () => hexOf(random));
    for (let round = 0; round < 20; round++) {
      const first = functionsOf(random, codes, random.below(30));
      const second = functionsOf(random, codes, random.below(30));
      const joined = joinKnown(indexOf(first), indexOf(second), SIZE);
      expect(joined).toEqual(indexOf([...first, ...second]));
    }
  });

  it('has the vector of the first where both have the code', () => {
    const [one] = functionsOf(new Random(1), ['00'.repeat(16)], 1);
    const first = indexOf([one]);
    const second = { ...indexOf([one]), vectors: new Float32Array(SIZE).fill(-1) };
    expect(joinKnown(first, second, SIZE).vectors).toEqual(first.vectors);
  });
});

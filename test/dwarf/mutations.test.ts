/** Damaged debugging sections: only results or our own errors come out, each within its budget. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Limits } from '../../src/binary/budget.ts';
import { readSubprograms } from '../../src/binary/dwarf/index.ts';
import { openBinary } from '../../src/binary/open.ts';
import { BinscribeError } from '../../src/error.ts';
import { randomFrom } from '../support/mutate.ts';
import { sourceOf } from './assemble.ts';
import { buildC, buildCxx } from './fixtures.ts';

const MUTATIONS_PER_BUILD = 600;
/** About three times what the undamaged files need. */
const LIMITS: Partial<Limits> = { entries: 60_000, bytes: 200_000, milliseconds: 2000 };
/** Of a read that its budget stops. The slowest takes 40 ms on an idle machine: this tells only what never ends. */
const MAX_MILLISECONDS = 20_000;

const builds = [
  { title: 'gcc-12, DWARF 4', path: buildC('gcc-12', '-O2', '-gdwarf-4') },
  { title: 'gcc-12, DWARF 5', path: buildC('gcc-12', '-O2', '-gdwarf-5') },
  { title: 'clang-19, DWARF 4', path: buildC('clang-19', '-O2', '-gdwarf-4') },
  { title: 'clang-19, DWARF 5', path: buildC('clang-19', '-O2', '-gdwarf-5') },
  { title: 'g++-12, type units', path: buildCxx('g++-12', '-O1', '-fdebug-types-section', '-gdwarf-5') },
];

/** What parsers trip over: the ends of ranges, and continuation bits without end. */
const EXTREMES = [0x00, 0x01, 0x7f, 0x80, 0xff];

function mutate(data: Uint8Array, random: () => number): Uint8Array {
  const below = (limit: number): number => Math.floor(random() * limit);
  if (random() < 0.05) return data.slice(0, below(data.length));
  const damaged = data.slice();
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(damaged.length);
    switch (below(4)) {
      case 0:
        damaged[at] ^= 1 << below(8);
        break;
      case 1:
        damaged[at] = EXTREMES[below(EXTREMES.length)];
        break;
      case 2:
        damaged.fill(EXTREMES[below(EXTREMES.length)], at, at + 1 + below(8));
        break;
      default:
        damaged.copyWithin(at, below(damaged.length), below(damaged.length));
    }
  }
  return damaged;
}

test.each(builds)('$title', ({ path }) => {
  const binary = openBinary(readFileSync(path));
  const sections: Record<string, Uint8Array> = {};
  for (const { name } of binary.sections) {
    const data = name.startsWith('.debug_') ? binary.sectionData(name) : undefined;
    if (data && data.length > 0) sections[name] = data;
  }
  const whole = readSubprograms(sourceOf(sections, LIMITS)).subprograms.length;
  expect(whole).toBeGreaterThan(10);

  const random = randomFrom(whole);
  // Most of it happens in the two sections that the others are read through.
  const targets = ['.debug_info', '.debug_info', '.debug_abbrev', '.debug_abbrev', ...Object.keys(sections)];
  let damaged = 0;
  for (let i = 0; i < MUTATIONS_PER_BUILD; i++) {
    const target = targets[Math.floor(random() * targets.length)];
    const source = sourceOf({ ...sections, [target]: mutate(sections[target], random) }, LIMITS);
    const start = performance.now();
    try {
      readSubprograms(source);
    } catch (error) {
      if (!(error instanceof BinscribeError)) throw error;
    }
    if (source.budget.cuts.length > 0) damaged++;
    expect(performance.now() - start).toBeLessThan(MAX_MILLISECONDS);
    expect(source.budget.cuts.length).toBeLessThanOrEqual(18);
  }
  expect(damaged).toBeGreaterThan(MUTATIONS_PER_BUILD / 4);
});

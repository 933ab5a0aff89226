/** The subprograms that we read are those that llvm-dwarfdump prints. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { STT } from '../../src/binary/elf/constants.ts';
import { readSubprograms, type Subprogram } from '../../src/binary/dwarf/index.ts';
import { openBinary } from '../../src/binary/open.ts';
import { dumpSubprograms, type DumpedSubprogram } from '../support/dwarfdump.ts';
import { buildC, buildCxx, builds, type Build } from './fixtures.ts';

/** Where we differ on purpose: each rule makes of a type of ours what llvm-dwarfdump 19 prints for it. */
const TYPE_RULES: { reason: string; asDumped(type: string): string }[] = [
  {
    reason: 'DW_TAG_restrict_type is printed by its tag, and what it qualifies is lost',
    asDumped: (type) => type.replace(/^.*\*(const )?restrict$/, '$1restrict '),
  },
  {
    reason: 'DW_TAG_atomic_type is printed by its tag, and what it qualifies is lost',
    asDumped: (type) => type.replace(/_Atomic\(\w+\)/, 'atomic '),
  },
  {
    reason: 'of an array of function pointers what follows the bounds is lost',
    asDumped: (type) => type.replace(/^(\w+ \(\*\(\*\)\[2\])\)\(.*\)$/, '$1'),
  },
];

function asDumped(type: string): string {
  return TYPE_RULES.reduce((text, rule) => rule.asDumped(text), type);
}

/** Ours, in the shape of the dump. */
function comparable(subprogram: Subprogram): DumpedSubprogram {
  const { entry: _entry, language: _language, ...rest } = subprogram;
  return {
    ...rest,
    parameters: rest.parameters.map(({ name, type }) => ({ name, type: asDumped(type) })),
    returnType: asDumped(rest.returnType),
  };
}

function readOurs(path: string): DumpedSubprogram[] {
  const binary = openBinary(readFileSync(path));
  const { subprograms } = readSubprograms(binary);
  expect(binary.budget.cuts).toEqual([]);
  return subprograms.map(comparable);
}

/** The sections of a relocatable file have no addresses yet: we lay them out, llvm-dwarfdump starts each at 0. */
function withoutAddresses(subprogram: DumpedSubprogram): DumpedSubprogram {
  return {
    ...subprogram,
    ranges: subprogram.ranges.map(({ start, end }) => ({ start: 0, end: end - start })),
  };
}

/** Functions that the linker dropped are left out by us; GNU ld moves them to address 0. */
function isKept({ ranges }: DumpedSubprogram): boolean {
  return ranges[0].start !== 0;
}

describe('executables', () => {
  test.each(builds())('$title', ({ path }) => {
    const dumped = dumpSubprograms(path);
    expect(dumped.length).toBeGreaterThan(10);
    expect(readOurs(path)).toEqual(dumped);
  });
});

/** What else compilers write, in both formats where it differs. */
const variants: Build[] = ['-gdwarf-4', '-gdwarf-5'].flatMap((version) => [
  { title: `gcc-12, 64-bit format, ${version}`, path: buildC('gcc-12', '-O2', '-gdwarf64', version) },
  { title: `clang-19, 64-bit format, ${version}`, path: buildC('clang-19', '-O2', '-gdwarf64', version) },
  {
    title: `clang++-19, type units, ${version}`,
    path: buildCxx('clang++-19', '-O1', '-fdebug-types-section', version),
  },
  { title: `gcc-12, link-time optimisation, ${version}`, path: buildC('gcc-12', '-O2', '-flto', version) },
  { title: `gcc-12, compressed, ${version}`, path: buildC('gcc-12', '-O2', '-gz', version) },
  { title: `gcc-12, strict, ${version}`, path: buildC('gcc-12', '-O2', '-gstrict-dwarf', version) },
  { title: `gcc-12, few facts, ${version}`, path: buildC('gcc-12', '-O2', '-g1', version) },
  {
    title: `clang-19, few facts, ${version}`,
    path: buildC('clang-19', '-O2', '-gline-tables-only', version),
  },
  {
    title: `clang-19, a section a block, ${version}`,
    path: buildC('clang-19', '-O2', '-fbasic-block-sections=all', version),
  },
]);

test.each(variants)('variant: $title', ({ path }) => {
  expect(readOurs(path)).toEqual(dumpSubprograms(path));
});

/**
 * llvm-dwarfdump 19 takes a type for `void` that DW_AT_type itself names by its signature (DW_FORM_ref_sig8);
 * it follows signatures only from a declaration. GCC does the former.
 */
test.each(['-gdwarf-4', '-gdwarf-5'])('types by signature, g++-12 %s', (version) => {
  const path = buildCxx('g++-12', '-O1', '-fdebug-types-section', version);
  const ours = readOurs(path);
  const bySignature = new Set<string>();
  const expected = dumpSubprograms(path).map((dumped, index) => ({
    ...dumped,
    parameters: dumped.parameters.map(({ name, type }, position) => {
      if (!/^(const )?void( &)?$/.test(type)) return { name, type };
      const found = ours[index].parameters[position].type;
      bySignature.add(found);
      return { name, type: found };
    }),
  }));
  expect(ours).toEqual(expected);
  expect([...bySignature].sort()).toEqual(['const part &', 'cursor', 'scoped']);
});

const objects: Build[] = ['-gdwarf-4', '-gdwarf-5'].flatMap((version) => [
  ...['gcc-12', 'clang-19'].flatMap((compiler) =>
    [[], ['-ffunction-sections']].map((flags) => ({
      title: [compiler, version, ...flags].join(' '),
      path: buildC(compiler, '-O2', '-c', version, ...flags),
    })),
  ),
  { title: `g++-12 ${version}`, path: buildCxx('g++-12', '-O2', '-c', version) },
  { title: `clang++-19 ${version}`, path: buildCxx('clang++-19', '-O2', '-c', version) },
]);

test.each(objects)('relocatable file: $title', ({ path }) => {
  expect(readOurs(path).map(withoutAddresses)).toEqual(dumpSubprograms(path).map(withoutAddresses));
});

/** In the file each of them is at address 0 of its section, as what a linker dropped is in a program. */
test.each(objects)('relocatable file: $title: subprograms are where the symbols are', ({ path }) => {
  const binary = openBinary(readFileSync(path));
  const entries = new Set(readSubprograms(binary).subprograms.map(({ entry }) => entry));
  const functions = binary.symbols.filter(({ type, name }) => type === STT.FUNC && !name.endsWith('.cold'));
  expect(functions.length).toBeGreaterThan(10);
  expect(entries).toEqual(new Set(functions.map(({ address }) => address)));
});

test.each(['-gdwarf-4', '-gdwarf-5'])('functions that the linker dropped are left out, %s', (version) => {
  const path = buildC('gcc-12', '-O2', '-ffunction-sections', '-Wl,--gc-sections', version);
  const dumped = dumpSubprograms(path);
  const kept = dumped.filter(isKept);
  expect(kept.length).toBeLessThan(dumped.length);
  expect(readOurs(path)).toEqual(kept);
});

test.each([
  ['-gdwarf-4', ''],
  ['-gdwarf-5', ''],
  ['-gdwarf-4', '-c'],
  ['-gdwarf-5', '-c'],
])('cold parts belong to their function, and copies keep its name, %s %s', (...flags) => {
  const path = buildC('gcc-12', '-O2', ...flags.filter((flag) => flag !== ''));
  const subprograms = readOurs(path);
  const named = (name: string): DumpedSubprogram[] =>
    subprograms.filter((subprogram) => subprogram.name === name);
  const starts = new Map(openBinary(readFileSync(path)).symbols.map(({ name, address }) => [name, address]));
  expect(named('splits').map(({ ranges }) => ranges.map(({ start }) => start))).toEqual([
    [starts.get('splits'), starts.get('splits.cold')],
  ]);
  expect(named('parts').length).toBeGreaterThan(0);
  expect(named('constant').length).toBe(1);
});

/** Debugging information that is odd, hostile or damaged, each case named for what it would break. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/binary/budget.ts';
import { AT, FORM, TAG } from '../../src/binary/dwarf/constants.ts';
import { readSubprograms, type DebugSource, type Subprogram } from '../../src/binary/dwarf/index.ts';
import { openBinary } from '../../src/binary/open.ts';
import { assemble, CODE, little, sourceOf, type EntryPlan, type UnitPlan, type Value } from './assemble.ts';
import { buildC } from './fixtures.ts';

const COMPILE_UNIT = 0x11;

type Attribute = [number, number, Value];

/** A function of 16 bytes whose one parameter has the type labelled `type`. */
function subprogram(name: string, ...more: Attribute[]): EntryPlan {
  return {
    tag: TAG.subprogram,
    attributes: [
      [AT.name, FORM.string, name],
      [AT.lowPc, FORM.addr, CODE.start],
      [AT.highPc, FORM.data4, 16],
      ...more,
    ],
    children: [],
  };
}

function taking(name: string, type: string): EntryPlan {
  const parameter = {
    tag: TAG.formalParameter,
    attributes: [[AT.type, FORM.ref4, { to: type }]] as Attribute[],
  };
  return { ...subprogram(name), children: [parameter] };
}

function unit(...children: EntryPlan[]): UnitPlan {
  return { root: { tag: COMPILE_UNIT, attributes: [[AT.name, FORM.string, 'unit.c']], children } };
}

function type(tag: number, label: string, to?: string, ...children: EntryPlan[]): EntryPlan {
  const attributes: Attribute[] = [[AT.name, FORM.string, label]];
  if (to !== undefined) attributes.push([AT.type, FORM.ref4, { to }]);
  return { tag, label, attributes, children };
}

function names(source: DebugSource): (string | null)[] {
  return readSubprograms(source).subprograms.map((found) => found.name);
}

function only(source: DebugSource): Subprogram {
  const { subprograms } = readSubprograms(source);
  expect(source.budget.cuts).toEqual([]);
  expect(subprograms.length).toBe(1);
  return subprograms[0];
}

describe('types', () => {
  test('a function type that takes its own name, as Go has them, has a name and a class', () => {
    const takesItself = {
      tag: TAG.formalParameter,
      attributes: [[AT.type, FORM.ref4, { to: 'step' }]] as Attribute[],
    };
    const source = assemble([
      unit(
        taking('run', 'pointer'),
        type(TAG.pointerType, 'pointer', 'body'),
        type(TAG.typedef, 'step', 'body'),
        type(TAG.subroutineType, 'body', 'step', takesItself),
      ),
    ]);
    expect(only(source).parameters).toEqual([{ name: null, type: 'step (*)(step)', typeClass: 'pointer' }]);
  });

  test('a pointer to itself costs the function that takes it, not the others', () => {
    const source = assemble([
      unit(taking('lost', 'loop'), type(TAG.pointerType, 'loop', 'loop'), subprogram('kept')),
    ]);
    expect(names(source)).toEqual(['kept']);
    expect(source.budget.cuts.map((cut) => cut.reason)).toEqual([
      'nested deeper than the budget of 128 levels',
    ]);
  });

  test.each([TAG.constType, TAG.typedef])('a chain of tag %i without end is cut', (tag) => {
    const source = assemble([unit(taking('lost', 'a'), type(tag, 'a', 'b'), type(tag, 'b', 'a'))]);
    expect(names(source)).toEqual([]);
    expect(source.budget.cuts.length).toBe(1);
  });

  test('function types that double at each level do not fill memory', () => {
    const levels = Array.from({ length: 60 }, (_, level) => {
      const next = {
        tag: TAG.formalParameter,
        attributes: [[AT.type, FORM.ref4, { to: `t${level + 1}` }]] as Attribute[],
      };
      return type(TAG.subroutineType, `t${level}`, undefined, next, next);
    });
    const source = assemble([
      unit(taking('lost', 't0'), ...levels, type(TAG.baseType, 't60'), subprogram('kept')),
    ]);
    expect(names(source)).toEqual(['kept']);
    expect(source.budget.cuts[0].reason).toContain('too long');
  });
});

describe('entries', () => {
  test('abstract origins that lead to each other end', () => {
    const source = assemble([
      unit(
        { ...subprogram('a', [AT.abstractOrigin, FORM.ref4, { to: 'b' }]), label: 'a' },
        { tag: TAG.subprogram, label: 'b', attributes: [[AT.abstractOrigin, FORM.ref4, { to: 'a' }]] },
      ),
    ]);
    expect(only(source).name).toBe('a');
  });

  test('DW_AT_sibling that leads backwards is not followed', () => {
    const enumeration: EntryPlan = {
      tag: TAG.enumerationType,
      label: 'back',
      attributes: [[AT.sibling, FORM.ref4, { to: 'back' }]],
      children: [],
    };
    expect(names(assemble([unit(enumeration, subprogram('after'))]))).toEqual(['after']);
  });

  test('DW_FORM_indirect is followed once', () => {
    const indirect = (form: number): EntryPlan => ({
      tag: TAG.subprogram,
      attributes: [
        [AT.lowPc, FORM.addr, CODE.start],
        [AT.highPc, FORM.data4, 16],
        [AT.name, FORM.indirect, Uint8Array.of(form, 0x68, 0x69, 0)],
      ],
    });
    expect(names(assemble([unit(indirect(FORM.string))]))).toEqual(['hi']);
    const looping = assemble([unit(indirect(FORM.indirect))]);
    expect(names(looping)).toEqual([]);
    expect(looping.budget.cuts[0].reason).toContain('DW_FORM_indirect');
  });

  test('what a damaged unit has before the damage is kept, and so are the other units', () => {
    const unknownForm: EntryPlan = { tag: TAG.baseType, attributes: [[AT.name, 0x7f, 0]] };
    const source = assemble([
      unit(subprogram('before'), unknownForm, subprogram('behind')),
      { ...unit(subprogram('of the future')), version: 6 },
      unit(subprogram('last')),
    ]);
    expect(names(source)).toEqual(['before', 'last']);
    expect(source.budget.cuts.map((cut) => cut.reason)).toEqual([
      'DWARF version 6',
      '.debug_info: unknown form 0x7f',
    ]);
  });

  test('a million damaged units are a few cuts and take no minute', () => {
    const header = [...little(8, 4), ...little(9, 2), 0, 0, 0, 0, 0, 0];
    const info = new Uint8Array(header.length * 1_000_000);
    for (let at = 0; at < info.length; at += header.length) info.set(header, at);
    const source = sourceOf({ '.debug_info': info });
    expect(names(source)).toEqual([]);
    expect(source.budget.cuts.length).toBe(18);
    expect(source.budget.cuts.at(-2)?.reason).toBe('over 10000 parts are damaged');
    expect(source.budget.cuts.at(-1)?.reason).toBe('9985 more parts are damaged');
  });

  test('abbreviation tables that overlap are not read for each of their starts', () => {
    const table = [
      1,
      TAG.baseType,
      0,
      ...Array.from({ length: 20_000 }, () => [AT.name, FORM.flagPresent]).flat(),
      0,
      0,
      0,
    ];
    const units = Array.from({ length: 5_000 }, (_, i) => [
      ...little(8, 4),
      4,
      0,
      ...little(3 + 2 * i, 4),
      8,
      1,
    ]);
    const source = sourceOf({
      '.debug_info': new Uint8Array(units.flat()),
      '.debug_abbrev': new Uint8Array(table),
    });
    expect(names(source)).toEqual([]);
    expect(source.budget.left('entries')).toBeGreaterThan(source.budget.limits.entries - 1_000_000);
  });
});

describe('addresses', () => {
  test.each([0, 1, 2 ** 64 - 4096])('code that a linker moved to %i is left out', (address) => {
    const bytes = address > 2 ** 60 ? new Uint8Array(8).fill(0xff) : new Uint8Array(little(address, 8));
    const dropped = { ...subprogram('dropped') };
    dropped.attributes = [
      [AT.lowPc, FORM.addr, bytes],
      [AT.highPc, FORM.data4, 16],
    ];
    expect(names(assemble([unit(dropped, subprogram('kept'))]))).toEqual(['kept']);
  });

  test('a range list that goes on past its section is cut', () => {
    const ranges: EntryPlan = { tag: TAG.subprogram, attributes: [[AT.ranges, FORM.secOffset, 0]] };
    const list = new Uint8Array(64).fill(1);
    const source = assemble([unit(ranges, subprogram('kept'))], {}, { '.debug_ranges': list });
    expect(names(source)).toEqual(['kept']);
    expect(source.budget.cuts.length).toBe(1);
  });
});

describe('file lists', () => {
  test('a list that claims 2^56 files of no bytes is refused', () => {
    const lines = [
      5, 0, 8, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
    ];
    const plan = unit(subprogram('lost', [AT.declFile, FORM.data1, 1]));
    plan.root.attributes?.push([AT.stmtList, FORM.secOffset, 0]);
    const source = assemble(
      [plan],
      {},
      { '.debug_line': new Uint8Array([...little(lines.length, 4), ...lines]) },
    );
    expect(names(source)).toEqual([]);
    expect(source.budget.cuts[0].reason).toContain('in too few bytes');
  });
});

describe('budget', () => {
  const file = readFileSync(buildC('gcc-12', '-O2', '-gdwarf-5'));
  const binary = openBinary(file);
  const limited = (limits: Partial<Limits>): DebugSource =>
    sourceOf(
      Object.fromEntries(
        binary.sections.flatMap(({ name }) => {
          const data = name.startsWith('.debug_') ? binary.sectionData(name) : undefined;
          return data ? [[name, data]] : [];
        }),
      ),
      limits,
    );
  const all = names(limited({})).length;

  test.each<Partial<Limits>>([{ entries: 800 }, { bytes: 12_000 }, { depth: 0 }])(
    '%o: what fits, and a cut',
    (limits) => {
      const source = limited(limits);
      expect(names(source).length).toBeLessThan(all);
      expect(source.budget.cuts.length).toBeGreaterThan(0);
    },
  );
});

describe('split DWARF', () => {
  test.each(['-gdwarf-4', '-gdwarf-5'])(
    'is refused by the name of the file that has the entries, %s',
    (version) => {
      for (const compiler of ['gcc-12', 'clang-19']) {
        const binary = openBinary(readFileSync(buildC(compiler, '-O1', '-gsplit-dwarf', version)));
        expect(() => readSubprograms(binary)).toThrow(/split DWARF.*\.dwo/);
      }
    },
  );

  test('is refused in the file that has the entries', () => {
    const binary = openBinary(readFileSync(buildC('clang-19', '-O1', '-c', '-gsplit-dwarf=single')));
    expect(() => readSubprograms(binary)).toThrow(/split DWARF.*one of its \.dwo files/);
  });

  test('units of it beside whole ones are a cut', () => {
    const split = unit();
    split.root.attributes?.push([AT.gnuDwoName, FORM.string, 'part.dwo']);
    const source = assemble([split, unit(subprogram('kept'))]);
    expect(names(source)).toEqual(['kept']);
    expect(source.budget.cuts.map((cut) => cut.reason)).toEqual(['split DWARF: the entries are in part.dwo']);
  });
});

test('a file without debugging information has no subprograms and no cuts', () => {
  const source = sourceOf({});
  expect(readSubprograms(source)).toEqual({ subprograms: [] });
  expect(source.budget.cuts).toEqual([]);
});

describe('types in words and classes', () => {
  const { subprograms } = readSubprograms(openBinary(readFileSync(buildC('gcc-12', '-O0', '-gdwarf-5'))));
  const parameters = (name: string): string[] =>
    subprograms
      .find((found) => found.name === name)!
      .parameters.map(({ type: text, typeClass }) => `${text}: ${typeClass}`);

  test.each<[string, string[]]>([
    ['restricted', ['char *restrict: pointer', 'const int *const restrict: pointer']],
    ['atomics', ['_Atomic(int) *: pointer']],
    ['tables', ['int (*(*)[2])(const void *, const void *): pointer']],
    [
      'typedefs',
      [
        'octet: char',
        'octets: pointer',
        'comparator: pointer',
        'point: struct',
        'point *: pointer',
        'toggle: enum',
      ],
    ],
    ['aggregates', ['node: struct', 'word: union', 'colour: enum', 'nested *: pointer']],
    [
      'reals',
      ['float: float', 'double: float', 'long double: float', 'complex double: float', '__int128: int'],
    ],
    ['text_of', ['colour: enum']],
  ])('%s', (name, expected) => {
    expect(parameters(name)).toEqual(expected);
  });
});

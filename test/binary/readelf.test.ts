/** The ELF reader against binutils' readelf: the same sections, segments, symbols and relocations. */

import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Binary } from '../../src/binary/binary.ts';
import { openBinary } from '../../src/binary/open.ts';
import { tool } from '../support/compile.ts';
import { varied, variedBuilds } from '../support/varied.ts';

const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0');

/** Programs of the machine: hand-written assembly, C++ and versions are in them. */
const system = [
  '/bin/ls',
  '/bin/bash',
  '/usr/lib/x86_64-linux-gnu/libc.so.6',
  '/usr/lib/x86_64-linux-gnu/libstdc++.so.6',
];

const files = [
  ...variedBuilds().map((b) => ({ label: `${b.compiler} -${b.level} ${b.kind}`, path: b.path })),
  { label: 'compressed debug sections', path: varied('gcc-12', ['-g', '-gz=zlib']) },
  { label: 'static', path: varied('gcc-12', ['-static']) },
  { label: 'packed relative relocations', path: varied('clang-19', ['-O2', '-Wl,-z,pack-relative-relocs']) },
  ...system.filter((path) => existsSync(path)).map((path) => ({ label: path, path })),
];

describe.each(files)('readelf agrees: $label', ({ path }) => {
  const binary = openBinary(readFileSync(path));
  const relocatable = binary.kind === 'relocatable';

  it('reads without a cut', () => {
    expect(binary.budget.cuts).toEqual([]);
  });

  it('sections', () => {
    const theirs = tool('readelf', '-SW', path)
      .split('\n')
      .map((line) =>
        /^ {2}\[ *(\d+)\] (\S+) +.*? ([0-9a-f]{16}) ([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) /.exec(line),
      )
      .filter((m) => m !== null && m[1] !== '0')
      .map((m) => [m![2], relocatable ? '' : m![3], m![4], m![5], m![6]].join(' '));
    const ours = binary.sections
      .slice(1)
      .map((s) =>
        [
          s.name,
          relocatable ? '' : hex(s.address, 16),
          hex(s.offset, 6),
          hex(s.size, 6),
          hex(s.entrySize, 2),
        ].join(' '),
      );
    expect(ours).toEqual(theirs);
  });

  it('segments', () => {
    const theirs = tool('readelf', '-lW', path)
      .split('\n')
      .map((line) => /^ {2}[A-Z_0-9]+ +0x(\S+) 0x(\S+) 0x\S+ 0x(\S+) 0x(\S+) (...) /.exec(line))
      .filter((m) => m !== null)
      .map((m) => m.slice(1, 6).join(' '));
    const ours = binary.segments.map((s) =>
      [
        hex(s.offset, 6),
        hex(s.address, 16),
        hex(s.fileSize, 6),
        hex(s.memorySize, 6),
        `${s.flags & 4 ? 'R' : ' '}${s.flags & 2 ? 'W' : ' '}${s.flags & 1 ? 'E' : ' '}`,
      ].join(' '),
    );
    expect(ours).toEqual(theirs);
  });

  it('symbols', () => {
    const theirs = tool('readelf', '-sW', path)
      .split('\n')
      .map((line) =>
        /^ *\d+: ([0-9a-f]{16}) +(\S+) (\S+) +(\S+) +(\S+) +(?:\[.*\] )? *(\S+)(?: (.*))?$/.exec(line),
      )
      .filter((m) => m !== null)
      .map((m) => [m[1], Number(m[2]), m[3], m[4], sectionIndex(m[6]), plain(m[7] ?? '')].join(' '));
    expect(binary.symbols.map((s) => describeSymbol(binary, s))).toEqual(theirs);
  });

  it('relocations', () => {
    const theirs = tool('readelf', '-rW', path)
      .split('\n')
      .map((line) =>
        /^([0-9a-f]{16}) {2}([0-9a-f]{16}) \S+ +(?:([0-9a-f]{16}) (.*?) ([+-]) )?([0-9a-f]+)?$/.exec(line),
      )
      .filter((m) => m !== null)
      .map((m) =>
        [m[1], parseInt(m[2].slice(8), 16), plain(m[4] ?? ''), addend(m[5], m[6] ?? '0')].join(' '),
      );
    const ours = binary.relocations
      // readelf prints the packed ones as bare addresses, which the next test covers.
      .filter((r) => r.section !== '.relr.dyn')
      .map((r) =>
        [
          hex(r.address - patchedBase(binary, r.section), 16),
          r.type,
          r.symbol.slice(0, 200),
          BigInt.asUintN(64, BigInt(r.addend)).toString(16),
        ].join(' '),
      );
    expect(ours).toEqual(theirs);
  });
});

it('reads packed relative relocations as readelf lists them', () => {
  const path = varied('clang-19', ['-O2', '-Wl,-z,pack-relative-relocs']);
  const binary = openBinary(readFileSync(path));
  const text = tool('readelf', '-rW', path);
  const theirs = [...text.slice(text.indexOf("'.relr.dyn'")).matchAll(/^([0-9a-f]{16})$/gm)].map((m) =>
    parseInt(m[1], 16),
  );
  const ours = binary.relocations.filter((r) => r.section === '.relr.dyn').map((r) => r.address);
  expect(ours.length).toBeGreaterThan(0);
  expect(ours).toEqual(theirs);
});

it.each(['zlib', 'zlib-gnu'])('decompresses what objcopy compressed as %s', (style) => {
  const path = varied('gcc-12', ['-g']);
  const output = join(mkdtempSync(join(tmpdir(), 'binscribe-')), 'compressed');
  tool('objcopy', `--compress-debug-sections=${style}`, path, output);
  const plainFile = openBinary(readFileSync(path));
  const compressed = openBinary(readFileSync(output));
  expect(compressed.sections.map((s) => s.name)).toContain(style === 'zlib' ? '.debug_info' : '.zdebug_info');
  for (const name of ['.debug_info', '.debug_line', '.debug_abbrev']) {
    expect(Buffer.from(compressed.sectionData(name)!).equals(plainFile.sectionData(name)!), name).toBe(true);
  }
});

/** In a relocatable file an offset is relative to the patched section. */
function patchedBase(binary: Binary, name: string): number {
  if (binary.kind !== 'relocatable') return 0;
  const section = binary.sections.find((s) => s.name === name)!;
  const patched = binary.sections[section.info];
  return patched.flags & 2 ? patched.address : 0;
}

const TYPES: Record<number, string> = {
  0: 'NOTYPE',
  1: 'OBJECT',
  2: 'FUNC',
  3: 'SECTION',
  4: 'FILE',
  6: 'TLS',
  10: 'IFUNC',
};
const BINDINGS: Record<number, string> = { 0: 'LOCAL', 1: 'GLOBAL', 2: 'WEAK', 10: 'UNIQUE' };

function describeSymbol(binary: Binary, s: Binary['symbols'][number]): string {
  const base =
    binary.kind === 'relocatable' && s.section < 0xff00 ? (binary.sections[s.section]?.address ?? 0) : 0;
  return [
    hex(s.address - base, 16),
    s.size,
    TYPES[s.type],
    BINDINGS[s.binding],
    s.section,
    plain(s.name),
  ].join(' ');
}

function sectionIndex(text: string): number {
  return text === 'UND' ? 0 : text === 'ABS' ? 0xfff1 : text === 'COM' ? 0xfff2 : Number(text);
}

/** readelf appends a dynamic symbol's version, which stands in tables that we do not read. */
function plain(name: string): string {
  return name.replace(/@.*$/, '');
}

function addend(sign: string | undefined, digits: string): string {
  const value = BigInt(`0x${digits}`);
  return BigInt.asUintN(64, sign === '-' ? -value : value).toString(16);
}

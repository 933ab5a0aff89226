/** Normalised assembly beside objdump's listing in Intel syntax. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { disassemble } from '../../src/binary/x86/disassemble.ts';
import { normalizedAssembly } from '../../src/tokens/assembly.ts';
import { withoutPadding } from '../../src/tokens/normalize.ts';
import { visibleNames } from '../../src/tokens/visible-names.ts';
import { tool } from '../support/compile.ts';
import { variedBuilds } from '../support/varied.ts';

const builds = variedBuilds().filter(({ kind }) => kind === 'executable');

/** A string, a number or a word in place of an address. */
const SAID = /\[("(?:[^"\\]|\\.)*"|-?\d+\.\d+|\w+)\]/;

/** objdump's text as ours: `DWORD PTR [rip+0x2e]        # 4010 <x>` is `dword [data]`, every target `T`. */
function theirs(text: string): string {
  const [name, ...rest] = text
    .replace(/\s*[#<].*$/, '')
    .replace(/^(?:(?:rep\w*|lock|bnd|notrack|data16|cs|rex\.\w+) +)+/, '')
    .split(/\s+/);
  const operands = rest.join(' ').trim();
  if (operands === '') return name;
  if (/^(call|j\w+)$/.test(name) && /^[0-9a-f]+$/.test(operands)) return `${name} T`;
  const shown = operands
    .split(/,(?![^[]*\])/)
    .map((operand) =>
      operand
        .trim()
        .replace(/\b([A-Z]+) PTR /, (_, size: string) => `${size.toLowerCase()} `)
        .replace(/\*1\b/, '')
        .replace(/\[rip[+-]0x[0-9a-f]+\]/, '[data]')
        .replace('+0x0]', ']')
        .replace(/^1$/, '0x1')
        .replace(/\bst$/, 'st(0)')
        // We write numbers with a sign, objdump most as the bits that they are.
        .replace(/0x(?:f{8})?[89a-f][0-9a-f]{7}$/, (bits) => (name === 'movabs' ? bits : signed(bits)))
        .replace(/\b(fs|gs):(-?0x[0-9a-f]+)$/, '$1:[$2]'),
    )
    .join(', ');
  return `${name.replace('movabs', 'mov')} ${shown}`;
}

function signed(bits: string): string {
  return `-0x${(-BigInt.asIntN(32, BigInt(bits))).toString(16)}`;
}

describe.each(builds)('$compiler -$level', ({ path }) => {
  const binary = openBinary(readFileSync(path));
  const listing = new Map<number, string>();
  for (const line of tool('objdump', '-dw', '-Mintel', '--no-show-raw-insn', path).split('\n')) {
    const match = /^ +([0-9a-f]+):\t(.*)/.exec(line);
    if (match) listing.set(parseInt(match[1], 16), match[2]);
  }
  const functions = findFunctions(binary).filter(({ size }) => size > 0);

  it('says what objdump says', () => {
    const differences: string[] = [];
    const called = new Set<string>();
    const names = visibleNames(binary);
    const known = new Set(names.values());
    let compared = 0;
    for (const found of functions) {
      const body = disassemble(binary, found);
      const lines = normalizedAssembly(body, names)
        .split('\n')
        .filter((line) => !line.endsWith(':'));
      withoutPadding(body.instructions).forEach(({ address }, i) => {
        const listed = listing.get(address) ?? '';
        const name = /^call +[0-9a-f]+ <(\w+)@plt>/.exec(listed)?.[1];
        if (name !== undefined) called.add(name);
        const ours = lines[i]
          .replace(name === undefined ? / (?:\.\d+|function)$/ : new RegExp(` ${name}$`), ' T')
          .replace(SAID, (all, said: string) => (/^"|\./.test(said) || known.has(said) ? '[data]' : all));
        const expected = theirs(listed);
        compared++;
        if (ours !== expected) differences.push(`${ours} | ${expected}`);
      });
    }
    expect(compared).toBeGreaterThan(200);
    expect(differences).toEqual([]);
    expect(called.size).toBeGreaterThan(0);
  });

  it('puts labels where jumps lead', () => {
    let compared = 0;
    for (const found of functions) {
      const body = disassemble(binary, found);
      const kept = withoutPadding(body.instructions).map(({ address }) => address);
      const lines = normalizedAssembly(body).split('\n');
      const placeOf = new Map<string, number>();
      let at = 0;
      for (const line of lines) {
        if (line.endsWith(':')) placeOf.set(line.slice(0, -1), at);
        else at++;
      }
      lines
        .filter((line) => !line.endsWith(':'))
        .forEach((line, i) => {
          const label = / (\.\d+)$/.exec(line)?.[1];
          if (label === undefined) return;
          const target = parseInt(/^\w+ +([0-9a-f]+)/.exec(listing.get(kept[i])!)![1], 16);
          expect(kept[placeOf.get(label)!]).toBe(kept.find((address) => address >= target));
          compared++;
        });
    }
    expect(compared).toBeGreaterThan(10);
  });
});

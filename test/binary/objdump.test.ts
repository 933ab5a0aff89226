/** Instructions against objdump: the same boundaries, calls that lead to the same places. */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { disassemble } from '../../src/binary/x86/disassemble.ts';
import { tool } from '../support/compile.ts';
import { variedBuilds } from '../support/varied.ts';

const system = ['/bin/ls', '/bin/bash', '/usr/lib/x86_64-linux-gnu/libm.so.6'];
const files = [
  ...variedBuilds()
    .filter((b) => b.kind === 'executable')
    .map((b) => ({ label: `${b.compiler} -${b.level}`, path: b.path })),
  ...system.filter((path) => existsSync(path)).map((path) => ({ label: path, path })),
];

/**
 * Where objdump and we differ, and why. objdump prints the x87 wait prefix 9b and the instruction after it as
 * one (fstcw for wait, fnstcw); iced-x86 decodes what the processor does: two instructions.
 */
const WAIT_PREFIXED = /^(fstcw|fstsw|fstenv|fsave|finit|fclex)\b/;

describe.each(files)('objdump agrees: $label', ({ path }) => {
  const binary = openBinary(readFileSync(path));
  const listing = new Map<number, string>();
  for (const line of tool('objdump', '-dw', '--no-show-raw-insn', path).split('\n')) {
    const m = /^ +([0-9a-f]+):\t(.*)/.exec(line);
    if (m) listing.set(parseInt(m[1], 16), m[2]);
  }
  const functions = findFunctions(binary).filter((f) => f.size > 0);

  it('finds instructions at the same addresses', () => {
    const differences: string[] = [];
    let compared = 0;
    for (const fn of functions) {
      const ours = new Map(disassemble(binary, fn).instructions.map((i) => [i.address, i]));
      for (const address of ours.keys()) {
        compared++;
        const fused = WAIT_PREFIXED.test(listing.get(address - 1) ?? '');
        if (!listing.has(address) && !fused) differences.push(`only we have 0x${address.toString(16)}`);
      }
      for (let at = fn.address; at < fn.address + fn.size; at++) {
        if (listing.has(at) && !ours.has(at)) differences.push(`only objdump has 0x${at.toString(16)}`);
      }
    }
    expect(compared).toBeGreaterThan(200);
    expect(differences).toEqual([]);
  });

  it('follows direct calls to the same targets', () => {
    for (const fn of functions) {
      for (const call of disassemble(binary, fn).calls) {
        const m = /^(?:bnd |data16 |rex\.W )*(?:call|j\w+)\s+([0-9a-f]+)/.exec(listing.get(call.from)!);
        expect(parseInt(m?.[1] ?? '', 16), `at 0x${call.from.toString(16)}`).toBe(call.to);
      }
    }
  });
});

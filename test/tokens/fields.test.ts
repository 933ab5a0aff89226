/** Instructions as rows of numbers: what differs in one property differs in one number. */

import { describe, expect, it } from 'vitest';
import { disassembleRange } from '../../src/binary/x86/disassemble.ts';
import { FIELD_VALUES, FIELDS, fieldRows, NO_INSTRUCTION } from '../../src/tokens/fields.ts';
import { labelledPackages } from '../support/labelled.ts';

const ADDRESS = 0x1000;

const rowsOf = (code: readonly number[], longest?: number): number[][] => {
  const flat = [...fieldRows(disassembleRange(Uint8Array.from(code), ADDRESS), longest)];
  return Array.from({ length: flat.length / FIELDS }, (_, i) => flat.slice(i * FIELDS, (i + 1) * FIELDS));
};

/** Fields in which the first instructions of two codes differ. */
const differing = (a: readonly number[], b: readonly number[]): number[] => {
  const [[x], [y]] = [rowsOf(a), rowsOf(b)];
  return x.flatMap((value, field) => (value === y[field] ? [] : [field]));
};

const little = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);

describe('fields of instructions', () => {
  it('differ in one number where the instructions differ in one property', () => {
    // mov ecx, [rbx - 8] beside the same of [rbx - 12]; of [rsi - 8]; into edx; and lea
    const load = [0x8b, 0x4b, 0xf8];
    const [displacement, base, target, mnemonic] = [
      [0x8b, 0x4b, 0xf4],
      [0x8b, 0x4e, 0xf8],
      [0x8b, 0x53, 0xf8],
      [0x8d, 0x4b, 0xf8],
    ].map((other) => differing(load, other));
    for (const fields of [displacement, base, target]) expect(fields).toHaveLength(1);
    expect(new Set([...displacement, ...base, ...target]).size).toBe(3);
    expect(mnemonic).toContain(0);
  });

  it('tell small constants apart one by one, and large ones by content beside their magnitude', () => {
    const move = (value: number): number[] => [0xb8, ...little(value)];
    const [small] = [differing(move(10), move(11))];
    expect(small).toHaveLength(1);
    const large = differing(move(0x12345678), move(0x12345679));
    expect(large).toHaveLength(1);
    expect(large).not.toEqual(small);
    expect(differing(move(0x2345678), move(0x12345678)).sort()).toEqual([...small, ...large].sort());
  });

  it('say where a branch leads and where an instruction stands', () => {
    // nop; nop; jmp to the first; ret
    const [first, second, jump] = rowsOf([0x90, 0x90, 0xeb, 0xfc, 0xc3]);
    expect(first.filter((value, field) => value !== second[field]).length).toBeGreaterThan(1);
    const further = rowsOf([0x90, 0x90, 0x90, 0x90, 0xeb, 0xfa, 0xc3])[4];
    expect(jump.some((value, field) => value !== further[field])).toBe(true);
  });

  it('keep the beginning and the end of what is too long', () => {
    const code = [...Array.from({ length: 99 }, () => 0x90), 0xc3];
    const [whole, cut] = [rowsOf(code), rowsOf(code, 16)];
    expect(cut).toEqual([...whole.slice(0, 12), ...whole.slice(96)]);
  });

  it('stay within the range of their field, for compiled programs', () => {
    const limits = [...NO_INSTRUCTION.slice(1), FIELD_VALUES];
    for (const { functions } of labelledPackages(['alpha'])) {
      for (const { body } of functions) {
        fieldRows(body).forEach((value, i) => {
          const field = i % FIELDS;
          if (value < NO_INSTRUCTION[field] || value >= limits[field]) {
            expect.fail(
              `field ${field}: ${NO_INSTRUCTION[field]} to ${limits[field]} expected, got ${value}`,
            );
          }
        });
      }
    }
  });
});

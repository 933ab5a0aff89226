/** Which variable a register is, and which part of it. */

import { REGISTER_NAMES } from '../binary/x86/names.ts';
import { FIRST_SLOT, XMM } from './code.ts';

export interface RegisterPart {
  readonly variable: number;
  readonly bits: number;
  /** Bits below it: 8 of `ah` and its like. */
  readonly shift: number;
}

const NUMBERS: readonly string[] = ['a', 'c', 'd', 'b', 'sp', 'bp', 'si', 'di'];

function partOf(name: string): RegisterPart | undefined {
  const xmm = /^xmm(\d|1[0-5])$/.exec(name);
  if (xmm) return { variable: XMM + Number(xmm[1]), bits: 128, shift: 0 };
  const numbered = /^r(\d+)([bwd]?)$/.exec(name);
  if (numbered) {
    const bits = { b: 8, w: 16, d: 32, '': 64 }[numbered[2]];
    return { variable: Number(numbered[1]), bits: bits ?? 64, shift: 0 };
  }
  const low = /^([abcd])([lh])$/.exec(name);
  if (low) return { variable: NUMBERS.indexOf(low[1]), bits: 8, shift: low[2] === 'h' ? 8 : 0 };
  const pointer = /^(sp|bp|si|di)l$/.exec(name);
  if (pointer) return { variable: NUMBERS.indexOf(pointer[1]), bits: 8, shift: 0 };
  const wide = /^([re]?)(?:([abcd])x|(sp|bp|si|di))$/.exec(name);
  if (!wide) return undefined;
  const bits = { r: 64, e: 32, '': 16 }[wide[1]];
  return { variable: NUMBERS.indexOf(wide[2] ?? wide[3]), bits: bits ?? 64, shift: 0 };
}

/** By iced-x86 Register; undefined for what no rule is about. */
export const REGISTER_PARTS: readonly (RegisterPart | undefined)[] = REGISTER_NAMES.map(partOf);

/** Of a variable of the machine, for people. */
export function nameOf(id: number | undefined): string {
  if (id === undefined) return 'a register';
  if (id >= FIRST_SLOT) return 'a place in its frame';
  const part = REGISTER_PARTS.findIndex((one) => one?.variable === id && one.bits >= 64);
  return part < 0 ? 'flags' : REGISTER_NAMES[part];
}

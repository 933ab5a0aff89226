/** Unit headers: DWARF 5 section 7.5.1, DWARF 4 section 7.5.1. */

import { corrupt, unsupported } from '../../error.ts';
import type { Budget } from '../budget.ts';
import { Cursor, type Bytes } from '../bytes.ts';
import { UT } from './constants.ts';
import { readSized, type Format } from './forms.ts';
import type { CutList } from './cut-list.ts';

export interface UnitHeader extends Format {
  /** The section that the unit lies in; the offsets here count from its start. */
  bytes: Bytes;
  start: number;
  end: number;
  firstEntry: number;
  abbrevOffset: number;
  /** DW_UT_*; for DWARF 4 what its section says. */
  type: number;
  /** Of a type unit: how entries refer to it, and where in it the type is. Null and 0 for others. */
  signature: string | null;
  typeOffset: number;
}

/** 0xffffffff begins a 64-bit length, and what lies between is reserved (section 7.4). */
const FIRST_RESERVED_LENGTH = 0xfffffff0;
const LENGTH_IS_64_BIT = 0xffffffff;

/** @throws BinscribeError of kind `corrupt` where the length is reserved or leads out of the section. */
export function readInitialLength(cursor: Cursor): { offsetSize: number; end: number } {
  const at = cursor.position;
  let length = cursor.u32();
  let offsetSize = 4;
  if (length === LENGTH_IS_64_BIT) {
    length = cursor.u64();
    offsetSize = 8;
  } else if (length >= FIRST_RESERVED_LENGTH) {
    throw corrupt(`${cursor.bytes.where}: reserved length 0x${length.toString(16)} at 0x${at.toString(16)}`);
  }
  const end = cursor.position + length;
  if (end > cursor.end) {
    throw corrupt(
      `${cursor.bytes.where}: the unit at 0x${at.toString(16)} ends at 0x${end.toString(16)}, the section at 0x${cursor.end.toString(16)}`,
    );
  }
  return { offsetSize, end };
}

/**
 * The headers of a section. A header that cannot be read costs its unit; a length that cannot be trusted costs
 * the units behind it too, since nothing else says where they are. Both become cuts.
 */
export function readUnitHeaders(bytes: Bytes, budget: Budget, cuts: CutList): UnitHeader[] {
  const headers: UnitHeader[] = [];
  let next = 0;
  while (next < bytes.length) {
    budget.spend('entries');
    const cursor = new Cursor(bytes, next);
    const start = next;
    next = bytes.length;
    cuts.attempt(`${bytes.where} unit at 0x${start.toString(16)}`, () => {
      const { offsetSize, end } = readInitialLength(cursor);
      next = end;
      headers.push(readHeader(new Cursor(bytes, cursor.position, end), start, offsetSize));
    });
  }
  return headers;
}

function readHeader(cursor: Cursor, start: number, offsetSize: number): UnitHeader {
  const version = cursor.u16();
  if (version < 2 || version > 5) throw unsupported(`DWARF version ${version}`);
  // Only `.debug_types` of DWARF 4 has a type unit that does not say so.
  let type: number = cursor.bytes.where === '.debug_types' ? UT.type : UT.compile;
  let addressSize: number;
  let abbrevOffset: number;
  if (version >= 5) {
    type = cursor.u8();
    addressSize = cursor.u8();
    abbrevOffset = readSized(cursor, offsetSize);
  } else {
    abbrevOffset = readSized(cursor, offsetSize);
    addressSize = cursor.u8();
  }
  if (addressSize !== 4 && addressSize !== 8) throw unsupported(`addresses of ${addressSize} bytes`);
  let signature: string | null = null;
  let typeOffset = 0;
  if (type === UT.type || type === UT.splitType) {
    signature = readSignature(cursor);
    typeOffset = start + readSized(cursor, offsetSize);
  } else if (type === UT.skeleton || type === UT.splitCompile) {
    cursor.skip(8); // DWO id
  }
  return {
    bytes: cursor.bytes,
    start,
    end: cursor.end,
    firstEntry: cursor.position,
    version,
    addressSize,
    offsetSize,
    abbrevOffset,
    type,
    signature,
    typeOffset,
  };
}

/** A type signature: 64 bits of a hash, all of which count, so that a number would not do. */
export function readSignature(cursor: Cursor): string {
  return `${cursor.u32()}-${cursor.u32()}`;
}

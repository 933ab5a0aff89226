/**
 * How a value is written: DWARF 5 section 7.5.5. Sizes and skipping here; `entry.ts` gives values their meaning.
 */

import { corrupt } from '../../error.ts';
import type { Cursor } from '../bytes.ts';
import { FORM } from './constants.ts';
import { terminator } from './sections.ts';

/** What a unit's header says about the size of its values. */
export interface Format {
  version: number;
  /** 4 or 8 bytes. */
  addressSize: number;
  /** 4 bytes, or 8 in the 64-bit format (section 7.4). */
  offsetSize: number;
}

/** Bytes of a value of `form`; -1 where the value itself tells, or where the form is unknown. */
export function fixedSize(form: number, format: Format): number {
  switch (form) {
    case FORM.flagPresent:
    case FORM.implicitConst:
      return 0;
    case FORM.data1:
    case FORM.flag:
    case FORM.ref1:
    case FORM.strx1:
    case FORM.addrx1:
      return 1;
    case FORM.data2:
    case FORM.ref2:
    case FORM.strx2:
    case FORM.addrx2:
      return 2;
    case FORM.strx3:
    case FORM.addrx3:
      return 3;
    case FORM.data4:
    case FORM.ref4:
    case FORM.strx4:
    case FORM.addrx4:
    case FORM.refSup4:
      return 4;
    case FORM.data8:
    case FORM.ref8:
    case FORM.refSig8:
    case FORM.refSup8:
      return 8;
    case FORM.data16:
      return 16;
    case FORM.addr:
      return format.addressSize;
    case FORM.refAddr:
      // Section 7.5.5 of DWARF 3 made it an offset; in DWARF 2 it had the size of an address.
      return format.version < 3 ? format.addressSize : format.offsetSize;
    case FORM.strp:
    case FORM.lineStrp:
    case FORM.secOffset:
    case FORM.strpSup:
    case FORM.gnuRefAlt:
    case FORM.gnuStrpAlt:
      return format.offsetSize;
    default:
      return -1;
  }
}

/**
 * Moves past a value whose size is not fixed.
 * @throws BinscribeError of kind `corrupt` where the form is unknown or the value ends outside the unit.
 */
export function skipVariable(cursor: Cursor, form: number, format: Format): void {
  switch (form) {
    case FORM.string:
      cursor.position = terminator(cursor.bytes, cursor.position, cursor.end) + 1;
      return;
    case FORM.udata:
    case FORM.sdata:
    case FORM.refUdata:
    case FORM.strx:
    case FORM.addrx:
    case FORM.loclistx:
    case FORM.rnglistx:
    case FORM.gnuAddrIndex:
    case FORM.gnuStrIndex:
      cursor.uleb();
      return;
    case FORM.block:
    case FORM.exprloc:
      return cursor.skip(cursor.uleb());
    case FORM.block1:
      return cursor.skip(cursor.u8());
    case FORM.block2:
      return cursor.skip(cursor.u16());
    case FORM.block4:
      return cursor.skip(cursor.u32());
    case FORM.indirect:
      return skipForm(cursor, indirectForm(cursor), format);
    default:
      throw corrupt(`${cursor.bytes.where}: unknown form 0x${form.toString(16)}`);
  }
}

/** Moves past any value. @throws as `skipVariable`. */
export function skipForm(cursor: Cursor, form: number, format: Format): void {
  const size = fixedSize(form, format);
  if (size >= 0) cursor.skip(size);
  else skipVariable(cursor, form, format);
}

/**
 * The form that DW_FORM_indirect puts before its value (section 7.5.3). One indirection is all that makes
 * sense, and an implicit constant would have no place for its value.
 * @throws BinscribeError of kind `corrupt` for these.
 */
export function indirectForm(cursor: Cursor): number {
  const form = cursor.uleb();
  if (form === FORM.indirect || form === FORM.implicitConst) {
    throw corrupt(`${cursor.bytes.where}: DW_FORM_indirect leads to form 0x${form.toString(16)}`);
  }
  return form;
}

/** An unsigned number of 1 to 8 bytes. */
export function readSized(cursor: Cursor, size: number): number {
  switch (size) {
    case 1:
      return cursor.u8();
    case 2:
      return cursor.u16();
    case 3:
      return cursor.u24();
    case 4:
      return cursor.u32();
    default:
      return cursor.u64();
  }
}

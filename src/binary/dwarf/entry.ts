/**
 * A debugging information entry and the meaning of its attributes (DWARF 5 sections 7.5.4 and 7.5.5). Only
 * entries that somebody asks about become objects; the scan of a unit makes none.
 */

import { corrupt } from '../../error.ts';
import { Cursor } from '../bytes.ts';
import type { Abbreviation } from './abbrev.ts';
import { AT, FORM } from './constants.ts';
import { fixedSize, indirectForm, readSized } from './forms.ts';
import { terminatedText } from './sections.ts';
import { readSignature } from './unit-header.ts';
import type { Unit } from './unit.ts';

/** Where a value is and how it is written. */
interface Value {
  form: number;
  cursor: Cursor;
  /** Of DW_FORM_implicit_const. */
  constant: number;
}

export class Entry {
  readonly unit: Unit;
  readonly offset: number;
  /** Where its children start, or the next entry. */
  readonly end: number;
  private readonly abbreviation: Abbreviation;
  /** Where the value of its first attribute starts, and from there that of each. */
  private readonly first: number;
  private readonly offsets: readonly number[];

  constructor(
    unit: Unit,
    offset: number,
    abbreviation: Abbreviation,
    first: number,
    offsets: readonly number[],
    end: number,
  ) {
    this.unit = unit;
    this.offset = offset;
    this.abbreviation = abbreviation;
    this.first = first;
    this.offsets = offsets;
    this.end = end;
  }

  get tag(): number {
    return this.abbreviation.tag;
  }

  get hasChildren(): boolean {
    return this.abbreviation.hasChildren;
  }

  /** One number for each entry of the file. */
  get key(): number {
    return this.unit.keyBase + this.offset;
  }

  has(attribute: number): boolean {
    return this.abbreviation.attributes.includes(attribute);
  }

  /**
   * A constant, flag or section offset; null where there is none or the value is computed, as for a bound that
   * is only known at run time.
   */
  number(attribute: number): number | null {
    const value = this.value(attribute);
    return value ? constantOf(value, this.unit.offsetSize) : null;
  }

  flag(attribute: number): boolean {
    return (this.number(attribute) ?? 0) !== 0;
  }

  /** A string; null where there is none or it is in a supplementary file. @throws as `Bytes`. */
  text(attribute: number): string | null {
    const value = this.value(attribute);
    if (!value) return null;
    const { form, cursor } = value;
    const { sections } = this.unit.units;
    switch (form) {
      case FORM.string:
        return terminatedText(cursor.bytes, cursor.position, cursor.end);
      case FORM.strp:
        return sections.str.at(readSized(cursor, this.unit.offsetSize));
      case FORM.lineStrp:
        return sections.lineStr.at(readSized(cursor, this.unit.offsetSize));
      case FORM.strx:
      case FORM.gnuStrIndex:
      case FORM.strx1:
      case FORM.strx2:
      case FORM.strx3:
      case FORM.strx4: {
        const slot = this.unit.bases.strOffsets + this.index(value) * this.unit.offsetSize;
        return sections.str.at(readSized(new Cursor(sections.strOffsets, slot), this.unit.offsetSize));
      }
      default:
        return null;
    }
  }

  /** An address; null where there is none or the value is of another class. @throws as `Bytes`. */
  address(attribute: number): number | null {
    const value = this.value(attribute);
    if (!value) return null;
    switch (value.form) {
      case FORM.addr:
        return readSized(value.cursor, this.unit.addressSize);
      case FORM.addrx:
      case FORM.gnuAddrIndex:
      case FORM.addrx1:
      case FORM.addrx2:
      case FORM.addrx3:
      case FORM.addrx4:
        return this.unit.indexedAddress(this.index(value));
      default:
        return null;
    }
  }

  /** Where in its section the list is that DW_AT_ranges refers to (section 7.28); null where there is none. */
  rangesOffset(): number | null {
    const value = this.value(AT.ranges);
    if (!value) return null;
    if (value.form !== FORM.rnglistx) return constantOf(value, this.unit.offsetSize);
    const base = this.unit.bases.rnglists;
    const slot = base + this.index(value) * this.unit.offsetSize;
    return base + readSized(new Cursor(this.unit.units.sections.rnglists, slot), this.unit.offsetSize);
  }

  /** Where DW_AT_sibling says that the next entry beside this one is; null where it does not say. */
  siblingOffset(): number | null {
    const value = this.value(AT.sibling);
    return value ? this.offsetInUnit(value) : null;
  }

  /**
   * The entry that an attribute refers to; null where there is none, where it is in a supplementary file, or
   * where it is a type unit that this file lacks.
   * @throws BinscribeError of kind `corrupt` where it leads to no entry.
   */
  reference(attribute: number): Entry | null {
    const value = this.value(attribute);
    if (!value) return null;
    const { form, cursor } = value;
    const offset = this.offsetInUnit(value);
    if (offset !== null) return this.unit.entryAt(offset);
    switch (form) {
      case FORM.refAddr: {
        const offset = readSized(cursor, fixedSize(form, this.unit));
        const unit = this.unit.units.unitAt(offset);
        if (!unit) throw corrupt(`.debug_info: a reference to 0x${offset.toString(16)}, outside all units`);
        return unit.entryAt(offset);
      }
      case FORM.refSig8: {
        const unit = this.unit.units.typeUnit(readSignature(cursor));
        return unit ? unit.entryAt(unit.typeOffset) : null;
      }
      default:
        return null;
    }
  }

  /** The type that an attribute refers to; where that only stands for one of a type unit, the real one. */
  type(attribute: number = AT.type): Entry | null {
    const type = this.reference(attribute);
    return type?.reference(AT.signature) ?? type;
  }

  /** The entries directly inside. @throws BinscribeError of kind `corrupt` or `budget`. */
  *children(): Generator<Entry> {
    if (!this.hasChildren) return;
    const cursor = new Cursor(this.unit.bytes, this.end, this.unit.end);
    while (!cursor.done && this.unit.bytes.u8(cursor.position) !== 0) {
      const child = this.unit.entryAt(cursor.position);
      yield child;
      cursor.position = child.end;
      if (child.hasChildren) this.unit.skipChildren(cursor);
    }
  }

  private value(attribute: number): Value | null {
    const at = this.abbreviation.attributes.indexOf(attribute);
    if (at < 0) return null;
    const cursor = new Cursor(this.unit.bytes, this.first + this.offsets[at], this.unit.end);
    let form = this.abbreviation.forms[at];
    if (form === FORM.indirect) form = indirectForm(cursor);
    return { form, cursor, constant: this.abbreviation.constants[at] };
  }

  /** The offset in the section that a reference within the unit leads to; null for other values. */
  private offsetInUnit({ form, cursor }: Value): number | null {
    switch (form) {
      case FORM.ref1:
      case FORM.ref2:
      case FORM.ref4:
      case FORM.ref8:
        return this.unit.start + readSized(cursor, fixedSize(form, this.unit));
      case FORM.refUdata:
        return this.unit.start + cursor.uleb();
      default:
        return null;
    }
  }

  /** The number in a form that indexes a table. */
  private index({ form, cursor }: Value): number {
    const size = fixedSize(form, this.unit);
    return size < 0 ? cursor.uleb() : readSized(cursor, size);
  }
}

function constantOf({ form, cursor, constant }: Value, offsetSize: number): number | null {
  switch (form) {
    case FORM.data1:
    case FORM.flag:
      return cursor.u8();
    case FORM.data2:
      return cursor.u16();
    case FORM.data4:
      return cursor.u32();
    case FORM.data8:
      return cursor.u64();
    case FORM.udata:
      return cursor.uleb();
    case FORM.sdata:
      return cursor.sleb();
    case FORM.secOffset:
      return readSized(cursor, offsetSize);
    case FORM.implicitConst:
      return constant;
    case FORM.flagPresent:
      return 1;
    default:
      return null;
  }
}

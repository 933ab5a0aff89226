/** Units: each a tree of entries with its own abbreviations and its own bases for what entries refer to by index. */

import { corrupt } from '../../error.ts';
import { Cursor, type Bytes } from '../bytes.ts';
import { AbbreviationTables, type Abbreviation, type AbbreviationTable } from './abbrev.ts';
import { AT, UT } from './constants.ts';
import type { CutList } from './cut-list.ts';
import { Entry } from './entry.ts';
import { readSized, type Format } from './forms.ts';
import { scanUnit, type UnitContents } from './scan.ts';
import type { DebugSections } from './sections.ts';
import { readUnitHeaders, type UnitHeader } from './unit-header.ts';

/** What the unit's own entry says of all that it holds. */
interface UnitFacts {
  producer: string | null;
  /** DW_LANG_*. */
  language: number | null;
  /** Name of the source file that was compiled. */
  name: string | null;
  compilationDirectory: string;
  /** Offset of its line table. */
  lineTable: number | null;
}

/** Where in their sections the parts start that belong to a unit (DWARF 5 section 3.1.1, items 13 to 16). */
interface Bases {
  strOffsets: number;
  addr: number;
  rnglists: number;
}

export class Unit implements Format {
  readonly units: Units;
  readonly header: UnitHeader;
  readonly version: number;
  readonly addressSize: number;
  readonly offsetSize: number;
  readonly bytes: Bytes;
  readonly start: number;
  readonly end: number;
  /** Added to an entry's offset it gives a number that no entry of the other section has. */
  readonly keyBase: number;
  private knownRoot: Entry | undefined;
  private knownFacts: UnitFacts | undefined;
  private knownBases: Bases | undefined;
  private knownTable: AbbreviationTable | undefined;
  private knownContents: UnitContents | undefined;

  constructor(units: Units, header: UnitHeader) {
    this.units = units;
    this.header = header;
    this.version = header.version;
    this.addressSize = header.addressSize;
    this.offsetSize = header.offsetSize;
    this.bytes = header.bytes;
    this.start = header.start;
    this.end = header.end;
    this.keyBase = header.bytes === units.sections.info ? 0 : units.sections.info.length;
  }

  get typeOffset(): number {
    return this.header.typeOffset;
  }

  /** The entry of the unit itself. @throws BinscribeError of kind `corrupt`. */
  get root(): Entry {
    return (this.knownRoot ??= this.entryAt(this.header.firstEntry));
  }

  /** @throws BinscribeError of kind `corrupt`. */
  get facts(): UnitFacts {
    return (this.knownFacts ??= {
      producer: this.root.text(AT.producer),
      language: this.root.number(AT.language),
      name: this.root.text(AT.name),
      compilationDirectory: this.root.text(AT.compDir) ?? '',
      lineTable: this.root.number(AT.stmtList),
    });
  }

  get bases(): Bases {
    if (this.knownBases) return this.knownBases;
    // Without a base attribute it is the part behind the section's first header (sections 7.26 to 7.28):
    // length, version and padding, and for range lists a count.
    const lengthSize = this.offsetSize === 8 ? 12 : 4;
    return (this.knownBases = {
      strOffsets: this.root.number(AT.strOffsetsBase) ?? lengthSize + 4,
      addr: this.root.number(AT.addrBase) ?? lengthSize + 4,
      rnglists: this.root.number(AT.rnglistsBase) ?? lengthSize + 8,
    });
  }

  /** What the scan found in it. */
  get contents(): UnitContents {
    return (this.knownContents ??= scanUnit(this));
  }

  /** An address of `.debug_addr`. @throws BinscribeError of kind `corrupt` outside it. */
  indexedAddress(index: number): number {
    const { addr } = this.units.sections;
    return readSized(new Cursor(addr, this.bases.addr + index * this.addressSize), this.addressSize);
  }

  /** @throws BinscribeError of kind `corrupt` where no such abbreviation exists. */
  abbreviation(code: number): Abbreviation {
    this.knownTable ??= this.units.abbreviations.at(this.header.abbrevOffset, this);
    const abbreviation = this.knownTable.get(code);
    if (!abbreviation) {
      throw corrupt(
        `${this.bytes.where}: no abbreviation ${code} in the unit at 0x${this.start.toString(16)}`,
      );
    }
    return abbreviation;
  }

  /** @throws BinscribeError of kind `corrupt` where no entry of this unit is at `offset`. */
  entryAt(offset: number): Entry {
    this.units.sections.budget.spend('entries');
    if (offset < this.header.firstEntry || offset >= this.end) {
      throw corrupt(`${this.bytes.where}: a reference to 0x${offset.toString(16)}, outside its unit`);
    }
    const cursor = new Cursor(this.bytes, offset, this.end);
    const abbreviation = this.abbreviation(cursor.uleb());
    const first = cursor.position;
    const offsets = abbreviation.locate(cursor);
    return new Entry(this, offset, abbreviation, first, offsets, cursor.position);
  }

  /** Moves past a list of children and the null entry that ends it. @throws BinscribeError of kind `corrupt` or `budget`. */
  skipChildren(cursor: Cursor): void {
    for (let depth = 1; depth > 0 && !cursor.done;) {
      this.units.sections.budget.spend('entries');
      const code = cursor.uleb();
      if (code === 0) {
        depth--;
        continue;
      }
      const abbreviation = this.abbreviation(code);
      abbreviation.skip(cursor);
      if (abbreviation.hasChildren) depth++;
    }
  }
}

/** All units of a file. */
export class Units {
  readonly sections: DebugSections;
  readonly abbreviations: AbbreviationTables;
  /** Those of `.debug_info`, by offset. */
  readonly all: readonly Unit[];
  private readonly typeUnits = new Map<string, Unit>();

  constructor(sections: DebugSections, cuts: CutList) {
    this.sections = sections;
    this.abbreviations = new AbbreviationTables(sections.abbrev, sections.budget);
    const unitsOf = (bytes: Bytes): Unit[] =>
      readUnitHeaders(bytes, sections.budget, cuts).map((header) => new Unit(this, header));
    this.all = unitsOf(sections.info);
    for (const unit of [...this.all, ...unitsOf(sections.types)]) {
      const { signature } = unit.header;
      if (signature !== null && unit.header.type === UT.type) this.typeUnits.set(signature, unit);
    }
  }

  /** The unit of `.debug_info` that holds `offset`. */
  unitAt(offset: number): Unit | undefined {
    let low = 0;
    let high = this.all.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const unit = this.all[middle];
      if (offset < unit.start) high = middle - 1;
      else if (offset >= unit.end) low = middle + 1;
      else return unit;
    }
    return undefined;
  }

  typeUnit(signature: string): Unit | undefined {
    return this.typeUnits.get(signature);
  }
}

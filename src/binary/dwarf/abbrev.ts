/**
 * Abbreviation tables (DWARF 5 section 7.5.3): what each kind of debugging entry is made of. A table is read
 * once and turned into plans by which entries are skipped without a look at what they hold: most entries of a
 * file describe variables, call sites and inlined code, in which we have no interest.
 */

import { corrupt } from '../../error.ts';
import type { Budget } from '../budget.ts';
import { Cursor, type Bytes } from '../bytes.ts';
import { AT, FORM, TAG } from './constants.ts';
import { fixedSize, skipVariable, type Format } from './forms.ts';
import { OverlapGuard } from './sections.ts';

/** What the scan of a unit does with an entry. */
export type Role =
  | 'none'
  /** A subprogram with code. */
  | 'code'
  /** A subprogram without: declared, or only inlined. */
  | 'declaration'
  /** A namespace or a type whose name is part of the names inside. */
  | 'scope'
  | 'parameter'
  | 'variadic'
  /** Nothing of interest lies inside, and DW_AT_sibling leads past it. */
  | 'closed';

/** How an entry of one code is read. */
export class Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly number[];
  readonly forms: readonly number[];
  /** Values of DW_FORM_implicit_const, by index of the attribute. */
  readonly constants: readonly number[];
  readonly role: Role;
  private readonly format: Format;
  /** Bytes of each value; -1 where the value must be looked at. */
  private readonly sizes: readonly number[];
  /** Bytes to skip, or -form where the value must be looked at. */
  private readonly steps: readonly number[];
  /** Where the values are behind the code of an entry, if that is the same in all entries. */
  private readonly fixedOffsets: readonly number[] | null;

  constructor(tag: number, hasChildren: boolean, columns: Columns, format: Format) {
    this.tag = tag;
    this.hasChildren = hasChildren;
    this.attributes = columns.attributes;
    this.forms = columns.forms;
    this.constants = columns.constants;
    this.format = format;
    this.sizes = columns.forms.map((form) => fixedSize(form, format));
    this.steps = skipPlan(columns.forms, this.sizes);
    this.fixedOffsets = this.sizes.includes(-1) ? null : sumsBefore(this.sizes);
    this.role = roleOf(tag, hasChildren, columns.attributes);
  }

  /** Moves past the attributes of an entry. @throws BinscribeError of kind `corrupt` where one is damaged. */
  skip(cursor: Cursor): void {
    const steps = this.steps;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (step > 0) cursor.skip(step);
      else skipVariable(cursor, -step, this.format);
    }
  }

  /** The same, and where each value starts, from where the first does. */
  locate(cursor: Cursor): readonly number[] {
    if (this.fixedOffsets) {
      this.skip(cursor);
      return this.fixedOffsets;
    }
    const start = cursor.position;
    const { sizes } = this;
    const offsets: number[] = [];
    for (let i = 0; i < sizes.length; i++) {
      offsets.push(cursor.position - start);
      if (sizes[i] >= 0) cursor.skip(sizes[i]);
      else skipVariable(cursor, this.forms[i], this.format);
    }
    return offsets;
  }
}

interface Columns {
  attributes: number[];
  forms: number[];
  constants: number[];
}

/** Adjacent values of fixed size are one step. */
function skipPlan(forms: readonly number[], sizes: readonly number[]): number[] {
  const steps: number[] = [];
  let fixed = 0;
  for (const [i, size] of sizes.entries()) {
    if (size >= 0) {
      fixed += size;
      continue;
    }
    if (fixed > 0) steps.push(fixed);
    fixed = 0;
    steps.push(-forms[i]);
  }
  if (fixed > 0) steps.push(fixed);
  return steps;
}

function sumsBefore(sizes: readonly number[]): number[] {
  let sum = 0;
  return sizes.map((size) => (sum += size) - size);
}

function roleOf(tag: number, hasChildren: boolean, attributes: readonly number[]): Role {
  switch (tag) {
    case TAG.subprogram:
      return attributes.includes(AT.lowPc) || attributes.includes(AT.ranges) ? 'code' : 'declaration';
    case TAG.formalParameter:
      return 'parameter';
    case TAG.unspecifiedParameters:
      return 'variadic';
    case TAG.namespace:
    case TAG.module:
    case TAG.structureType:
    case TAG.classType:
    case TAG.unionType:
      return hasChildren ? 'scope' : 'none';
    case TAG.enumerationType:
    case TAG.subroutineType:
    case TAG.arrayType:
      return hasChildren && attributes.includes(AT.sibling) ? 'closed' : 'none';
    default:
      return 'none';
  }
}

/** Compilers number abbreviations from 1 without gaps; others are legal and kept in a map. */
export class AbbreviationTable {
  private readonly dense: Abbreviation[] = [];
  private readonly sparse = new Map<number, Abbreviation>();

  /** The first of two abbreviations of one code counts. */
  add(code: number, abbreviation: Abbreviation): void {
    if (code === this.dense.length + 1) this.dense.push(abbreviation);
    else if (!this.get(code)) this.sparse.set(code, abbreviation);
  }

  get(code: number): Abbreviation | undefined {
    return this.dense[code - 1] ?? this.sparse.get(code);
  }
}

/** All tables of `.debug_abbrev`, each read when it is first asked for. */
export class AbbreviationTables {
  private readonly bytes: Bytes;
  private readonly budget: Budget;
  private readonly guard: OverlapGuard;
  private readonly tables = new Map<string, AbbreviationTable>();
  /** By a hash of their bytes: compilers repeat most of them in the table of every unit. */
  private readonly known = new Map<number, Declaration>();

  constructor(bytes: Bytes, budget: Budget) {
    this.bytes = bytes;
    this.budget = budget;
    this.guard = new OverlapGuard(bytes);
  }

  /** @throws BinscribeError of kind `corrupt` or `budget`. */
  at(offset: number, format: Format): AbbreviationTable {
    const kind = `${format.version} ${format.addressSize} ${format.offsetSize} `;
    const key = kind + offset;
    const known = this.tables.get(key);
    if (known) return known;
    const cursor = new Cursor(this.bytes, offset);
    const table = this.guard.watch(cursor, () => this.readTable(cursor, kind, format));
    this.tables.set(key, table);
    return table;
  }

  private readTable(cursor: Cursor, kind: string, format: Format): AbbreviationTable {
    const table = new AbbreviationTable();
    for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
      const start = cursor.position;
      this.budget.spend('entries', 2 + skipDeclaration(cursor));
      table.add(code, this.intern(start, cursor.position, kind, format));
    }
    return table;
  }

  /** The abbreviation whose declaration is from `start` to `end`: the one known, if it was there before. */
  private intern(start: number, end: number, kind: string, format: Format): Abbreviation {
    const { data } = this.bytes;
    const hash = hashOf(data, start, end);
    const before = this.known.get(hash);
    if (before?.kind === kind && isRepeated(data, before, start, end)) return before.abbreviation;
    const abbreviation = readDeclaration(new Cursor(this.bytes, start), format);
    // Of two with one hash the later stays: a list of them could be made as long as the file.
    this.known.set(hash, { start, end, kind, abbreviation });
    return abbreviation;
  }
}

/** Where the declaration of an abbreviation is, and for which sizes it was read. */
interface Declaration {
  start: number;
  end: number;
  kind: string;
  abbreviation: Abbreviation;
}

/** FNV-1a, of 32 bits. */
function hashOf(data: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ data[i], 0x01000193);
  return hash;
}

function isRepeated(data: Uint8Array, before: Declaration, start: number, end: number): boolean {
  if (before.end - before.start !== end - start) return false;
  for (let i = start; i < end; i++) if (data[before.start + i - start] !== data[i]) return false;
  return true;
}

/**
 * Moves past an abbreviation, behind its code, and returns how many attributes it has.
 * @throws BinscribeError of kind `corrupt`.
 */
function skipDeclaration(cursor: Cursor): number {
  cursor.uleb(); // tag
  cursor.skip(1); // whether it has children
  for (let count = 0; ; count++) {
    const attribute = cursor.uleb();
    const form = cursor.uleb();
    if (attribute === 0 && form === 0) return count;
    if (form === 0) throw corrupt(`${cursor.bytes.where}: attribute 0x${attribute.toString(16)} has no form`);
    if (form === FORM.implicitConst) cursor.sleb();
  }
}

function readDeclaration(cursor: Cursor, format: Format): Abbreviation {
  const tag = cursor.uleb();
  const hasChildren = cursor.u8() !== 0;
  const columns: Columns = { attributes: [], forms: [], constants: [] };
  for (;;) {
    const attribute = cursor.uleb();
    const form = cursor.uleb();
    if (form === 0) return new Abbreviation(tag, hasChildren, columns, format);
    columns.constants.push(form === FORM.implicitConst ? cursor.sleb() : 0);
    columns.attributes.push(attribute);
    columns.forms.push(form);
  }
}

/** Which addresses an entry covers: DWARF 5 sections 2.17 and 7.25, DWARF 4 section 2.17.3. */

import { corrupt } from '../../error.ts';
import { Cursor } from '../bytes.ts';
import { AT, RLE } from './constants.ts';
import type { Entry } from './entry.ts';
import { readSized } from './forms.ts';
import type { Unit } from './unit.ts';

export interface AddressRange {
  start: number;
  /** Exclusive. */
  end: number;
}

/** What a range costs of the budget of bytes: a hostile file has a million subprograms share one long list. */
const RANGE_BYTES = 64;

/**
 * The ranges of an entry in the order of the file, as they are: those of discarded code and empty ones too.
 * @throws BinscribeError of kind `corrupt` or `budget`.
 */
export function readRanges(entry: Entry): AddressRange[] {
  const offset = entry.rangesOffset();
  if (offset !== null) {
    return entry.unit.version >= 5 ? rangeList(entry.unit, offset) : oldRangeList(entry.unit, offset);
  }
  const start = entry.address(AT.lowPc);
  if (start === null) return [];
  // An address, or since DWARF 4 a size (section 2.17.2).
  const end = entry.address(AT.highPc) ?? start + (entry.number(AT.highPc) ?? 0);
  return [{ start, end }];
}

/**
 * Whether a linker put this in the place of an address whose section it dropped: lld and newer linkers -1, or
 * -2 in `.debug_ranges` where -1 has a meaning, GNU ld 0, or 1 in `.debug_ranges` where 0 has one.
 */
export function isTombstone(address: number, addressSize: number): boolean {
  // Doubles this large are 2048 apart: the last two addresses of 64 bits read as 2^64.
  return address <= 1 || address >= 2 ** (8 * addressSize) - 2;
}

/** `.debug_ranges`, DWARF 4 section 2.17.3: pairs of offsets from a base, ended by a pair of zeros. */
function oldRangeList(unit: Unit, offset: number): AddressRange[] {
  const { budget, ranges } = unit.units.sections;
  const cursor = new Cursor(ranges, offset);
  const size = unit.addressSize;
  const baseMarker = size === 8 ? 2 ** 64 : 2 ** 32 - 1;
  const found: AddressRange[] = [];
  let base = unit.root.address(AT.lowPc) ?? 0;
  for (;;) {
    budget.spend('entries');
    const first = readSized(cursor, size);
    const second = readSized(cursor, size);
    if (first === 0 && second === 0) return found;
    if (first === baseMarker) {
      base = second;
      continue;
    }
    budget.spend('bytes', RANGE_BYTES);
    found.push({ start: base + first, end: base + second });
  }
}

/** `.debug_rnglists`, DWARF 5 section 7.25. */
function rangeList(unit: Unit, offset: number): AddressRange[] {
  const { budget, rnglists } = unit.units.sections;
  const cursor = new Cursor(rnglists, offset);
  const address = (): number => readSized(cursor, unit.addressSize);
  const indexed = (): number => unit.indexedAddress(cursor.uleb());
  const found: AddressRange[] = [];
  let base = unit.root.address(AT.lowPc) ?? 0;
  for (;;) {
    budget.spend('entries');
    let start: number;
    let end: number;
    const kind = cursor.u8();
    switch (kind) {
      case RLE.endOfList:
        return found;
      case RLE.baseAddressx:
        base = indexed();
        continue;
      case RLE.baseAddress:
        base = address();
        continue;
      case RLE.startxEndx:
        start = indexed();
        end = indexed();
        break;
      case RLE.startxLength:
        start = indexed();
        end = start + cursor.uleb();
        break;
      case RLE.offsetPair:
        start = base + cursor.uleb();
        end = base + cursor.uleb();
        break;
      case RLE.startEnd:
        start = address();
        end = address();
        break;
      case RLE.startLength:
        start = address();
        end = start + cursor.uleb();
        break;
      default:
        throw corrupt(
          `.debug_rnglists: unknown entry kind ${kind} at 0x${(cursor.position - 1).toString(16)}`,
        );
    }
    budget.spend('bytes', RANGE_BYTES);
    found.push({ start, end });
  }
}

/**
 * Unwind tables (LSB "Exception Frames", DWARF 5 section 6.4). Every compiler of x86-64 Linux writes one entry
 * (FDE) for each stretch of code, stripped or not, so they are the best list of functions that there is.
 */

import { corrupt } from '../error.ts';
import type { Binary } from './binary.ts';
import { Bytes, Cursor } from './bytes.ts';

/** A stretch of code with an unwind entry. */
export interface Frame {
  start: number;
  size: number;
  /**
   * False where the entry changes the caller's frame before its first instruction: then control does not
   * arrive by a call, and this is a part of another function (a cold fragment).
   */
  fresh: boolean;
}

interface CommonEntry {
  encoding: number;
  hasData: boolean;
  /** Its frames are those of signal trampolines. */
  signal: boolean;
}

/** DW_EH_PE_*: low four bits the format, next three what it is relative to, top bit indirection. */
const PE = { OMIT: 0xff, PCREL: 0x10, DATAREL: 0x30, INDIRECT: 0x80 } as const;
const PT_GNU_EH_FRAME = 0x6474e550;
const EXTENDED_LENGTH = 0xffffffff;

/** All frames, in file order. Damage ends the list with a cut. */
export function readFrames(binary: Binary): Frame[] {
  const table = locate(binary);
  const frames: Frame[] = [];
  if (table)
    binary.budget.attempt(
      '.eh_frame',
      () => readTable(table.bytes, table.address, frames, binary),
      undefined,
    );
  return frames;
}

function locate(binary: Binary): { bytes: Bytes; address: number } | undefined {
  const section = binary.sections.find((s) => s.name === '.eh_frame');
  const data = section && binary.sectionData('.eh_frame');
  if (section && data) return { bytes: new Bytes(data, '.eh_frame'), address: section.address };
  const header = binary.segments.find((s) => s.type === PT_GNU_EH_FRAME);
  if (!header) return undefined;
  return binary.budget.attempt(
    '.eh_frame_hdr',
    () => {
      const bytes = new Bytes(binary.memory.slice(header.address, header.fileSize), '.eh_frame_hdr');
      const cursor = new Cursor(bytes, 4);
      const address = readPointer(cursor, bytes.u8(1), header.address, header.address);
      return { bytes: new Bytes(binary.memory.slice(address, Infinity), '.eh_frame'), address };
    },
    undefined,
  );
}

function readTable(bytes: Bytes, base: number, frames: Frame[], binary: Binary): void {
  const { budget } = binary;
  const common = new Map<number, CommonEntry | undefined>();
  const cursor = new Cursor(bytes);
  while (!cursor.done) {
    budget.spend('entries');
    let length = cursor.u32();
    // A zero entry ends the table (crtend.o adds one); sections merged after it may hold more.
    if (length === 0) continue;
    if (length === EXTENDED_LENGTH) length = cursor.u64();
    const body = cursor.position;
    cursor.skip(length);
    const entry = new Cursor(bytes, body, body + length);
    const id = entry.u32();
    if (id === 0) continue;
    // The id is the distance back to the common entry (CIE), from its own place.
    const at = body - id;
    if (!common.has(at))
      common.set(
        at,
        budget.attempt('.eh_frame', () => readCommonEntry(bytes, at), undefined),
      );
    const cie = common.get(at);
    if (!cie) continue;
    const start = readPointer(entry, cie.encoding, base, base);
    const size = readPointer(entry, cie.encoding & 0x0f, base, base);
    if (cie.hasData) entry.skip(entry.uleb());
    // A trampoline is entered by a return, for which unwinders look one byte back: its entry starts there.
    const early = cie.signal ? 1 : 0;
    if (size > early) frames.push({ start: start + early, size: size - early, fresh: !changesFrame(entry) });
  }
}

function readCommonEntry(bytes: Bytes, at: number): CommonEntry {
  const head = new Cursor(bytes, at);
  let length = head.u32();
  if (length === EXTENDED_LENGTH) length = head.u64();
  const cursor = new Cursor(bytes, head.position, head.position + length);
  if (cursor.u32() !== 0) throw corrupt(`.eh_frame: no common entry at 0x${at.toString(16)}`);
  const version = cursor.u8();
  if (version !== 1 && version !== 3) throw corrupt(`.eh_frame: version ${version}, 1 or 3 expected`);
  const augmentation = cursor.cstring();
  cursor.uleb(); // code alignment factor
  cursor.sleb(); // data alignment factor
  cursor.uleb(); // return address register: a byte in version 1, the same value either way
  const entry: CommonEntry = { encoding: 0, hasData: augmentation.startsWith('z'), signal: false };
  if (!entry.hasData) return entry;
  cursor.uleb(); // length of the augmentation data
  for (const letter of augmentation.slice(1)) {
    if (letter === 'R') entry.encoding = cursor.u8();
    else if (letter === 'L') cursor.u8();
    else if (letter === 'P') readPointer(cursor, cursor.u8(), 0, 0);
    else if (letter === 'S') entry.signal = true;
    else if (letter !== 'B') throw corrupt(`.eh_frame: unknown augmentation "${augmentation}"`);
  }
  return entry;
}

/** A pointer as DW_EH_PE_* encodes it. `base` is the address of the table's first byte. */
function readPointer(cursor: Cursor, encoding: number, base: number, dataBase: number): number {
  if (encoding === PE.OMIT) return 0;
  const at = base + cursor.position;
  const relative = encoding & 0x70;
  const value = readValue(cursor, encoding & 0x0f);
  // Only personality routines are indirect, and nobody asks where those are.
  if (encoding & PE.INDIRECT) return 0;
  if (relative === PE.PCREL) return value + at;
  if (relative === PE.DATAREL) return value + dataBase;
  return value;
}

function readValue(cursor: Cursor, format: number): number {
  switch (format) {
    case 0x00:
    case 0x04:
    case 0x0c:
      return format === 0x0c ? cursor.i64() : cursor.u64();
    case 0x01:
      return cursor.uleb();
    case 0x02:
      return cursor.u16();
    case 0x03:
      return cursor.u32();
    case 0x09:
      return cursor.sleb();
    case 0x0a:
      return (cursor.u16() << 16) >> 16;
    case 0x0b:
      return cursor.i32();
    default:
      throw corrupt(`.eh_frame: pointer format ${format}`);
  }
}

/**
 * Whether call frame instructions stand before the first advance of the location: DW_CFA_def_cfa and its kin
 * or DW_CFA_offset. The common entry has set up the state of a just-called function already.
 */
function changesFrame(cursor: Cursor): boolean {
  while (!cursor.done) {
    const opcode = cursor.u8();
    const high = opcode & 0xc0;
    if (high === 0x40 || (opcode >= 0x01 && opcode <= 0x04)) return false; // DW_CFA_advance_loc*, set_loc
    if (high === 0x80) return true; // DW_CFA_offset
    if (opcode >= 0x0c && opcode <= 0x0f) return true; // DW_CFA_def_cfa, _register, _offset, _expression
    if (opcode === 0x10 || opcode === 0x05) return true; // DW_CFA_expression, offset_extended
    if (opcode === 0x2e)
      cursor.uleb(); // DW_CFA_GNU_args_size
    else if (opcode === 0x07 || opcode === 0x06 || opcode === 0x08)
      cursor.uleb(); // undefined, restore, same_value
    else if (opcode !== 0x00 && opcode !== 0x0a && opcode !== 0x0b) return false;
  }
  return false;
}

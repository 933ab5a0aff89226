/** Section and program header tables (gABI "Section Headers", "Program Header"). */

import { corrupt, describeError } from '../../error.ts';
import type { Section, Segment } from '../binary.ts';
import type { Budget } from '../budget.ts';
import type { Bytes } from '../bytes.ts';
import { PT, SHT } from './constants.ts';
import type { ElfHeader } from './header.ts';

/**
 * All program headers.
 * @throws BinscribeError `corrupt` where the table or a loaded segment reaches past the end of the file: then
 * the file is truncated, and what it would have held decides everything else.
 */
export function readSegments(file: Bytes, header: ElfHeader, budget: Budget): Segment[] {
  const { offset, count, entrySize } = header.programHeaders;
  const segments: Segment[] = [];
  for (let i = 0; i < count; i++) {
    budget.spend('entries');
    const at = offset + i * entrySize;
    if (at + 56 > file.length) {
      throw corrupt(
        `truncated: program header ${i} expected at 0x${at.toString(16)}, the file ends at 0x${file.length.toString(16)}`,
      );
    }
    const segment: Segment = {
      type: file.u32(at),
      flags: file.u32(at + 4),
      offset: file.u64(at + 8),
      address: file.u64(at + 16),
      fileSize: file.u64(at + 32),
      memorySize: file.u64(at + 40),
      alignment: file.u64(at + 48),
    };
    const end = segment.offset + segment.fileSize;
    if (segment.type === PT.LOAD && end > file.length) {
      throw corrupt(
        `truncated: segment ${i} expected up to 0x${end.toString(16)}, the file ends at 0x${file.length.toString(16)}`,
      );
    }
    segments.push(segment);
  }
  return segments;
}

/** All section headers, index 0 included. Headers that the file does not hold become a cut. */
export function readSections(file: Bytes, header: ElfHeader, budget: Budget): Section[] {
  const { offset, count, entrySize, nameIndex } = header.sectionHeaders;
  const present = Math.max(0, Math.min(count, Math.floor((file.length - offset) / entrySize)));
  if (present < count) {
    budget.cut('section headers', `${count} expected at 0x${offset.toString(16)}, the file holds ${present}`);
  }
  const sections: Section[] = [];
  const nameOffsets: number[] = [];
  for (let index = 0; index < present; index++) {
    budget.spend('entries');
    const at = offset + index * entrySize;
    nameOffsets.push(file.u32(at));
    sections.push({
      index,
      name: '',
      type: file.u32(at + 4),
      flags: file.u64(at + 8),
      address: file.u64(at + 16),
      offset: file.u64(at + 24),
      size: file.u64(at + 32),
      link: file.u32(at + 40),
      info: file.u32(at + 44),
      alignment: file.u64(at + 48),
      entrySize: file.u64(at + 56),
    });
  }
  const names = sections[nameIndex];
  if (names && names.type === SHT.STRTAB) {
    budget.attempt(
      'section names',
      () => {
        const strings = file.part(names.offset, names.size, 'section names');
        for (const [index, section] of sections.entries())
          section.name = readName(strings, nameOffsets[index], budget);
      },
      undefined,
    );
  }
  return sections;
}

/** A name out of a string table; a bad offset costs that name only. */
export function readName(strings: Bytes, offset: number, budget: Budget): string {
  try {
    return offset === 0 ? '' : strings.cstring(offset);
  } catch (error) {
    budget.cutOnce(strings.where, describeError(error));
    return '';
  }
}

/** The raw bytes of a section; empty for SHT_NOBITS. @throws BinscribeError `corrupt` past the end. */
export function rawSection(file: Bytes, section: Section): Uint8Array {
  if (section.type === SHT.NOBITS) return new Uint8Array(0);
  const end = section.offset + section.size;
  if (end > file.length) {
    throw corrupt(
      `section ${section.name} expected up to 0x${end.toString(16)}, the file ends at 0x${file.length.toString(16)}`,
    );
  }
  return file.slice(section.offset, section.size);
}

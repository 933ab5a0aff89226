/** The ELF file header (gABI "ELF Header"), and what to say of files that we do not read. */

import { corrupt, unsupported } from '../../error.ts';
import type { Bytes } from '../bytes.ts';
import { ET, MACHINES, SHN } from './constants.ts';

export interface ElfHeader {
  type: number;
  entry: number;
  programHeaders: { offset: number; count: number; entrySize: number };
  sectionHeaders: { offset: number; count: number; entrySize: number; nameIndex: number };
}

const HEADER_SIZE = 64;
const SECTION_HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;

/** Kinds of file told by their first bytes. */
const MAGICS: readonly (readonly [magic: readonly number[], what: string])[] = [
  [[0x4d, 0x5a], 'a Windows (PE) or DOS program'],
  [[0xcf, 0xfa, 0xed, 0xfe], 'a Mach-O (macOS) program'],
  [[0xce, 0xfa, 0xed, 0xfe], 'a Mach-O (macOS, 32-bit) program'],
  [[0xca, 0xfe, 0xba, 0xbe], 'a Java class or a universal Mach-O program'],
  [[0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e, 0x0a], 'a static archive (.a)'],
  [[0x21, 0x3c, 0x74, 0x68, 0x69, 0x6e, 0x3e, 0x0a], 'a thin static archive (.a)'],
  [[0x00, 0x61, 0x73, 0x6d], 'a WebAssembly module'],
  [[0x42, 0x43, 0xc0, 0xde], 'LLVM bitcode'],
  [[0x23, 0x21], 'a script'],
  [[0x1f, 0x8b], 'a gzip file'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip file (or APK, JAR)'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'an xz file'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'a zstd file'],
];

/** How many bytes decide whether a file is text. */
const TEXT_PROBE = 512;

/** What a file that is no ELF file is, as a noun phrase. */
function identify(data: Uint8Array): string {
  for (const [magic, what] of MAGICS) {
    if (magic.every((byte, i) => data[i] === byte)) return what;
  }
  const probe = data.subarray(0, TEXT_PROBE);
  const printable = probe.every((byte) => (byte >= 0x20 ? byte !== 0x7f : byte >= 0x07 && byte <= 0x0d));
  return printable ? 'a text file' : 'data of an unknown format';
}

function isElf(data: Uint8Array): boolean {
  return data[0] === 0x7f && data[1] === 0x45 && data[2] === 0x4c && data[3] === 0x46;
}

/**
 * @throws BinscribeError `unsupported` for another format or machine, named; `corrupt` for a header that is
 * cut off or contradicts itself.
 */
export function readHeader(file: Bytes): ElfHeader {
  const { data } = file;
  if (data.length === 0) throw corrupt('the file is empty: an ELF program expected');
  if (!isElf(data)) {
    throw unsupported(`this is ${identify(data)}: an ELF program for x86-64 expected`);
  }
  if (data.length < HEADER_SIZE) {
    throw corrupt(`truncated: an ELF header has ${HEADER_SIZE} bytes, the file has ${data.length}`);
  }
  const bigEndian = data[5] === 2;
  const machineNumber = bigEndian ? data[18] * 256 + data[19] : file.u16(18);
  const machine = MACHINES[machineNumber] ?? `machine number ${machineNumber}`;
  if (data[4] !== 2 || bigEndian || machineNumber !== 62) {
    const bits = data[4] === 1 ? '32-bit' : data[4] === 2 ? '64-bit' : 'of unknown width';
    const order = bigEndian ? 'big-endian' : 'little-endian';
    throw unsupported(
      `this is an ELF file for ${machine} (${bits}, ${order}): 64-bit little-endian x86-64 expected`,
    );
  }
  const type = file.u16(16);
  if (type === ET.CORE) throw unsupported('this is a core dump: an executable, shared object or .o expected');
  if (type !== ET.REL && type !== ET.EXEC && type !== ET.DYN) {
    throw unsupported(`this ELF file is of type ${type}: an executable, shared object or .o expected`);
  }
  const header: ElfHeader = {
    type,
    entry: file.u64(24),
    programHeaders: { offset: file.u64(32), entrySize: file.u16(54), count: file.u16(56) },
    sectionHeaders: {
      offset: file.u64(40),
      entrySize: file.u16(58),
      count: file.u16(60),
      nameIndex: file.u16(62),
    },
  };
  resolveExtendedCounts(file, header);
  return header;
}

/** Counts of 65,280 and more stand in the first section header (gABI "Section Headers"). */
function resolveExtendedCounts(file: Bytes, header: ElfHeader): void {
  const { sectionHeaders, programHeaders } = header;
  if (sectionHeaders.offset === 0) {
    sectionHeaders.count = 0;
  } else if (sectionHeaders.entrySize < SECTION_HEADER_SIZE && sectionHeaders.count > 0) {
    throw corrupt(`section headers of ${sectionHeaders.entrySize} bytes: ${SECTION_HEADER_SIZE} expected`);
  } else if (sectionHeaders.offset + SECTION_HEADER_SIZE <= file.length) {
    const first = sectionHeaders.offset;
    if (sectionHeaders.count === 0) sectionHeaders.count = file.u64(first + 32);
    if (sectionHeaders.nameIndex === SHN.XINDEX) sectionHeaders.nameIndex = file.u32(first + 40);
    if (programHeaders.count === 0xffff) programHeaders.count = file.u32(first + 44);
  }
  if (programHeaders.count > 0 && programHeaders.entrySize < PROGRAM_HEADER_SIZE) {
    throw corrupt(`program headers of ${programHeaders.entrySize} bytes: ${PROGRAM_HEADER_SIZE} expected`);
  }
}

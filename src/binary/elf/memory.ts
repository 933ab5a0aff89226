/** The address space of an ELF file, from its sections where they can be trusted, else from its segments. */

import type { Section, Segment } from '../binary.ts';
import type { Budget } from '../budget.ts';
import type { Bytes } from '../bytes.ts';
import { unsupported } from '../../error.ts';
import { AddressSpace, type Region } from '../memory.ts';
import { PF, PT, SHF, SHT } from './constants.ts';

/**
 * For linked files. Sections tell code from read-only data where one segment holds both, but nothing forces
 * them to be true: the loader looks at segments only, so a section that contradicts them discredits them all.
 * @throws BinscribeError `unsupported` for addresses of 2^53 and more (kernel images).
 */
export function linkedMemory(
  file: Bytes,
  sections: Section[],
  segments: Segment[],
  budget: Budget,
): AddressSpace {
  const loads = segments.filter((s) => s.type === PT.LOAD);
  if (loads.some((s) => s.address + s.memorySize > Number.MAX_SAFE_INTEGER)) {
    throw unsupported('this program is loaded at addresses of 2^53 and more (a kernel image)');
  }
  const mapped = sections.filter((s) => s.flags & SHF.ALLOC && s.size > 0 && !isThreadBss(s));
  const liar = mapped.find((s) => s.type !== SHT.NOBITS && !agrees(s, loads));
  if (mapped.length > 0 && loads.length > 0 && liar) {
    budget.cut(
      'section headers',
      `section ${liar.name || liar.index} contradicts the segments; segments used`,
    );
  }
  if (mapped.length > 0 && !liar)
    return new AddressSpace(mapped.map((s) => sectionRegion(s, sectionBytes(file, s))));
  return new AddressSpace(
    loads.map((s, i) => ({
      address: s.address,
      size: s.memorySize,
      bytes: file.data.subarray(s.offset, s.offset + Math.min(s.fileSize, s.memorySize)),
      executable: (s.flags & PF.X) !== 0,
      writable: (s.flags & PF.W) !== 0,
      name: `segment ${i}`,
    })),
  );
}

export function sectionRegion(section: Section, bytes: Uint8Array): Region {
  return {
    address: section.address,
    size: section.size,
    bytes,
    executable: (section.flags & SHF.EXECINSTR) !== 0,
    writable: (section.flags & SHF.WRITE) !== 0,
    name: section.name,
  };
}

function sectionBytes(file: Bytes, section: Section): Uint8Array {
  if (section.type === SHT.NOBITS) return new Uint8Array(0);
  return file.data.subarray(section.offset, section.offset + section.size);
}

/** `.tbss` takes no addresses: what follows it starts at the same one. */
function isThreadBss(section: Section): boolean {
  return section.type === SHT.NOBITS && (section.flags & SHF.TLS) !== 0;
}

function agrees(section: Section, loads: Segment[]): boolean {
  return loads.some(
    (load) =>
      section.address >= load.address &&
      section.address + section.size <= load.address + load.fileSize &&
      section.offset - load.offset === section.address - load.address,
  );
}

/**
 * What a file's bytes become. One shape for every format: ELF fills it today; PE and AArch64 files would
 * come through the same seam (`open.ts`).
 */

import type { AddressSpace } from './memory.ts';
import type { Budget } from './budget.ts';

export interface Section {
  index: number;
  name: string;
  /** SHT_*. */
  type: number;
  /** SHF_*. */
  flags: number;
  /** As in the file; for a relocatable file, where `open.ts` has laid it out (see elf/layout.ts). */
  address: number;
  offset: number;
  size: number;
  link: number;
  info: number;
  alignment: number;
  entrySize: number;
}

export interface Segment {
  /** PT_*. */
  type: number;
  /** PF_*: 1 execute, 2 write, 4 read. */
  flags: number;
  offset: number;
  address: number;
  fileSize: number;
  memorySize: number;
  alignment: number;
}

export interface BinarySymbol {
  name: string;
  /** Absolute address in the file's address space (relocatable files laid out as in `Section.address`). */
  address: number;
  size: number;
  /** STT_*: 0 none, 1 object, 2 function, 3 section, 4 file, 6 tls, 10 ifunc. */
  type: number;
  /** STB_*: 0 local, 1 global, 2 weak, 10 unique. */
  binding: number;
  visibility: number;
  /** Section index, extended indices resolved; 0 is undefined. */
  section: number;
  table: 'symtab' | 'dynsym';
}

export interface Relocation {
  /** Address that is patched. */
  address: number;
  /** R_X86_64_*. */
  type: number;
  /** Name of the symbol, '' where there is none. */
  symbol: string;
  /** Address of the symbol where it is defined here, else 0. */
  symbolAddress: number;
  addend: number;
  /** Name of the section that holds the relocation; '' where there are no section headers. */
  section: string;
}

/** A stub that jumps to an import. */
export interface Stub {
  address: number;
  /** Bytes. */
  size: number;
  /** Null where the import has no name (an indirect function of a static program). */
  name: string | null;
}

export interface Binary {
  format: 'elf';
  arch: 'x86-64';
  kind: 'executable' | 'shared' | 'relocatable';
  /** No `.symtab`: names are gone but for the dynamic ones. */
  stripped: boolean;
  /** 0 where there is none. */
  entry: number;
  sections: Section[];
  segments: Segment[];
  symbols: BinarySymbol[];
  relocations: Relocation[];
  /** Needed shared libraries (DT_NEEDED). */
  libraries: string[];
  /** What lies at an address. */
  memory: AddressSpace;
  stubs: Stub[];
  /**
   * Import name by the address of its stub or of its slot in the global offset table; in a relocatable file
   * by the stand-in address of the undefined symbol.
   */
  imports: Map<number, string>;
  /** Where the loader runs code before and after `main`: DT_INIT, DT_FINI and the arrays' contents. */
  initializers: number[];
  /** Contents by name, decompressed and (relocatable files) relocated; undefined where absent or without bytes. */
  sectionData(name: string): Uint8Array | undefined;
  budget: Budget;
}

export type FunctionKind = 'function' | 'thunk' | 'fragment';
export type FunctionSource = 'symbol' | 'dwarf' | 'eh_frame' | 'entry' | 'call' | 'jump' | 'plt' | 'prologue';

export interface FoundFunction {
  address: number;
  /** Bytes; 0 where unknown. */
  size: number;
  /** Its name in the file, or the import that a thunk leads to; null where it has none. */
  symbol: string | null;
  kind: FunctionKind;
  source: FunctionSource;
  /** For a fragment: the address of the function it belongs to, where known. */
  parent: number | null;
}

/**
 * The numbers of DWARF that this reader looks at: DWARF 5 section 7 and the GNU extensions that GCC and Clang
 * emit. A number that is not here is skipped by its form, whatever it means.
 */

/** DWARF 5 section 7.5.1, table 7.2. */
export const UT = { compile: 1, type: 2, partial: 3, skeleton: 4, splitCompile: 5, splitType: 6 } as const;

/** DWARF 5 section 7.5.3, table 7.3. */
export const TAG = {
  arrayType: 0x01,
  classType: 0x02,
  enumerationType: 0x04,
  formalParameter: 0x05,
  pointerType: 0x0f,
  referenceType: 0x10,
  structureType: 0x13,
  subroutineType: 0x15,
  typedef: 0x16,
  unionType: 0x17,
  unspecifiedParameters: 0x18,
  module: 0x1e,
  ptrToMemberType: 0x1f,
  subrangeType: 0x21,
  baseType: 0x24,
  constType: 0x26,
  subprogram: 0x2e,
  volatileType: 0x35,
  restrictType: 0x37,
  namespace: 0x39,
  unspecifiedType: 0x3b,
  rvalueReferenceType: 0x42,
  atomicType: 0x47,
} as const;

/** DWARF 5 section 7.5.4, table 7.5. */
export const AT = {
  sibling: 0x01,
  name: 0x03,
  stmtList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  language: 0x13,
  compDir: 0x1b,
  containingType: 0x1d,
  lowerBound: 0x22,
  producer: 0x25,
  upperBound: 0x2f,
  abstractOrigin: 0x31,
  artificial: 0x34,
  count: 0x37,
  declFile: 0x3a,
  declLine: 0x3b,
  encoding: 0x3e,
  external: 0x3f,
  specification: 0x47,
  type: 0x49,
  entryPc: 0x52,
  ranges: 0x55,
  signature: 0x69,
  linkageName: 0x6e,
  strOffsetsBase: 0x72,
  addrBase: 0x73,
  rnglistsBase: 0x74,
  dwoName: 0x76,
  reference: 0x77,
  rvalueReference: 0x78,
  /** What DW_AT_linkage_name was before DWARF 4. */
  mipsLinkageName: 0x2007,
  gnuDwoName: 0x2130,
} as const;

/** DWARF 5 section 7.5.6, table 7.6; from 0x1f01 the extensions of GNU split DWARF and of dwz. */
export const FORM = {
  addr: 0x01,
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  flag: 0x0c,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  ref1: 0x11,
  ref2: 0x12,
  ref4: 0x13,
  ref8: 0x14,
  refUdata: 0x15,
  indirect: 0x16,
  secOffset: 0x17,
  exprloc: 0x18,
  flagPresent: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  refSup4: 0x1c,
  strpSup: 0x1d,
  data16: 0x1e,
  lineStrp: 0x1f,
  refSig8: 0x20,
  implicitConst: 0x21,
  loclistx: 0x22,
  rnglistx: 0x23,
  refSup8: 0x24,
  strx1: 0x25,
  strx2: 0x26,
  strx3: 0x27,
  strx4: 0x28,
  addrx1: 0x29,
  addrx2: 0x2a,
  addrx3: 0x2b,
  addrx4: 0x2c,
  gnuAddrIndex: 0x1f01,
  gnuStrIndex: 0x1f02,
  gnuRefAlt: 0x1f20,
  gnuStrpAlt: 0x1f21,
} as const;

/** Range list entries, DWARF 5 section 7.25, table 7.30. */
export const RLE = {
  endOfList: 0,
  baseAddressx: 1,
  startxEndx: 2,
  startxLength: 3,
  offsetPair: 4,
  baseAddress: 5,
  startEnd: 6,
  startLength: 7,
} as const;

/** Columns of a line table's file list, DWARF 5 section 7.22, table 7.27. */
export const LNCT = { path: 1, directoryIndex: 2 } as const;

/** Encodings of a base type, DWARF 5 section 7.8, table 7.11: those that are not integers. */
export const ATE = {
  complexFloat: 0x03,
  float: 0x04,
  signedChar: 0x06,
  unsignedChar: 0x08,
  imaginaryFloat: 0x09,
  decimalFloat: 0x0f,
  utf: 0x10,
  ucs: 0x11,
  ascii: 0x12,
} as const;

/**
 * Languages whose arrays start at 1 where no lower bound is given (DWARF 5 table 7.17): Ada 83 and 95, Cobol,
 * Fortran 77 to 2008, Pascal, Modula-2, PL/I.
 */
export const ONE_BASED_LANGUAGES: ReadonlySet<number> = new Set([
  0x03, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x0e, 0x0f, 0x22, 0x23,
]);

/** Compressed sections: SHF_COMPRESSED (gABI "Section Compression") and GNU's older `.zdebug_*`. */

import { Unzlib } from 'fflate';
import { BinscribeError, corrupt, unsupported } from '../../error.ts';
import type { Section } from '../binary.ts';
import type { Budget } from '../budget.ts';
import { Bytes } from '../bytes.ts';
import { SHF } from './constants.ts';
import { unzstd } from './zstd.ts';

type Expand = (input: Uint8Array, size: number, where: string, budget: Budget) => Uint8Array;

/** By `ch_type`: ELFCOMPRESS_ZLIB and ELFCOMPRESS_ZSTD. */
const METHODS: ReadonlyMap<number, Expand> = new Map([
  [1, inflate],
  [2, unzstd],
]);
/** Input fed at a time: deflate yields at most 1,032 times its input, so one step yields at most 4 MB. */
const STEP = 4096;

/**
 * The contents of a section as its readers want them. The declared size is a claim: what decompression really
 * yields is counted, against the claim and against the budget.
 * @throws BinscribeError `corrupt`, `unsupported` (another method) or `budget`.
 */
export function decompress(section: Section, raw: Uint8Array, budget: Budget): Uint8Array {
  const bytes = new Bytes(raw, section.name);
  if (section.flags & SHF.COMPRESSED) {
    const method = bytes.u32(0);
    const expand = METHODS.get(method);
    if (!expand) throw unsupported(`section ${section.name}: compression method ${method}`);
    return expand(bytes.slice(24, raw.length - 24), bytes.u64(8), section.name, budget);
  }
  if (section.name.startsWith('.zdebug_') && raw.length >= 12 && bytes.u32(0) === 0x42494c5a /* "ZLIB" */) {
    const size = new DataView(raw.buffer, raw.byteOffset + 4, 8).getUint32(4);
    return inflate(bytes.slice(12, raw.length - 12), size, section.name, budget);
  }
  return raw;
}

/** `.zdebug_info` is `.debug_info` to its readers. */
export function plainName(name: string): string {
  return name.startsWith('.zdebug_') ? `.${name.slice(2)}` : name;
}

function inflate(input: Uint8Array, size: number, where: string, budget: Budget): Uint8Array {
  budget.spend('bytes', size);
  const output = new Uint8Array(Math.min(size, input.length * 1032 + STEP));
  let length = 0;
  const stream = new Unzlib((chunk) => {
    if (length + chunk.length > output.length) {
      throw corrupt(`section ${where}: decompresses to more than the ${size} bytes it declares`);
    }
    output.set(chunk, length);
    length += chunk.length;
  });
  try {
    for (let at = 0; at < input.length; at += STEP) {
      budget.checkTime();
      stream.push(input.subarray(at, at + STEP), at + STEP >= input.length);
    }
  } catch (error) {
    if (error instanceof BinscribeError) throw error;
    throw corrupt(
      `section ${where}: damaged zlib data (${error instanceof Error ? error.message : 'unknown'})`,
    );
  }
  if (length !== size) throw corrupt(`section ${where}: ${size} bytes declared, ${length} decompressed`);
  return output;
}

/**
 * Sections compressed with zstd (ELFCOMPRESS_ZSTD), by fzstd: as old as such sections, eight kilobytes without a
 * dependency. Its output is taken block by block, so that what a section claims bounds what it costs.
 */

import { Decompress } from 'fzstd';
import { BinscribeError, corrupt } from '../../error.ts';
import type { Budget } from '../budget.ts';
import { Bytes } from '../bytes.ts';

const MAGIC = 0xfd2fb528;
/** Of the frame header's descriptor (RFC 8878 section 3.1.1.1.1): the frame is one piece, without a window of its own. */
const SINGLE_SEGMENT = 0x20;
/** Where the descriptors of frame and window stand. */
const FRAME_DESCRIPTOR = 4;
const WINDOW_DESCRIPTOR = 5;
/** zstd's own decoders take no larger window unless told to. */
const MAX_WINDOW = 2 ** 27;
/** Bytes of one block at most (RFC 8878 section 3.1.1.2.4); a block takes three at least. */
const MAX_BLOCK = 2 ** 17;
const LEAST_BLOCK = 3;

/**
 * The `size` bytes that `input` holds.
 * @throws BinscribeError `corrupt` where it is damaged or holds more or less, `budget`
 */
export function unzstd(input: Uint8Array, size: number, where: string, budget: Budget): Uint8Array {
  budget.spend('bytes', size + windowSize(new Bytes(input, `section ${where}`), size));
  const output = new Uint8Array(Math.min(size, Math.ceil(input.length / LEAST_BLOCK) * MAX_BLOCK));
  let length = 0;
  const stream = new Decompress((block) => {
    budget.checkTime();
    if (length + block.length > output.length) {
      throw corrupt(`section ${where}: decompresses to more than the ${size} bytes it declares`);
    }
    output.set(block, length);
    length += block.length;
  });
  try {
    stream.push(input, true);
  } catch (error) {
    if (error instanceof BinscribeError) throw error;
    throw corrupt(
      `section ${where}: damaged zstd data (${error instanceof Error ? error.message : 'unknown'})`,
    );
  }
  if (length !== size) throw corrupt(`section ${where}: ${size} bytes declared, ${length} decompressed`);
  return output;
}

/** What the decoder keeps of its output: it allocates as much as the header says. */
function windowSize(input: Bytes, size: number): number {
  if (input.u32(0) !== MAGIC) throw corrupt(`${input.where}: no zstd data`);
  // A frame of one piece keeps all of it, and says how much that is; the decoder would believe any number.
  if (input.u8(FRAME_DESCRIPTOR) & SINGLE_SEGMENT) {
    const said = contentSize(input);
    if (said !== size) throw corrupt(`${input.where}: ${size} bytes declared, ${said} in its zstd data`);
    return size;
  }
  const descriptor = input.u8(WINDOW_DESCRIPTOR);
  const base = 2 ** (10 + (descriptor >> 3));
  const window = base + (base / 8) * (descriptor & 7);
  if (window > MAX_WINDOW) throw corrupt(`${input.where}: a zstd window of ${window} bytes`);
  return window;
}

/** The content's size in the header of a frame of one piece. */
function contentSize(input: Bytes): number {
  const descriptor = input.u8(FRAME_DESCRIPTOR);
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  const at = FRAME_DESCRIPTOR + 1 + dictionaryBytes;
  switch (descriptor >> 6) {
    case 0:
      return input.u8(at);
    case 1:
      return input.u16(at) + 256;
    case 2:
      return input.u32(at);
    default:
      return input.u64(at);
  }
}

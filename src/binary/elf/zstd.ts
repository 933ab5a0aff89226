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
  const frame = new Bytes(input, `section ${where}`);
  budget.spend('bytes', size + windowSize(frame, size));
  checkTrees(frame, budget);
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

/** Bytes of the header of compressed literals, by its size format (RFC 8878 section 3.1.1.3.1.1). */
const LITERALS_HEADER = [3, 3, 4, 5] as const;

/**
 * fzstd reads the weights of a Huffman tree for ever where one weight has all of the probability, which no encoder
 * writes: such a block is refused before it sees it.
 */
function checkTrees(input: Bytes, budget: Budget): void {
  const descriptor = input.u8(FRAME_DESCRIPTOR);
  const single = (descriptor & SINGLE_SEGMENT) !== 0;
  const sizeBytes = descriptor >> 6 === 0 ? Number(single) : 2 ** (descriptor >> 6);
  let at = FRAME_DESCRIPTOR + (single ? 1 : 2) + [0, 1, 2, 4][descriptor & 3] + sizeBytes;
  for (let last = false; !last && at + 3 <= input.length;) {
    budget.spend('entries');
    const header = input.u16(at) + input.u8(at + 2) * 0x10000;
    last = (header & 1) === 1;
    const [type, length] = [(header >> 1) & 3, header >> 3];
    at += 3;
    // 1 is a byte repeated, 2 compressed; of its literals 2 brings a tree, of which below 128 is compressed itself.
    if (type === 2 && at < input.length && (input.u8(at) & 3) === 2) {
      const tree = at + LITERALS_HEADER[(input.u8(at) >> 2) & 3];
      if (tree + 1 < input.length && input.u8(tree) < 128 && hasSoleWeight(input, tree + 1)) {
        throw corrupt(`${input.where}: a Huffman tree of a single weight in its zstd data`);
      }
    }
    at += type === 1 ? 1 : length;
  }
}

/** Whether the first probability above zero of an FSE table is all there is (RFC 8878 section 4.1.1). */
function hasSoleWeight(input: Bytes, start: number): boolean {
  const all = 2 ** ((input.u8(start) & 15) + 5);
  let bit = 4;
  const peek = (bits: number): number => {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const byte = input.data[start + ((bit + i) >> 3)] ?? 0;
      value += ((byte >> ((bit + i) & 7)) & 1) * 2 ** i;
    }
    return value;
  };
  // Values to all + 1; the smaller ones take a bit less.
  const bits = Math.floor(Math.log2(all + 1));
  const small = 2 ** (bits + 1) - 2 - all;
  for (let symbol = 0; symbol < 256; symbol++) {
    const short = peek(bits);
    let value = peek(bits + 1);
    if (short < small) {
      bit += bits;
      value = short;
    } else {
      bit += bits + 1;
      if (value >= 2 ** bits) value -= small;
    }
    if (value - 1 !== 0) return value - 1 === all;
    for (let repeat = 3; repeat === 3; bit += 2, symbol += repeat) {
      repeat = peek(2);
      if (bit > 8 * (input.length - start)) return false;
    }
  }
  return false;
}

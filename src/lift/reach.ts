/** Code of other functions, or of a function's cold parts: what can be reached from an address of the file. */

import type { Instruction } from '../binary/instruction.ts';
import type { AddressSpace } from '../binary/memory.ts';
import { targetOf } from '../binary/x86/blocks.ts';
import { decode } from '../binary/x86/decode.ts';

/** Bytes that are decoded at a time: most functions end within a few of these. */
const CHUNK = 256;
/** Bytes of the longest instruction: one that is cut by a chunk's end is decoded again with the next. */
const LONGEST = 15;

/** Instructions by their address, decoded where they are asked for. */
export class Code {
  private readonly memory: AddressSpace;
  private readonly decoded = new Map<number, Instruction>();

  constructor(memory: AddressSpace) {
    this.memory = memory;
  }

  at(address: number): Instruction | undefined {
    const known = this.decoded.get(address);
    if (known) return known;
    if (!this.memory.isExecutable(address)) return undefined;
    const bytes = this.memory.slice(address, CHUNK);
    for (const instruction of decode(bytes, address)) {
      // The first has all of its bytes.
      const isCut = instruction.address + LONGEST > address + CHUNK && instruction.address !== address;
      if (isCut || this.decoded.has(instruction.address)) break;
      this.decoded.set(instruction.address, instruction);
    }
    return this.decoded.get(address);
  }

  /**
   * What can run from an address on, in the order in which it is found; a call comes back, unless `stops` says that it does
   * not. Jumps to where `isOutside` are not followed.
   *
   * @returns undefined where more than `most` instructions can, or where it is not known where one leads
   */
  from(
    start: number,
    most: number,
    stops: (call: Instruction) => boolean,
    isOutside: (address: number) => boolean = () => false,
  ): Map<number, { instruction: Instruction; next: number[] }> | undefined {
    const found = new Map<number, { instruction: Instruction; next: number[] }>();
    const open = [start];
    for (let address = open.pop(); address !== undefined; address = open.pop()) {
      if (found.has(address)) continue;
      const instruction = this.at(address);
      if (instruction === undefined || instruction.mnemonic === 0 || found.size >= most) return undefined;
      const next = successorsOf(instruction, stops);
      if (next === undefined) return undefined;
      found.set(address, { instruction, next });
      open.push(...next.filter((to) => !isOutside(to)).reverse());
    }
    return found;
  }
}

function successorsOf(instruction: Instruction, stops: (call: Instruction) => boolean): number[] | undefined {
  const { flow, address, length } = instruction;
  const target = targetOf(instruction);
  switch (flow) {
    case 'jump':
      return target === undefined ? undefined : [target];
    case 'branch':
      return target === undefined ? undefined : [address + length, target];
    case 'indirect-jump':
      return undefined;
    case 'return':
    case 'trap':
      return [];
    case 'call':
    case 'indirect-call':
      return stops(instruction) ? [] : [address + length];
    default:
      return [address + length];
  }
}

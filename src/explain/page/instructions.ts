/** A packed function's code as instructions with addresses, and its blocks. Nothing here knows of a browser. */

import type { PackedCode } from '../render/html/packed.ts';

export interface Instruction {
  address: number;
  text: string;
  note: string | undefined;
}

export interface Block {
  instructions: Instruction[];
  successors: number[];
}

export function instructionsOf({ lengths, text, notes }: PackedCode, start: number): Instruction[] {
  const noted = new Map(notes);
  let address = start;
  return (lengths === '' ? [] : text.split('\n')).map((line, at) => {
    const instruction = { address, text: line, note: noted.get(at) };
    address += Number.parseInt(lengths[at], 16);
    return instruction;
  });
}

export function blocksOf({ blocks }: PackedCode, instructions: readonly Instruction[]): Block[] {
  let first = 0;
  return blocks.map(([count, ...successors]) => {
    const block = { instructions: instructions.slice(first, first + count), successors };
    first += count;
    return block;
  });
}

/** What compilers fill gaps with. */
const FILLING = /^(nop\b|xchg ax, ax$|int3$)/;

/** The blocks without those that only align what follows: nothing leads to them. */
export function withoutFilling(blocks: readonly Block[]): Block[] {
  const entered = new Set([0, ...blocks.flatMap(({ successors }) => successors)]);
  const isFilling = ({ instructions }: Block, at: number): boolean =>
    !entered.has(at) && instructions.every(({ text }) => FILLING.test(text));
  const places = new Map<number, number>();
  const kept = blocks.filter((block, at) => {
    if (isFilling(block, at)) return false;
    places.set(at, places.size);
    return true;
  });
  return kept.map(({ instructions, successors }) => ({
    instructions,
    successors: successors.flatMap((to) => places.get(to) ?? []),
  }));
}

/** An instruction's text in pieces: what is an address, as a number, and what is not. */
export function* piecesOf(text: string): Generator<{ text: string; address?: number }> {
  for (const piece of text.split(/(0x[0-9a-f]+)/)) {
    if (piece === '') continue;
    if (piece.startsWith('0x')) yield { text: piece, address: Number.parseInt(piece, 16) };
    else yield { text: piece };
  }
}

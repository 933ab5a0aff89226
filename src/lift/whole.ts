/**
 * All of a function: compilers put the parts of it that hardly ever run elsewhere, and what stands behind a call that does
 * not come back is no part of the way that leads there.
 */

import type { BasicBlock, FunctionBody, Instruction } from '../binary/instruction.ts';
import { findBlocks, targetOf } from '../binary/x86/blocks.ts';
import type { AddressSpace } from '../binary/memory.ts';
import { neverReturns } from '../binary/sweep/noreturn.ts';
import type { VisibleNames } from '../tokens/visible-names.ts';
import type { Callees } from './callees.ts';
import { CannotLift } from './code.ts';
import { framePointers } from './frame.ts';
import { Code } from './reach.ts';

/** Instructions of one part: they print a message, or free what was taken. */
const MOST_COLD = 400;
/** Instructions of a part that reads better where it is used than as a function of its own. */
const SHORT = 30;
/** Parts of a function: each is looked for anew, since they lead to each other. */
const MOST_PARTS = 40;

export function wholeFunction(
  body: FunctionBody,
  memory: AddressSpace | undefined,
  names: VisibleNames,
  callees: Callees | undefined,
): FunctionBody {
  if (!memory || !callees || body.instructions.length === 0) return body;
  const code = new Code(memory);
  let whole = cutBehindStops(body, names, callees);
  for (let n = 0; n < MOST_PARTS; n++) {
    const part = nextPart(whole, code, names, callees);
    if (!part) break;
    whole = cutBehindStops(joined(whole, part), names, callees);
  }
  return whole;
}

/** Blocks end with a call that does not come back. */
function cutBehindStops(body: FunctionBody, names: VisibleNames, callees: Callees): FunctionBody {
  const own = body.instructions[0].address;
  const stops = ({ flow, operands: [operand] }: Instruction): boolean => {
    if (flow !== 'call' && flow !== 'indirect-call') return false;
    if (operand.kind === 'target') return operand.address !== own && !callees.returns(operand.address);
    return operand.kind === 'memory' && operand.ripRelative && neverReturns(names.get(operand.displacement));
  };
  const blocks = body.blocks.map((block): BasicBlock => {
    const at = body.instructions.slice(block.first, block.first + block.count).findIndex(stops);
    return at < 0 ? block : { ...block, count: at + 1, successors: [] };
  });
  return { ...body, blocks };
}

/** Instructions of a part that the function jumps to with its frame, or that jumps back into the function. */
function nextPart(
  body: FunctionBody,
  code: Code,
  names: VisibleNames,
  callees: Callees,
): Instruction[] | undefined {
  const inside = new Set(body.instructions.map(({ address }) => address));
  const frames = framesOf(body);
  const own = body.instructions[0].address;
  for (const [i, instruction] of body.instructions.entries()) {
    const { flow } = instruction;
    const frame = frames[i];
    const target = targetOf(instruction);
    if ((flow !== 'jump' && flow !== 'branch') || frame === undefined || target === undefined) continue;
    if (inside.has(target) || names.has(target)) continue;
    const stops = (call: Instruction): boolean => {
      const to = targetOf(call);
      return to !== undefined && to !== own && !callees.returns(to);
    };
    const found = code.from(target, MOST_COLD, stops, (to) => inside.has(to) || names.has(to));
    if (!found) continue;
    const part = [...found.values()].sort((a, b) => a.instruction.address - b.instruction.address);
    const comesBack = part.some(({ next }) => next.some((to) => to !== own && inside.has(to)));
    // Compilers hardly ever call another function by a branch.
    const isShort = flow === 'branch' && part.length <= SHORT;
    if (frame.rsp !== 0 || comesBack || isShort) return part.map(({ instruction }) => instruction);
  }
  return undefined;
}

function framesOf(body: FunctionBody): ReturnType<typeof framePointers> {
  try {
    return framePointers(body);
  } catch (error) {
    // Who lifts it is told then.
    if (error instanceof CannotLift) return [];
    throw error;
  }
}

/** The part behind the function, whose first block stays the first. */
function joined(body: FunctionBody, part: readonly Instruction[]): FunctionBody {
  const instructions = [...body.instructions, ...part];
  const tables = new Map<number, number[]>();
  for (const { first, count, successors } of body.blocks) {
    const last = first + count - 1;
    if (body.instructions[last].flow === 'indirect-jump' && successors.length > 0) {
      tables.set(
        last,
        successors.map((to) => body.blocks[to].start),
      );
    }
  }
  const { blocks, incomplete } = findBlocks(instructions, tables);
  const runsOn = blocks.map((block): BasicBlock => {
    const last = instructions[block.first + block.count - 1];
    const after = instructions[block.first + block.count];
    if (after === undefined || after.address === last.address + last.length) return block;
    // What comes next in the list is elsewhere in the file.
    const next = blocks.findIndex(({ start }) => start === after.address);
    const target = targetOf(last);
    return target === after.address && last.flow !== 'call'
      ? block
      : { ...block, successors: block.successors.filter((to) => to !== next) };
  });
  return { ...body, instructions, blocks: runsOn, incomplete };
}

/**
 * From the machine code of one function to a draft of its C source, by rules: no learning, no guessing. What comes out
 * compiles and does the same as far as the rules reach; what they do not know is refused with a reason.
 */

import type { CType } from './ctype.ts';
import type { FunctionBody } from '../binary/instruction.ts';
import type { AddressSpace } from '../binary/memory.ts';
import { MNEMONIC_NAMES } from '../binary/x86/names.ts';
import type { VisibleNames } from '../tokens/visible-names.ts';
import { Callees } from './callees.ts';
import { CannotLift, FIRST_SLOT, RBP, RBX, RSP } from './code.ts';
import { resolveTables, returnAtOnce, simplifyControl } from './control.ts';
import { type Blocks, eliminateDead, FIRST_WEB, splitIntoWebs, visitBlocks } from './dataflow.ts';
import { leaveUnset } from './unset.ts';
import { recogniseDivisions } from './division.ts';
import { gatherFillings } from './fill.ts';
import { tidyLoops } from './loops.ts';
import { narrowWebs } from './narrow.ts';
import { freeParts } from './partial.ts';
import { REGISTER_PARTS } from './registers.ts';
import { parametersOf, type Result, settleResult, storedArguments } from './signature.ts';
import { promoteSlots } from './slots.ts';
import { structure } from './structure.ts';
import { substitute } from './substitute.ts';
import { writeFunction } from './text.ts';
import { type OwnSignature, translate } from './translate.ts';
import { inferTypes } from './types.ts';
import { adoptParameters } from './adopt.ts';
import { wholeFunction } from './whole.ts';

export interface LiftContext {
  /** What the file holds, for constants, strings and tables. */
  readonly memory?: AddressSpace;
  readonly names: VisibleNames;
  /** What is known of other functions of the file: who lifts many of them finds out of each once. */
  readonly callees?: Callees;
  /** What the function is called in the draft. */
  readonly name: string;
}

export type Lifted =
  | { readonly text: string }
  /** Why there is no text, as a phrase: "the instruction vaddps". */
  | { readonly text: null; readonly reason: string };

/** Instructions of a function that is lifted: the time grows with the square of what hangs together. */
const MOST_INSTRUCTIONS = 4000;
const MOST_BLOCKS = 1000;

/** Of calls of the function by itself: after so many rounds what it takes is known. */
const MOST_ROUNDS = 3;

export function lift(found: FunctionBody, context: LiftContext): Lifted {
  const { memory, names } = context;
  const callees = context.callees ?? (memory && new Callees(memory, names));
  try {
    const body = wholeFunction(found, memory, names, callees);
    if (body.instructions.length > MOST_INSTRUCTIONS || body.blocks.length > MOST_BLOCKS) {
      return { text: null, reason: 'a function that is too long' };
    }
    let own: OwnSignature = { name: context.name, parameters: '', result: 'l' };
    for (let round = 0; ; round++) {
      const made = liftOnce(body, context, callees, own);
      const next = { ...own, parameters: made.parameters, result: made.result };
      const isSettled = next.parameters === own.parameters && next.result === own.result;
      if (isSettled || !made.callsItself || round === MOST_ROUNDS) return { text: made.text() };
      own = next;
    }
  } catch (error) {
    if (error instanceof CannotLift) return { text: null, reason: error.message };
    // What walks expressions calls itself: one that is nested too deep for the stack is none that anybody reads.
    if (error instanceof RangeError) return { text: null, reason: 'expressions that are nested too deep' };
    throw error;
  }
}

interface Made {
  readonly parameters: string;
  readonly result: string;
  readonly callsItself: boolean;
  text(): string;
}

function liftOnce(
  body: FunctionBody,
  { memory, names, name }: LiftContext,
  callees: Callees | undefined,
  own: OwnSignature,
): Made {
  const framed = keepsFramePointer(body);
  const blocks: Blocks = translate(body, { memory, names, callees, own });
  eliminateDead(blocks);
  const frame = promoteSlots(blocks, framed);
  const stored = framed && blocks[0] ? storedArguments(blocks[0]) : [];
  eliminateDead(blocks);
  returnAtOnce(blocks);
  freeParts(blocks);
  const raw = splitIntoWebs(blocks);
  // A byte put into a register reads the rest of it, which nobody may look at.
  narrowWebs(blocks, raw, true);
  eliminateDead(blocks);
  const first = splitIntoWebs(blocks, raw);
  const result = settleResult(blocks, first, framed && endsInNop(body));
  freeParts(blocks);
  narrowWebs(blocks, first, true);
  eliminateDead(blocks);
  const webs = splitIntoWebs(blocks, first);
  const widths = narrowWebs(blocks, webs);
  adoptParameters(blocks, webs);
  const isSlot = (id: number): boolean => framed && (webs[id - FIRST_WEB]?.of ?? 0) >= FIRST_SLOT;
  const isEntry = (id: number): boolean => webs[id - FIRST_WEB]?.entry ?? false;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    substitute(blocks, isEntry, isSlot);
    recogniseDivisions(blocks);
    if (round === 0) resolveTables(blocks, body, memory);
    simplifyControl(blocks, isSlot);
  }
  substitute(blocks, isEntry, isSlot);
  adoptParameters(blocks, webs);
  const parameters = parametersOf(blocks, webs, widths, frame, stored);
  const entries = new Set(parameters.flatMap(({ web }) => (web === undefined ? [] : [web])));
  leaveUnset(blocks);
  gatherFillings(blocks, frame.regions);
  const types = inferTypes(blocks, widths, frame.regions, entries);
  let callsItself = false;
  visitBlocks(blocks, (expr) => (callsItself ||= expr.kind === 'call' && expr.name === name));
  const letters = parameters
    .map(({ web, isFloat, bits }) =>
      letterOf(isFloat, bits, web === undefined ? undefined : types.variable(web)),
    )
    .join('');
  return {
    parameters: letters,
    result: letterOfResult(result),
    callsItself,
    text: () =>
      writeFunction({
        name,
        nodes: tidyLoops(structure(blocks)),
        parameters,
        result,
        types,
        regions: frame.regions,
        memory,
        names,
        own,
        start: body.instructions[0].address,
      }),
  };
}

function letterOf(isFloat: boolean, bits: number, type: CType | undefined): string {
  if (isFloat) return bits === 32 ? 'f' : 'd';
  if (type?.kind === 'pointer') return 'p';
  return bits === 64 ? 'l' : 'i';
}

function letterOfResult(result: Result): string {
  if (result.kind === 'none') return 'v';
  if (result.kind === 'float') return result.bits === 32 ? 'f' : 'd';
  return result.bits === 64 ? 'l' : result.bits === 8 ? 'b' : 'i';
}

/** Without optimisation functions begin by `push rbp; mov rbp, rsp`. */
function keepsFramePointer({ instructions }: FunctionBody): boolean {
  return instructions.slice(0, 4).some(({ mnemonic, operands: [to, from] }) => {
    const parts = [to, from].map((one) =>
      one?.kind === 'register' ? REGISTER_PARTS[one.register] : undefined,
    );
    return MNEMONIC_NAMES[mnemonic] === 'mov' && parts[0]?.variable === RBP && parts[1]?.variable === RSP;
  });
}

/** Where gcc's source has no value to return, it puts a `nop` before it leaves. */
function endsInNop({ instructions }: FunctionBody): boolean {
  const last = instructions.findLastIndex(({ flow }) => flow === 'return');
  const before = instructions.slice(Math.max(0, last - 3), last);
  const is = (i: number, ...names: string[]): boolean =>
    names.includes(MNEMONIC_NAMES[before.at(i)?.mnemonic ?? 0]);
  const restored = before.at(-2)?.operands[0];
  const restores =
    is(-2, 'mov', 'add', 'pop') &&
    restored?.kind === 'register' &&
    [RBX, RSP].includes(REGISTER_PARTS[restored.register]?.variable ?? -1);
  return is(-1, 'leave', 'pop') && (is(-2, 'nop') || (restores && is(-3, 'nop')));
}

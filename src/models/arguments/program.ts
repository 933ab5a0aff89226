/**
 * Argument registers that are live at the entry of each function of a program: read on some path before they are
 * written, by the function itself or by what it calls while they still hold what its own caller put there.
 */

import { INTEGER_MASK, INTEGER_REGISTERS, VECTOR_MASK } from './registers.ts';
import { type ArgumentSummary, CALL_WRITES } from './summary.ts';

/** What the callers of a function set before they call it. */
export interface CallerEvidence {
  sites: number;
  /** How many calls set i integer arguments, i = 0 … 6. */
  integers: number[];
}

export interface ArgumentFacts {
  /** Mask of argument registers that are live at the entry. */
  live: number;
  callers: CallerEvidence | null;
}

/**
 * @param summaries Address of a function → its summary.
 * @returns Facts for each of them. The result does not depend on their order.
 */
export function solveProgram(summaries: ReadonlyMap<number, ArgumentSummary>): Map<number, ArgumentFacts> {
  const live = new Map<number, number>();
  const callers = new Map<number, Set<number>>();
  for (const [address, { calls }] of summaries) {
    live.set(address, 0);
    for (const { target } of calls) {
      if (!summaries.has(target)) continue;
      let of = callers.get(target);
      if (!of) callers.set(target, (of = new Set()));
      of.add(address);
    }
  }
  // Masks only grow, so this ends at the least fixed point after at most 15 changes a function.
  const queue = [...summaries.keys()];
  const queued = new Set(queue);
  for (let address = queue.pop(); address !== undefined; address = queue.pop()) {
    queued.delete(address);
    const mask = liveAtEntry(summaries.get(address)!, live);
    if (mask === live.get(address)) continue;
    live.set(address, mask);
    for (const caller of callers.get(address) ?? []) {
      if (queued.has(caller)) continue;
      queued.add(caller);
      queue.push(caller);
    }
  }
  const evidence = collectCallers(summaries, live);
  return new Map(
    [...live].map(([address, mask]) => [address, { live: mask, callers: evidence.get(address) ?? null }]),
  );
}

/** Number of the last integer argument register in a mask, counted from 1. */
export function integerCount(mask: number): number {
  return 32 - Math.clz32(mask & INTEGER_MASK);
}

/** The same for vector registers. */
export function vectorCount(mask: number): number {
  return 32 - Math.clz32((mask & VECTOR_MASK) >>> INTEGER_REGISTERS);
}

/** Arguments come without gaps: whoever takes rdx takes rdi and rsi. */
function withoutGaps(mask: number): number {
  return ((1 << integerCount(mask)) - 1) | (((1 << vectorCount(mask)) - 1) << INTEGER_REGISTERS);
}

/** Backward liveness over one function, with the callees' masks known so far. */
function liveAtEntry(summary: ArgumentSummary, callees: ReadonlyMap<number, number>): number {
  const { blocks, calls, variadicNamed } = summary;
  // Its prologue saves every register; only the named arguments are its own.
  if (variadicNamed !== null) return (1 << variadicNamed) - 1;
  const demands = calls.map(({ target, setup }) => withoutGaps(setup | (callees.get(target) ?? 0)));
  const atStart = new Int32Array(blocks.length);
  for (let changed = true; changed;) {
    changed = false;
    for (let b = blocks.length - 1; b >= 0; b--) {
      let mask = 0;
      for (const next of blocks[b].successors) mask |= atStart[next];
      const { steps } = blocks[b];
      for (let s = steps.length - 1; s >= 0; s--) {
        const { reads, writes, call } = steps[s];
        if (call >= 0) mask = demands[call] | (calls[call].conditional ? mask : mask & ~CALL_WRITES);
        mask = reads | (mask & ~writes);
      }
      if (mask !== atStart[b]) {
        atStart[b] = mask;
        changed = true;
      }
    }
  }
  return atStart[0] ?? 0;
}

function collectCallers(
  summaries: ReadonlyMap<number, ArgumentSummary>,
  live: ReadonlyMap<number, number>,
): Map<number, CallerEvidence> {
  const evidence = new Map<number, CallerEvidence>();
  for (const { calls } of summaries.values()) {
    for (const { target, setup, conditional } of calls) {
      if (conditional || !live.has(target)) continue;
      let of = evidence.get(target);
      if (!of) evidence.set(target, (of = { sites: 0, integers: new Array<number>(7).fill(0) }));
      of.sites++;
      of.integers[integerCount(setup)]++;
    }
  }
  return evidence;
}

/**
 * The frame becomes variables. A place that is only read and written as a whole is a variable like a register; from a place
 * whose address is taken up to the next known one lies an array, which stays memory.
 */

import type { Statement } from './code.ts';
import { CannotLift, FIRST_SLOT, mapExit, mapStatement } from './code.ts';
import { type Blocks, rewrite } from './dataflow.ts';
import { children, constant, type Expr, mask, variable } from './expressions.ts';
import { binary, extend, truncate } from './integers.ts';

/** Memory in the frame that stays memory. */
export interface Region {
  /** From the stack pointer at entry. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

export interface Frame {
  readonly regions: readonly Region[];
  /** Offset of each slot, by its variable. */
  readonly slots: ReadonlyMap<number, number>;
}

interface Place {
  offset: number;
  /** Bytes of the widest access. */
  size: number;
  loads: number;
  /** Block of the first store. */
  block: number;
}

/** Bytes of the largest frame that is believed. */
const MOST_FRAME = 2 ** 20;

/** @param framed whether a frame pointer is kept: then variables lie apart, as the source has them @throws CannotLift */
export function promoteSlots(blocks: Blocks, framed: boolean): Frame {
  const places = new Map<number, Place>();
  const bases = new Set<number>();
  /** Bytes that are filled at once from a place on. */
  const extents = new Map<number, number>();
  const access = (offset: number, bits: number, block: number, isLoad: boolean): void => {
    const known = places.get(offset);
    if (known) {
      known.size = Math.max(known.size, bits / 8);
      known.loads += isLoad ? 1 : 0;
      if (!isLoad && known.block < 0) known.block = block;
    } else {
      places.set(offset, { offset, size: bits / 8, loads: isLoad ? 1 : 0, block: isLoad ? -1 : block });
    }
  };
  const look = (expr: Expr, block: number): void => {
    if (expr.kind === 'load' && expr.address.kind === 'stack') {
      access(expr.address.offset, expr.bits, block, true);
      return;
    }
    if (expr.kind === 'stack') bases.add(expr.offset);
    if (expr.kind === 'call' && /^mem(set|move|cpy)$/.test(expr.name)) {
      const [to, , length] = expr.args;
      if (to.kind === 'stack' && length.kind === 'const') {
        extents.set(to.offset, Math.max(extents.get(to.offset) ?? 0, Number(length.value)));
      }
    }
    for (const child of children(expr)) look(child, block);
  };
  for (const [b, block] of blocks.entries()) {
    if (!block) continue;
    for (const statement of block.statements) {
      if (statement.kind === 'store' && statement.address.kind === 'stack') {
        access(statement.address.offset, statement.value.bits, b, false);
      } else if (statement.kind === 'store') look(statement.address, b);
      look(statement.value, b);
    }
    mapExit(block.exit, (value) => (look(value, b), value));
  }
  const regions = regionsOf([...places.values()], [...bases], extents, framed);
  const isMemory = (offset: number): boolean =>
    regions.some((region) => offset >= region.offset && offset < region.offset + region.size);
  const slots = new Map<number, number>();
  const ids = new Map<number, { id: number; bits: number }>();
  for (const { offset, size } of [...places.values()].sort((a, b) => b.offset - a.offset)) {
    if (isMemory(offset) || size > 8) continue;
    const id = FIRST_SLOT + slots.size;
    slots.set(id, offset);
    ids.set(offset, { id, bits: 8 * size });
  }
  replace(blocks, ids);
  return { regions, slots };
}

function regionsOf(
  places: Place[],
  bases: number[],
  extents: ReadonlyMap<number, number>,
  framed: boolean,
): Region[] {
  if (bases.some((base) => base < -MOST_FRAME || base > 0)) {
    throw new CannotLift('an address outside of the frame');
  }
  const sorted = places.sort((a, b) => a.offset - b.offset);
  const starts = bases.sort((a, b) => a - b);
  const found: { from: number; to: number }[] = [];
  // Places that overlap without beginning together are seen as parts of one thing.
  for (let i = 0; i + 1 < sorted.length; i++) {
    const { offset, size } = sorted[i];
    if (sorted[i + 1].offset < offset + size) {
      found.push({ from: offset, to: Math.max(offset + size, sorted[i + 1].offset + sorted[i + 1].size) });
    }
  }
  if (!framed && starts.length > 0) {
    found.push({ from: starts[0], to: Math.max(starts[0] + 8, ...ends(sorted, starts[0]), 0) });
  } else {
    for (const [i, base] of starts.entries()) {
      let end = base + (extents.get(base) ?? 0);
      const first = sorted.find(({ offset }) => offset === base);
      for (const { offset, size, loads, block } of sorted) {
        if (offset < base || offset >= (starts[i + 1] ?? 0)) continue;
        // A variable is read somewhere; what is only written belongs to what is read through its address.
        const isPart =
          offset < end || offset === base || loads === 0 || (offset === end && block === first?.block);
        if (!isPart) break;
        end = Math.max(end, offset + size);
      }
      const next = Math.min(
        starts[i + 1] ?? 0,
        sorted.find(({ offset }) => offset >= Math.max(end, base + 1))?.offset ?? 0,
        0,
      );
      found.push({ from: base, to: Math.max(end, next) });
    }
  }
  return union(found);
}

function ends(places: readonly Place[], from: number): number[] {
  return places.flatMap(({ offset, size }) => (offset >= from && offset < 0 ? [offset + size] : []));
}

function union(found: { from: number; to: number }[]): Region[] {
  const regions: Region[] = [];
  for (const { from, to } of found.sort((a, b) => a.from - b.from)) {
    const last = regions.at(-1);
    if (last && from < last.offset + last.size) {
      regions[regions.length - 1] = { offset: last.offset, size: Math.max(last.size, to - last.offset) };
    } else if (to > from) regions.push({ offset: from, size: to - from });
  }
  return regions;
}

function replace(blocks: Blocks, ids: ReadonlyMap<number, { id: number; bits: number }>): void {
  const change = (expr: Expr): Expr => {
    if (expr.kind !== 'load' || expr.address.kind !== 'stack') return expr;
    const slot = ids.get(expr.address.offset);
    return slot ? truncate(variable(slot.id, slot.bits), expr.bits) : expr;
  };
  const all = (value: Expr): Expr => rewrite(value, change);
  for (const block of blocks) {
    if (!block) continue;
    block.statements = block.statements.map((before): Statement => {
      const statement = mapStatement(before, all);
      if (statement.kind !== 'store' || statement.address.kind !== 'stack') return statement;
      const slot = ids.get(statement.address.offset);
      if (!slot) return statement;
      const { value } = statement;
      if (value.bits === slot.bits) return { kind: 'set', to: slot.id, value };
      const kept = binary('and', variable(slot.id, slot.bits), constant(~mask(value.bits), slot.bits));
      return {
        kind: 'set',
        to: slot.id,
        value: binary('or', kept, extend(value, slot.bits, false)),
      };
    });
    block.exit = mapExit(block.exit, all);
  }
}

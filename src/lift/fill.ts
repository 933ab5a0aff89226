/** Arrays in the frame that are filled by wide constants become what the source had: `memset`, or elements one by one. */

import type { Statement } from './code.ts';
import { type Blocks, visitBlocks } from './dataflow.ts';
import { constant, type Expr } from './expressions.ts';
import { addressTerms } from './types.ts';
import type { Region } from './slots.ts';

/** Stores in a row that are worth a call. */
const LEAST_RUN = 3;

export function gatherFillings(blocks: Blocks, regions: readonly Region[]): void {
  const widths = elementWidths(blocks, regions);
  for (const block of blocks) {
    if (!block) continue;
    const made: Statement[] = [];
    const { statements } = block;
    for (let i = 0; i < statements.length;) {
      const run = zeroesFrom(statements, i);
      if (run.count >= LEAST_RUN) {
        made.push(clearing(run.offset, run.size));
        i += run.count;
      } else made.push(...split(statements[i++], regions, widths));
    }
    block.statements = made;
  }
}

/** Offset of what a statement puts a constant at, directly. */
function constantStore(statement: Statement): { offset: number; size: number; value: bigint } | undefined {
  if (statement.kind !== 'store' || statement.address.kind !== 'stack' || statement.value.kind !== 'const') {
    return undefined;
  }
  return { offset: statement.address.offset, size: statement.value.bits / 8, value: statement.value.value };
}

function zeroesFrom(
  statements: readonly Statement[],
  from: number,
): { offset: number; size: number; count: number } {
  const first = constantStore(statements[from]);
  if (first?.value !== 0n) return { offset: 0, size: 0, count: 0 };
  let end = first.offset;
  let count = 0;
  for (let i = from; i < statements.length; i++) {
    const next = constantStore(statements[i]);
    if (next?.value !== 0n || next.offset !== end) break;
    end += next.size;
    count++;
  }
  return { offset: first.offset, size: end - first.offset, count };
}

function clearing(offset: number, size: number): Statement {
  const args: Expr[] = [{ kind: 'stack', bits: 64, offset }, constant(0, 32), constant(size, 64)];
  return { kind: 'do', value: { kind: 'call', bits: 64, float: false, name: 'memset', args } };
}

/** The one width, in bits, in which each region is read; undefined where there are several. */
function elementWidths(blocks: Blocks, regions: readonly Region[]): ReadonlyMap<Region, number> {
  const found = new Map<Region, number>();
  const mixed = new Set<Region>();
  const see = (address: Expr, bits: number): void => {
    const base = addressTerms(address).find(({ expr }) => expr.kind === 'stack')?.expr;
    const region = base?.kind === 'stack' ? regionOf(regions, base.offset) : undefined;
    if (!region) return;
    if (found.has(region) && found.get(region) !== bits) mixed.add(region);
    found.set(region, bits);
  };
  visitBlocks(blocks, (expr) => {
    if (expr.kind === 'load') see(expr.address, expr.bits);
  });
  for (const region of mixed) found.delete(region);
  return found;
}

function regionOf(regions: readonly Region[], offset: number): Region | undefined {
  return regions.find((one) => offset >= one.offset && offset < one.offset + one.size);
}

function split(
  statement: Statement,
  regions: readonly Region[],
  widths: ReadonlyMap<Region, number>,
): Statement[] {
  const store = constantStore(statement);
  const region = store && regionOf(regions, store.offset);
  const bits = region && widths.get(region);
  if (!store || bits === undefined || bits >= 8 * store.size) return [statement];
  return Array.from({ length: (8 * store.size) / bits }, (_, i): Statement => ({
    kind: 'store',
    address: { kind: 'stack', bits: 64, offset: store.offset + (i * bits) / 8 },
    value: constant(store.value >> BigInt(i * bits), bits),
  }));
}

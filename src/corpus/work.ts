/**
 * The seam between what a build wants done and who does it. An order (`Unit` of a package, `Batch` of snippets) is plain data
 * that decides its result, and the result lies in the working folder under an address made of the order: whoever does it, and
 * however often, it is done once. At home a few promises of one process take orders.
 */

import type { DoneUnit } from './assemble.ts';
import type { BuildContext } from './desk.ts';
import { extractUnit } from './extract.ts';
import { unitKey, type Unit } from './unit-key.ts';
import { buildUnit } from './unit.ts';

/** @throws BinscribeError where the package does not build, and of kind `interrupted` */
export async function doUnit(unit: Unit, context: BuildContext): Promise<DoneUnit> {
  const { place, sandbox, signal } = context;
  const built = await buildUnit(unit, context);
  const { path, cuts, withIr } = await extractUnit(place, unitKey(unit, sandbox), built, unit, signal);
  const { buildSystem, programs, flags, incomplete, kept } = built;
  return {
    package: unit.source.name,
    compiler: unit.compiler.name,
    optimization: unit.level,
    buildSystem,
    flags,
    programs: programs.length,
    rows: path,
    cuts,
    ...(incomplete !== undefined && { incomplete }),
    ...(kept && withIr !== undefined && { ir: { rows: withIr, modules: kept.modules, failed: kept.failed } }),
  };
}

/** Lets `jobs` workers do orders, each asking for the next when it is free. Where one fails a generator of orders is closed. */
export async function inParallel<Order>(
  orders: Iterator<Order> | AsyncIterator<Order>,
  jobs: number,
  work: (order: Order) => Promise<void>,
): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let next = await orders.next(); !next.done; next = await orders.next()) await work(next.value);
  };
  try {
    await Promise.all(Array.from({ length: jobs }, worker));
  } finally {
    await orders.return?.();
  }
}

/**
 * One pass over a unit: where its subprograms with code are, which parameters they have, and which namespaces
 * and types enclose what. Everything else is skipped by plan.
 */

import { BinscribeError } from '../../error.ts';
import { Cursor } from '../bytes.ts';
import type { Unit } from './unit.ts';

export interface FoundSubprogram {
  /** Offset of its entry. */
  offset: number;
  /** Offsets of the entries of its own parameters. */
  parameters: number[];
  variadic: boolean;
}

export interface UnitContents {
  subprograms: FoundSubprogram[];
  scopes: Scopes;
  /** Why the scan ended before the unit did; null where it did not. */
  damage: string | null;
}

/** The namespaces and types of a unit as nested intervals of offsets, in the order of their starts. */
export class Scopes {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly parents: number[] = [];
  private readonly subprograms: boolean[] = [];

  /** Opens an interval inside `parent` (-1 for none) and returns its index. */
  open(start: number, parent: number, isSubprogram: boolean): number {
    this.parents.push(parent);
    this.subprograms.push(isSubprogram);
    // Until it is closed: the scan of a damaged unit may never get there.
    this.ends.push(Infinity);
    return this.starts.push(start) - 1;
  }

  close(index: number, end: number): void {
    this.ends[index] = end;
  }

  /**
   * Offsets of the scopes around the entry at `offset`, innermost first. A subprogram hides what is around it:
   * a type local to a method is not named after the method's class.
   */
  around(offset: number): number[] {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] < offset) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    for (let index = low - 1; index >= 0; index = this.parents[index]) {
      if (this.ends[index] <= offset) continue;
      if (this.subprograms[index]) break;
      found.push(this.starts[index]);
    }
    return found;
  }
}

/** Entries are paid for by the dozen: one by one it would take a third of the scan's time. */
const ENTRIES_PER_SPEND = 64;

/** An entry whose children the scan is in and which matters to them. */
interface Frame {
  depth: number;
  subprogram: FoundSubprogram | null;
  scope: number;
}

/** Never throws one of our own errors: what was found before the damage is worth having. */
export function scanUnit(unit: Unit): UnitContents {
  const contents: UnitContents = { subprograms: [], scopes: new Scopes(), damage: null };
  try {
    scanInto(contents, unit);
  } catch (error) {
    if (!(error instanceof BinscribeError)) throw error;
    contents.damage = error.message;
  }
  return contents;
}

function scanInto({ subprograms, scopes }: UnitContents, unit: Unit): void {
  const { budget } = unit.units.sections;
  const cursor = new Cursor(unit.bytes, unit.header.firstEntry, unit.end);
  const frames: Frame[] = [];
  let frame: Frame = { depth: -1, subprogram: null, scope: -1 };
  const enter = (depth: number, subprogram: FoundSubprogram | null, scope: number): void => {
    frames.push(frame);
    budget.checkDepth(frames.length);
    frame = { depth, subprogram, scope };
  };

  let depth = 0;
  let unpaid = 0;
  do {
    const offset = cursor.position;
    const code = cursor.uleb();
    if (++unpaid === ENTRIES_PER_SPEND) {
      budget.spend('entries', unpaid);
      unpaid = 0;
    }
    if (code === 0) {
      depth--;
      if (frame.depth === depth) {
        if (frame.scope >= 0) scopes.close(frame.scope, cursor.position);
        frame = frames.pop()!;
      }
      continue;
    }
    const abbreviation = unit.abbreviation(code);
    if (abbreviation.role === 'closed') {
      skipClosed(unit, cursor, offset);
      continue;
    }
    abbreviation.skip(cursor);
    switch (abbreviation.role) {
      case 'code': {
        const found: FoundSubprogram = { offset, parameters: [], variadic: false };
        subprograms.push(found);
        if (abbreviation.hasChildren) enter(depth, found, openSubprogram(scopes, offset, frame.scope));
        break;
      }
      case 'declaration':
        // Outside of scopes there is nothing to hide.
        if (abbreviation.hasChildren && frame.scope >= 0) {
          enter(depth, null, openSubprogram(scopes, offset, frame.scope));
        }
        break;
      case 'scope':
        enter(depth, null, scopes.open(offset, frame.scope, false));
        break;
      case 'parameter':
        if (frame.depth === depth - 1) frame.subprogram?.parameters.push(offset);
        break;
      case 'variadic':
        if (frame.depth === depth - 1 && frame.subprogram) frame.subprogram.variadic = true;
        break;
      case 'none':
        break;
    }
    if (abbreviation.hasChildren) depth++;
  } while (depth > 0 && !cursor.done);
  budget.spend('entries', unpaid);
}

function openSubprogram(scopes: Scopes, offset: number, parent: number): number {
  return parent >= 0 ? scopes.open(offset, parent, true) : -1;
}

/** By DW_AT_sibling where it leads forward (section 2.3), else entry by entry. */
function skipClosed(unit: Unit, cursor: Cursor, offset: number): void {
  const entry = unit.entryAt(offset);
  const sibling = entry.siblingOffset();
  cursor.position = entry.end;
  if (sibling !== null && sibling > entry.end && sibling <= unit.end) cursor.position = sibling;
  else unit.skipChildren(cursor);
}

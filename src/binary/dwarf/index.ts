/**
 * Debugging information: which functions the compiler says a file has. DWARF 4 and 5 as GCC and Clang write
 * them (2 and 3 come along, being parts of 4).
 */

import { unsupported } from '../../error.ts';
import { AT, UT } from './constants.ts';
import { CutList } from './cut-list.ts';
import { FileTables } from './line-header.ts';
import { DebugSections, type DebugSource } from './sections.ts';
import { readSubprogram, type Context, type Subprogram } from './subprograms.ts';
import { TypeNames } from './types.ts';
import { Units, type Unit } from './unit.ts';

export type { AddressRange } from './ranges.ts';
export type { DebugSource } from './sections.ts';
export type { Parameter, Subprogram } from './subprograms.ts';
export type { TypeClass } from './type-class.ts';

export interface DebugInfo {
  /** Those with code, in the order of the file. */
  subprograms: Subprogram[];
}

/**
 * Reads the functions that the debugging information describes; none where a file has no debugging
 * information. What is damaged is left out and becomes a cut of `source.budget`.
 *
 *     for (const { name, entry } of readSubprograms(binary).subprograms) console.log(name, entry);
 *
 * @throws BinscribeError of kind `unsupported` where all of it is in other files (split DWARF).
 */
export function readSubprograms(source: DebugSource): DebugInfo {
  const { budget } = source;
  const subprograms: Subprogram[] = [];
  const cuts = new CutList(budget);
  if (source.sectionData('.debug_info.dwo')) throw splitError('this is one of its .dwo files');
  noteSupplement(source, cuts);

  const split: string[] = [];
  let whole = 0;
  const readUnits = (): void => {
    const sections = new DebugSections(source);
    const units = new Units(sections, cuts);
    const context: Context = {
      types: new TypeNames(),
      files: new FileTables(sections),
      memory: source.memory,
    };
    for (const unit of units.all) {
      // Outside of the attempts below: a budget that is used up ends the loop and not one unit.
      budget.spend('entries');
      budget.checkTime();
      const where = `.debug_info unit at 0x${unit.start.toString(16)}`;
      cuts.attempt(where, () => {
        const elsewhere = dwoNameOf(unit);
        if (elsewhere !== null) {
          split.push(elsewhere);
          return;
        }
        if (unit.header.type === UT.compile) whole++;
        readUnit(unit, context, cuts, subprograms);
      });
    }
  };
  budget.attempt('debugging information', readUnits, undefined);

  if (split.length > 0 && whole === 0) throw splitError(`the entries are in ${split[0]}`);
  for (const name of split) cuts.add('.debug_info', `split DWARF: the entries are in ${name}`);
  cuts.finish();
  return { subprograms };
}

function readUnit(unit: Unit, context: Context, cuts: CutList, subprograms: Subprogram[]): void {
  const where = `.debug_info unit at 0x${unit.start.toString(16)}`;
  for (const found of unit.contents.subprograms) {
    unit.units.sections.budget.spend('entries');
    cuts.attempt(`.debug_info subprogram at 0x${found.offset.toString(16)}`, () => {
      const subprogram = readSubprogram(unit, found, context);
      if (subprogram) subprograms.push(subprogram);
    });
  }
  const { damage } = unit.contents;
  if (damage !== null) cuts.add(where, damage);
}

/** The file that holds the entries of a skeleton unit (DWARF 5 section 3.1.2, and GNU's before it). */
function dwoNameOf(unit: Unit): string | null {
  const name = unit.root.text(AT.dwoName) ?? unit.root.text(AT.gnuDwoName);
  return unit.header.type === UT.skeleton ? (name ?? 'an unnamed file') : name;
}

function splitError(which: string): Error {
  return unsupported(
    `split DWARF (-gsplit-dwarf) is not read: ${which}`,
    'Build without -gsplit-dwarf, or give the program without debugging information.',
  );
}

/** dwz moves what several files share into one more file; references into it are taken as absent. */
function noteSupplement(source: DebugSource, cuts: CutList): void {
  for (const section of ['.gnu_debugaltlink', '.debug_sup']) {
    if (source.sectionData(section))
      cuts.add(section, 'names and types in the supplementary file are not read');
  }
}

/** What stripping leaves of names: those by which a program asks for what other files define. */

import type { Binary } from '../binary/binary.ts';
import { R_X86_64, SHN } from '../binary/elf/constants.ts';

/** Name of what is elsewhere, by the address of its stub, of its slot, or of the copy that the loader makes of it. */
export type VisibleNames = ReadonlyMap<number, string>;

/** What compilers make of names in C and C++. A hostile file has others, with line ends say. */
const NAME = /^[\w.$]{1,512}$/;

export const NO_NAMES: VisibleNames = new Map();

/**
 * What the program defines itself is left out though a library's exports have their names: a function's own name must
 * not stand in its code where it is what is asked for.
 *
 * @param isShown of an object that nothing has linked, whether the program that it becomes part of still has the name
 */
export function visibleNames(binary: Binary, isShown: (name: string) => boolean = () => true): VisibleNames {
  const visible = new Map<number, string>();
  const add = (address: number, name: string): void => {
    if (NAME.test(name)) visible.set(address, name);
  };
  if (binary.kind === 'relocatable') {
    for (const [address, name] of binary.imports) if (isShown(name)) add(address, name);
    return visible;
  }
  const own = new Set<string>();
  for (const { section, name } of binary.symbols) if (section !== SHN.UNDEF) own.add(name);
  for (const [address, name] of binary.imports) if (!own.has(name)) add(address, name);
  for (const { type, address, symbol } of binary.relocations) {
    if (type === R_X86_64.COPY) add(address, symbol);
  }
  return visible;
}

/** Who compiled a ready program, and at which level: as far as it says so itself. */

import type { Binary } from '../../binary/binary.ts';
import type { Subprogram } from '../../binary/dwarf/index.ts';
import { UNKNOWN, type FunctionRow } from '../row.ts';
import { LEVELS, type Level } from '../toolchain.ts';

export type Producer = Pick<FunctionRow, 'compiler' | 'optimization'>;

const NOBODY: Producer = { compiler: UNKNOWN, optimization: UNKNOWN };

/** `GNU C17 12.2.0 -O2 …`, but for the assembler; `Debian clang version 14.0.6`; in `.comment` `GCC: (Debian …) 12.2.0`. */
const GNU = /^GNU (?!AS )\w\S* (\d+)\.\d/;
const GCC_COMMENT = /^GCC: \(.*\) (\d+)\.\d/;
const CLANG = /\bclang version (\d+)\.\d/;
/** What linkers add to the comments of the objects that they join. */
const LINKER = /^Linker: /;

/** What debug information says of one function (DW_AT_producer). */
export function producerOf(subprogram: Subprogram | null): Producer {
  const producer = subprogram?.producer ?? null;
  if (producer === null) return NOBODY;
  const compiler = compilerOf(producer);
  return { compiler, optimization: compiler === UNKNOWN ? UNKNOWN : levelOf(producer) };
}

/** What `.comment` says of a file without debug information: something only where all of it was made by one compiler. */
export function producerOfFile(binary: Binary): Producer {
  const comment = binary.sectionData('.comment');
  if (!comment) return NOBODY;
  const makers = new TextDecoder().decode(comment.subarray(0, LONGEST_COMMENT)).split('\0');
  const compilers = new Set(makers.filter((text) => text !== '' && !LINKER.test(text)).map(compilerOf));
  const [compiler] = compilers;
  return compilers.size === 1 ? { ...NOBODY, compiler } : NOBODY;
}

/** A line for each compiler that had a part in a program: dozens of bytes. */
const LONGEST_COMMENT = 64 * 1024;

function compilerOf(text: string): string {
  const gcc = (GNU.exec(text) ?? GCC_COMMENT.exec(text))?.[1];
  if (gcc !== undefined) return `gcc-${gcc}`;
  const clang = CLANG.exec(text)?.[1];
  return clang === undefined ? UNKNOWN : `clang-${clang}`;
}

/** Of several levels a compiler takes the last. Where its options are recorded and name none it is -O0. */
function levelOf(producer: string): Producer['optimization'] {
  const options = producer.split(' ').filter((word) => word.startsWith('-'));
  const last = options.findLast((word) => word.startsWith('-O'));
  if (last === undefined) return options.length > 0 ? 'O0' : UNKNOWN;
  const level = last === '-O' ? 'O1' : last.slice(1);
  return LEVELS.includes(level as Level) ? (level as Level) : UNKNOWN;
}

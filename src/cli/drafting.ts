/** Drafts of source in `explain`: who compiles them again on this machine. */

import { openSandbox } from '../corpus/sandbox.ts';
import { type Compiler, findCompiler } from '../corpus/toolchain.ts';
import { BinscribeError } from '../error.ts';
import type { Drafting } from '../explain/drafting.ts';
import { SandboxRecompiler } from '../tasks/drafts/sandbox-recompiler.ts';
import type { Session } from './session.ts';

/** As Debian names them, the first of each family that is there: the releases whose code the models have seen. */
const COMPILERS = ['gcc-12', 'gcc-11', 'gcc-13', 'gcc-14', 'clang-19', 'clang-14', 'clang-16', 'clang-15'];

/**
 * Where no sandbox or no compiler is there, drafts are given unchecked, and why is told.
 *
 * Call `close` at the end.
 *
 * @param functions that are wanted
 * @throws BinscribeError of kind `usage` where no function is named
 */
export function openDrafting(
  functions: readonly string[],
  session: Pick<Session, 'stderr'>,
): Drafting & { close(): void } {
  if (functions.length === 0) {
    throw new BinscribeError('usage', '--source is of single functions, and none is named', {
      hint: 'Name them: --function main --source',
    });
  }
  try {
    const recompiler = new SandboxRecompiler(openSandbox(), compilersHere());
    return { recompiler, close: () => recompiler.close() };
  } catch (error) {
    if (!(error instanceof BinscribeError && error.kind === 'missing')) throw error;
    session.stderr.write(`drafts are not compiled again: ${error.message}\n`);
    return { recompiler: null, close: () => undefined };
  }
}

/** @throws BinscribeError of kind `missing` where there is none */
function compilersHere(): Compiler[] {
  const found: Compiler[] = [];
  let failure: unknown;
  for (const name of COMPILERS) {
    try {
      found.push(findCompiler(name));
    } catch (error) {
      failure ??= error;
    }
  }
  if (found.length === 0) throw failure;
  return found;
}

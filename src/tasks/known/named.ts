/** Programs whose functions have names: what their symbols say, of one file or of all members of a static library. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isArchive } from '../../binary/archive.ts';
import { findFunctions } from '../../binary/functions.ts';
import { openBinary } from '../../binary/open.ts';
import { disassemble } from '../../binary/x86/disassemble.ts';
import { BinscribeError, describeError } from '../../error.ts';
import type { FunctionInput } from '../../models/model.ts';

export interface NamedProgram {
  /** The file's name, without what every library's has. */
  readonly from: string;
  readonly functions: readonly FunctionInput[];
  /** One for each of the functions, in order. */
  readonly names: readonly string[];
}

/** What compilers append to the name of a copy that they make of a function. */
const COPY = /\.(?:constprop|part|isra|cold|localalias)(?:\.\d+)*/g;

/**
 * The functions of a file that have symbols. The members of a library are put together by `ld -r`, in their order, as they
 * would be inside a program that has all of them.
 * @throws BinscribeError as the reader throws, `missing` for a library without a linker, `unreadable` where the linker refuses it
 */
export async function namedProgram(path: string, bytes: Uint8Array): Promise<NamedProgram> {
  const binary = openBinary(isArchive(bytes) ? await linked(path) : bytes);
  const named = findFunctions(binary).filter(({ kind, symbol }) => kind === 'function' && symbol !== null);
  return {
    from: basename(path).replace(/\.(?:a|so(?:\.[0-9]+)*)$/, ''),
    functions: named.map((found) => ({
      address: found.address,
      size: found.size,
      code: binary.memory.slice(found.address, found.size),
      body: disassemble(binary, found),
    })),
    names: named.map(({ symbol }) => symbol!.replaceAll(COPY, '')),
  };
}

async function linked(path: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'binscribe-library-'));
  const object = join(folder, 'all.o');
  try {
    await promisify(execFile)('ld', ['-r', '--whole-archive', '-o', object, resolve(path)]);
    return new Uint8Array(await readFile(object));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new BinscribeError(isMissing ? 'missing' : 'unreadable', `${path}: ld: ${describeError(error)}`, {
      ...(isMissing && { hint: 'Debian has it in the package binutils.' }),
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

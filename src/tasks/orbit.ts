/**
 * The functions of "On the Role of Pre-trained Embeddings in Binary Code Analysis" (GitHub a0x77n/orbit-dataset):
 * older compilers, other packages. Read for judging only; its licence is not stated, so nothing of it is kept.
 */

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { disassembleRange } from '../binary/x86/disassemble.ts';
import { BinscribeError, corrupt, describeError, describeIssue } from '../error.ts';
import { exactHash, normalizedHash } from '../tokens/normalize.ts';
import type { LabelledProgram } from './labelled.ts';

/** The study's test packages. */
export const ORBIT_TEST = ['inetutils', 'sg3-utils', 'usbutils', 'util-linux'] as const;

const functionShape = z.object({
  src_deb: z.string(),
  version: z.string(),
  /** `GNU C17`, `Debian clang version 11.0.1-2`. */
  compiler: z.string(),
  optimization_option: z.string(),
  deb: z.string(),
  binary: z.string(),
  function: z.string(),
  full_path: z.string().nullable(),
  bytes: z.string(),
  addr: z.number(),
  signature: z.object({ parameter_list: z.array(z.unknown()) }),
});

type OrbitFunction = z.infer<typeof functionShape>;

/** The largest list of functions in it has 400 MB of text. */
const MOST_TEXT = 2 ** 30;

/** Whether the packages are there: asked before the work. @throws BinscribeError of kind `unreadable`. */
export function checkOrbit(directory: string, packages: readonly string[]): void {
  for (const name of packages) list(join(directory, 'fundump', name));
}

/**
 * Programs of the given packages.
 *
 * @param directory The folder that holds `fundump/`.
 * @param isKnown Whether a normalised hash is one of the training side's: such functions are marked as leaks.
 * @throws BinscribeError: `unreadable`, `corrupt`, or `missing` without the tool `xz`.
 */
export async function* orbitPrograms(
  directory: string,
  packages: readonly string[],
  isKnown: (normalizedHash: string) => boolean,
): AsyncGenerator<LabelledProgram> {
  const seen = new Set<string>();
  for (const name of packages) {
    const folder = join(directory, 'fundump', name);
    for (const build of list(folder)) {
      for (const file of list(join(folder, build))) {
        for (const functions of byBinary(readList(join(folder, build, file)))) {
          yield programOf(functions, seen, isKnown);
        }
      }
    }
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw new BinscribeError(
      'unreadable',
      `${folder}: no part of the orbit data set: ${describeError(error)}`,
      {
        hint: 'Name the folder that holds `fundump/` of the data set a0x77n/orbit-dataset.',
      },
    );
  }
}

function readList(path: string): OrbitFunction[] {
  let text: string;
  try {
    text = execFileSync('xz', ['--decompress', '--stdout', path], { encoding: 'utf8', maxBuffer: MOST_TEXT });
  } catch (error) {
    throw new BinscribeError('missing', `xz cannot read ${path}: ${describeError(error)}`, {
      hint: 'Install the package xz-utils.',
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw corrupt(`${path}: ${describeError(error)}`);
  }
  const parsed = z.array(functionShape).safeParse(value);
  if (!parsed.success) throw corrupt(`${path}: ${describeIssue(parsed.error.issues)}`);
  return parsed.data;
}

function byBinary(functions: readonly OrbitFunction[]): OrbitFunction[][] {
  const groups = new Map<string, OrbitFunction[]>();
  for (const item of functions) {
    // Labels are compilations' own: one program of two levels is two.
    const key = [item.binary, item.compiler, item.optimization_option].join('\0');
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

function programOf(
  items: readonly OrbitFunction[],
  seen: Set<string>,
  isKnown: (normalizedHash: string) => boolean,
): LabelledProgram {
  const [first] = items;
  const compiler = /clang/i.test(first.compiler) ? 'clang' : 'gcc';
  const optimization = first.optimization_option.replace('-', '');
  const program: LabelledProgram = {
    package: first.src_deb,
    version: first.version,
    compiler,
    optimization,
    binary: `${first.deb}/${basename(first.binary)}`,
    functions: [],
    labels: [],
  };
  for (const item of items) {
    const code = Uint8Array.from(Buffer.from(item.bytes, 'hex'));
    const body = disassembleRange(code, item.addr);
    const hash = normalizedHash(body);
    const key = [hash, compiler, optimization].join();
    program.functions.push({ address: item.addr, size: code.length, code, body });
    program.labels.push({
      name: item.function,
      arguments: item.signature.parameter_list.length,
      types: [],
      sourceFile: item.full_path,
      comment: null,
      exactHash: exactHash(code),
      normalizedHash: hash,
      duplicate: seen.has(key),
      leak: isKnown(hash),
    });
    seen.add(key);
  }
  return program;
}

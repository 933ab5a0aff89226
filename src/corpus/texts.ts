/**
 * What the sources of a package say of its functions: their definitions, and the comments that describe them. A step
 * like the building of a unit: idempotent, its result addressed by what decides it.
 */

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BinscribeError } from '../error.ts';
import { functionsOf } from './c/functions.ts';
import { type CommentStyle, humanText, type NoDescription } from './comments/index.ts';
import { type BuildContext, Desk } from './desk.ts';
import { contentKey } from './hash.ts';
import { filesUnder } from './programs.ts';
import { compareText } from './text.ts';
import type { Unit } from './unit-key.ts';

/** Goes into every key: raise it when what is read of sources changes. */
const TEXTS_VERSION = 2;

/** C, its headers, what yacc and lex make it of, and what is included under other names (bash's builtins, gnulib). */
const SUFFIXES = new Set(['.c', '.h', '.y', '.l', '.def', '.inc', '.x']);
/** SQLite in one file has 9 MB; more is data. */
const LARGEST = 32 * 2 ** 20;

export interface FunctionText {
  /** Path inside the package. */
  readonly file: string;
  readonly name: string;
  readonly line: number;
  readonly source: string;
  readonly comment: string | null;
  readonly style: CommentStyle | null;
}

/** Functions of a package's sources, and what stands above them. */
export interface TextCounts {
  functions: number;
  described: number;
  /** Comments that describe nothing, by why. */
  rejected: Partial<Record<NoDescription, number>>;
}

export interface PackageTexts {
  readonly counts: TextCounts;
  readonly functions: readonly FunctionText[];
}

/** @throws BinscribeError where the source cannot be unpacked, and of kind `interrupted` */
export async function readTexts(unit: Unit, context: BuildContext): Promise<PackageTexts> {
  const { place, signal } = context;
  const { name, version, files } = unit.source;
  const key = contentKey(JSON.stringify([TEXTS_VERSION, name, version, files]));
  const target = place.texts(key);
  if (!existsSync(target)) {
    const desk = new Desk(unit, context);
    const partial = place.partial(`${key}.json`);
    try {
      await desk.unpackSource();
      writeFileSync(partial, JSON.stringify(await textsOf(desk.tree, signal)));
      place.settle(partial, target);
    } finally {
      desk.clear();
      rmSync(partial, { force: true });
    }
  }
  return JSON.parse(readFileSync(target, 'utf8')) as PackageTexts;
}

async function textsOf(tree: string, signal: AbortSignal | undefined): Promise<PackageTexts> {
  const counts: TextCounts = { functions: 0, described: 0, rejected: {} };
  const functions: FunctionText[] = [];
  for (const file of [...filesUnder(tree)].sort(compareText)) {
    const path = join(tree, file);
    if (!SUFFIXES.has(extname(file)) || statSync(path).size > LARGEST) continue;
    for (const { name, line, text, comment } of functionsOf(decode(readFileSync(path)))) {
      counts.functions++;
      const human = comment === null ? null : humanText(comment, { name, text });
      const found = { file, name, line, source: text };
      if (human && human.text !== null) {
        counts.described++;
        functions.push({ ...found, comment: human.text, style: human.style });
        continue;
      }
      if (human) counts.rejected[human.why] = (counts.rejected[human.why] ?? 0) + 1;
      functions.push({ ...found, comment: null, style: null });
    }
    await nextTurn();
    if (signal?.aborted) throw new BinscribeError('interrupted', 'interrupted');
  }
  return { counts, functions };
}

/** Old sources are in Latin-1, as a rule. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

/** Finds the text of a function by what its debug information says of where it is declared. */
export class TextIndex {
  private readonly byName = new Map<string, FunctionText[]>();
  private readonly byLine = new Map<string, FunctionText>();

  constructor(functions: readonly FunctionText[]) {
    for (const one of functions) {
      const key = `${one.file}\0${one.name}`;
      const same = this.byName.get(key) ?? [];
      this.byName.set(key, same);
      same.push(one);
      this.byLine.set(`${one.file}\0${one.line}`, one);
    }
  }

  /** Of several of one name in a file (branches of `#if`) the nearest; of a name that a macro makes, by its line. */
  find(file: string | null, name: string, line: number): FunctionText | null {
    if (file === null) return null;
    const same = this.byName.get(`${file}\0${name}`);
    if (!same) return this.byLine.get(`${file}\0${line}`) ?? null;
    return same.reduce((a, b) => (Math.abs(b.line - line) < Math.abs(a.line - line) ? b : a));
  }
}

/** Functions that shall be known, with their vectors and what their programmers say of them. */

import { KnownFunctionsBuilder } from '../../models/known/build.ts';
import { findByHash, type KnownFunctions } from '../../models/known/index.ts';
import type { KnownVectors } from '../../models/known/join.ts';
import type { Quotation } from '../../models/known/texts.ts';
import type { KnowingModel } from '../../models/inspection.ts';
import { withoutPadding } from '../../tokens/normalize.ts';
import { NO_PAIRS } from '../encoder/known.ts';
import type { LabelledProgram } from '../labelled.ts';
import { quote } from './quote.ts';
import type { KnownRecipe } from './recipe.ts';

/** A function of a program that is read, known or not. */
export interface ReadFunction {
  readonly name: string;
  readonly normalizedHash: string;
  /** Instructions, padding left out. */
  readonly length: number;
  /** Whether an earlier one of the same compiler and level has its code. */
  readonly duplicate: boolean;
}

/** The functions of a program by address, without those that are too small. */
export interface ReadProgram {
  readonly package: string;
  readonly functions: readonly ReadFunction[];
}

export interface Collected extends KnownVectors {
  readonly quotations: readonly Quotation[];
  readonly programs: readonly ReadProgram[];
  /** Of each function that was read, by the hash of its code. */
  readonly vectorOf: ReadonlyMap<string, Float32Array>;
}

/** @param progress told how many functions were read */
export async function collectKnown(
  programs: AsyncIterable<LabelledProgram>,
  model: KnowingModel,
  recipe: KnownRecipe,
  progress: (functions: number) => void,
): Promise<Collected> {
  const builder = new KnownFunctionsBuilder();
  const vectorOf = new Map<string, Float32Array>();
  const taken = new Set<string>();
  const texts = new Texts();
  const seen: ReadProgram[] = [];
  let read = 0;
  for await (const program of programs) {
    const { package: from, version, compiler, optimization, functions, labels } = program;
    if (quotes(recipe, program)) for (const label of labels) texts.add(from, label);
    const isTaken = takes(recipe, program);
    read += functions.length;
    progress(read);
    if (!isTaken && !recipe.company) continue;
    const large = functions
      .map(({ address, body }, i) => ({
        address,
        ...labels[i],
        length: withoutPadding(body.instructions).length,
      }))
      .filter(({ length }) => length >= recipe.floor)
      .sort((a, b) => a.address - b.address);
    await addVectors(vectorOf, large, program, model);
    if (recipe.company) seen.push({ package: from, functions: large });
    if (!isTaken) continue;
    for (const { name, exactHash, normalizedHash, length } of large) {
      const origin = { package: from, version, compiler, optimization };
      builder.add({ name, origin, exactHash, normalizedHash, length, pairs: NO_PAIRS });
      taken.add(normalizedHash);
    }
  }
  const known = builder.build();
  const vectors = vectorsByEntry(
    known,
    [...taken].map((hash) => [hash, vectorOf.get(hash)!]),
  );
  return { known, vectors, quotations: texts.quotations(), programs: seen, vectorOf };
}

/** @param vectors by the hash of the code: one for each entry @returns [entries, size], flat */
export function vectorsByEntry(
  known: KnownFunctions,
  vectors: readonly (readonly [hash: string, vector: Float32Array])[],
): Float32Array {
  const size = vectors.length === 0 ? 1 : vectors[0][1].length;
  const flat = new Float32Array(known.entries * size);
  for (const [hash, vector] of vectors) flat.set(vector, findByHash(known, hash) * size);
  return flat;
}

/** Vectors of the code that has none yet. */
async function addVectors(
  vectorOf: Map<string, Float32Array>,
  large: readonly { address: number; normalizedHash: string }[],
  { functions }: LabelledProgram,
  model: KnowingModel,
): Promise<void> {
  const fresh = new Map(
    large.filter((one) => !vectorOf.has(one.normalizedHash)).map((one) => [one.address, one.normalizedHash]),
  );
  const asked = functions.filter(({ address }) => fresh.has(address));
  const inspections = await model.inspect({ functions, wanted: new Set(fresh.keys()), imports: new Map() });
  inspections.forEach(({ vector }, i) => vectorOf.set(fresh.get(asked[i].address)!, vector!));
}

/** `libz.so`, `libz.so.1.2.13` */
const SHARED = /\.so(?:\.[0-9]+)*$/;

function takes(
  recipe: KnownRecipe,
  { package: from, compiler, optimization, binary }: LabelledProgram,
): boolean {
  if (!recipe.packages.includes(from) || (recipe.libraries && !SHARED.test(binary))) return false;
  return recipe.builds?.includes(`${compiler} ${optimization}`) ?? true;
}

/** Programs beside a library are often under another licence than it is. */
function quotes(
  { packages, libraries, quoted }: KnownRecipe,
  { package: from, binary }: LabelledProgram,
): boolean {
  if (!quoted.includes(from)) return false;
  return !packages.includes(from) || !libraries || SHARED.test(binary);
}

/** What is said of functions by package and name; of two that are called the same in a package nothing, unless it is the same. */
class Texts {
  private readonly said = new Map<string, Quotation | null>();

  add(from: string, { name, comment }: { name: string; comment: string | null }): void {
    const text = comment === null ? null : quote(comment);
    if (text === null) return;
    const key = `${from}\0${name}`;
    const before = this.said.get(key);
    if (before === undefined) this.said.set(key, { package: from, name, text });
    else if (before !== null && before.text !== text) this.said.set(key, null);
  }

  quotations(): Quotation[] {
    return [...this.said.values()].filter((one) => one !== null);
  }
}

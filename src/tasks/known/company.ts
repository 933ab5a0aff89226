/**
 * How sure names are in the company of others, learned from programs: each function is looked up among what is known of other
 * packages than its own, as it is in a program that nobody has seen but for what it has of others.
 */

import { NearestVectors } from '../../models/encoder/nearest.ts';
import { type EncoderModelParts, MOST_FOUND, similar } from '../../models/encoder/model.ts';
import {
  type Candidate,
  type Company,
  COMPANY_FEATURES,
  companyFeatures,
} from '../../models/known/company.ts';
import { findByHash, isSeenIn, type KnownFunctions } from '../../models/known/index.ts';
import type { KnownVectors } from '../../models/known/join.ts';
import { probabilityOf } from '../../models/linear/described.ts';
import { trainLogistic } from '../../models/linear/logistic.ts';
import { denseRow, type SparseVector, stackRows } from '../../models/linear/sparse.ts';
import { type Found, scoredNames } from '../../models/names.ts';
import type { Runtime } from '../../nn/runtime.ts';
import { thresholdFor } from '../naming.ts';
import type { Collected, ReadFunction, ReadProgram } from './collect.ts';
import type { KnownRecipe } from './recipe.ts';

/** Entries looked at, of which those of the own package are left out: of a large one most are. */
const MOST_LOOKED_AT = 10 * MOST_FOUND;

export interface CompanyOptions {
  /** What the encoder knows and what is added, as one. */
  readonly joined: KnownVectors;
  /** How the encoder names functions by themselves. */
  readonly names: EncoderModelParts['names'];
  readonly runtime: Runtime;
  readonly progress: (programs: number, all: number) => void;
}

/** The functions of programs, with what is known of them but for their own packages: one for each of the large functions. */
type Looked = readonly (ReadFunction & { readonly candidates: readonly Candidate[] })[];

export async function learnCompany(
  { programs, vectorOf }: Pick<Collected, 'programs' | 'vectorOf'>,
  { precision, penalty }: NonNullable<KnownRecipe['company']>,
  { joined, names, runtime, progress }: CompanyOptions,
): Promise<Company> {
  const size = joined.vectors.length / joined.known.entries;
  const nearest = await NearestVectors.open(runtime, joined.vectors, size, MOST_LOOKED_AT);
  const rows: SparseVector[] = [];
  const right: number[] = [];
  const answers: { isRight: boolean; features: number[] }[][] = [];
  for (const [i, program] of programs.entries()) {
    const looked = await lookUp(program, vectorOf, joined.known, nearest, names);
    const features = companyFeatures(looked.map(({ candidates }) => candidates));
    looked.forEach(({ name, duplicate, candidates }, place) => {
      if (duplicate || candidates.length === 0) return;
      const own = candidates.map((one, k) => ({
        isRight: one.name === name,
        features: features[place][k],
      }));
      for (const one of own) {
        rows.push(denseRow(one.features));
        right.push(Number(one.isRight));
      }
      answers.push(own);
    });
    progress(i + 1, programs.length);
  }
  await nearest.close();
  // Four features: the optimiser ends by itself long before.
  const matrix = stackRows(rows, COMPANY_FEATURES.length);
  const linear = trainLogistic(matrix, right, 2, { penalty, iterations: 1000 });
  const scored = answers.map((own) =>
    own
      .map(({ isRight, features }) => ({ isRight, score: probabilityOf(linear, features) }))
      .reduce((a, b) => (b.score > a.score ? b : a)),
  );
  return { linear, threshold: thresholdFor(scored, precision) };
}

async function lookUp(
  { package: own, functions }: ReadProgram,
  vectorOf: ReadonlyMap<string, Float32Array>,
  known: KnownFunctions,
  nearest: NearestVectors,
  names: EncoderModelParts['names'],
): Promise<Looked> {
  const hits = await nearest.search(functions.map((one) => vectorOf.get(one.normalizedHash)!));
  const accept = (origin: number): boolean => known.origins[origin].package !== own;
  return functions.map((one, i) => {
    const entry = findByHash(known, one.normalizedHash);
    const isSame = entry >= 0 && isSeenIn(known, entry, accept);
    const near = hits[i].filter((hit) => isSeenIn(known, hit.entry, accept)).slice(0, MOST_FOUND);
    const found: Found[] = [
      ...(isSame ? [{ entry, similarity: 1, match: 'normalized' } as const] : []),
      ...similar(near, entry, names.similarity),
    ];
    return { ...one, candidates: scoredNames(known, found, one.length, names.linear, accept) };
  });
}

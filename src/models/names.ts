/**
 * Names for a function from the known functions nearest to it, each with the probability that it is right. The
 * probability comes from a logistic regression on how near, how alone and how well attested a name is; it was
 * fitted on functions of packages that were left out of the index, so names that no index holds count as wrong.
 */

import type { FunctionBody } from '../binary/instruction.ts';
import { exactHash, normalizedHash } from '../tokens/normalize.ts';
import type { Candidate } from './known/company.ts';
import type { Neighbour, Quoted } from './model.ts';
import type { KnownTexts } from './known/texts.ts';
import { findByHash, hasExact, type KnownFunctions } from './known/index.ts';
import type { Hit } from './known/search.ts';
import { describeLinear, probabilityOf, readLinear } from './linear/described.ts';
import type { LinearModel } from './linear/logistic.ts';

/** A known function near the asked one. */
export interface Found extends Hit {
  match: Neighbour['match'];
}

export interface NameCandidate {
  name: string;
  /** Cosine of the best entry under this name. */
  similarity: number;
  /** Packages in which it is borne. */
  packages: ReadonlySet<string>;
  /** Inputs of the regression, in the order of `NAME_FEATURES`. */
  features: number[];
}

/** What the regression sees. The order is written into model folders. */
export const NAME_FEATURES = [
  'same code',
  'nearness',
  'length',
  'nearness x length',
  'gap',
  'support',
  'share',
  'packages',
  'same code x length',
  'first',
] as const;

/** Names considered: whatever stands fourth is never right. */
const MOST_CANDIDATES = 3;
/** Keeps the logarithm of the distance finite; two functions that differ in one pair of hundred are about here. */
const NEAREST = 0.01;
/** Neighbours count with this power of their cosine: at 0.8 a neighbour weighs a sixth of an equal one. */
const SUPPORT_POWER = 8;

/**
 * @param found Best first.
 * @param length Instructions of the asked function, padding left out.
 * @param accept Origins to be taken into account; all by default.
 * @returns Best first, at most three.
 */
export function nameCandidates(
  known: KnownFunctions,
  found: readonly Found[],
  length: number,
  accept: (origin: number) => boolean = () => true,
): NameCandidate[] {
  const byName = new Map<number, { best: Found; share: number; support: number; packages: Set<string> }>();
  let allSupport = 0;
  for (const hit of found) {
    const seen = namesOf(known, hit.entry, accept);
    let occurrences = 0;
    for (const packages of seen.values()) occurrences += packages.size;
    for (const [name, packages] of seen) {
      const share = packages.size / occurrences;
      const support = share * hit.similarity ** SUPPORT_POWER;
      allSupport += support;
      const entry = byName.get(name);
      if (entry) {
        entry.support += support;
        for (const p of packages) entry.packages.add(p);
      } else {
        byName.set(name, { best: hit, share, support, packages: new Set(packages) });
      }
    }
  }
  const ranked = [...byName].sort(
    ([nameA, a], [nameB, b]) =>
      b.best.similarity - a.best.similarity ||
      rankOf(a.best.match) - rankOf(b.best.match) ||
      b.share - a.share ||
      b.support - a.support ||
      nameA - nameB,
  );
  return ranked.slice(0, MOST_CANDIDATES).map(([name, { best, share, support, packages }], rank) => {
    const rival = ranked[rank === 0 ? 1 : 0] as (typeof ranked)[number] | undefined;
    const same = best.match === 'similar' ? 0 : 1;
    const nearness = -Math.log(1 + NEAREST - best.similarity);
    const size = Math.log(length);
    return {
      name: known.names[name],
      similarity: best.similarity,
      packages,
      features: [
        same,
        nearness,
        size,
        nearness * size,
        rival ? best.similarity - rival[1].best.similarity : best.similarity,
        support / allSupport,
        share,
        Math.log(packages.size),
        same * size,
        rank === 0 ? 1 : 0,
      ],
    };
  });
}

function rankOf(match: Neighbour['match']): number {
  return match === 'similar' ? 1 : 0;
}

/** Number of a name → packages in which the entry bears it. */
function namesOf(
  known: KnownFunctions,
  entry: number,
  accept: (origin: number) => boolean,
): Map<number, Set<string>> {
  const names = new Map<number, Set<string>>();
  for (let i = known.occurrenceStarts[entry]; i < known.occurrenceStarts[entry + 1]; i++) {
    const origin = known.occurrenceOrigins[i];
    if (!accept(origin)) continue;
    let packages = names.get(known.occurrenceNames[i]);
    if (!packages) names.set(known.occurrenceNames[i], (packages = new Set()));
    packages.add(known.origins[origin].package);
  }
  return names;
}

/** The evidence for people: one neighbour for each name, best first, each with the first place it was seen in. */
export function neighboursOf(known: KnownFunctions, found: readonly Found[], most: number): Neighbour[] {
  const neighbours = new Map<string, Neighbour>();
  for (const { entry, similarity, match } of found) {
    for (let i = known.occurrenceStarts[entry]; i < known.occurrenceStarts[entry + 1]; i++) {
      const name = known.names[known.occurrenceNames[i]];
      if (neighbours.has(name)) continue;
      neighbours.set(name, { name, score: similarity, ...known.origins[known.occurrenceOrigins[i]], match });
      if (neighbours.size === most) return [...neighbours.values()];
    }
  }
  return [...neighbours.values()];
}

/** What the author of the nearest known function of that name says of it; null where nobody has said anything. */
export function quoted(
  known: KnownFunctions,
  texts: KnownTexts,
  found: readonly Found[],
  { name, score }: { name: string; score: number },
): Quoted | null {
  for (const { entry } of found) {
    for (let i = known.occurrenceStarts[entry]; i < known.occurrenceStarts[entry + 1]; i++) {
      if (known.names[known.occurrenceNames[i]] !== name) continue;
      const { package: from, version } = known.origins[known.occurrenceOrigins[i]];
      const text = texts.of(from, name);
      if (text !== undefined) return { text, score, name, package: from, version };
    }
  }
  return null;
}

/** The names of known functions near one, each with the probability that it is right, best first. @param accept as above */
export function scoredNames(
  known: KnownFunctions,
  found: readonly Found[],
  length: number,
  linear: LinearModel,
  accept?: (origin: number) => boolean,
): Candidate[] {
  return nameCandidates(known, found, length, accept)
    .map(({ name, packages, features }) => ({ name, packages, score: probabilityOf(linear, features) }))
    .sort((a, b) => b.score - a.score);
}

/** The known function of the same code, addresses normalised, where there is one. */
export function sameCode(known: KnownFunctions, body: FunctionBody, code: Uint8Array): Found[] {
  const entry = findByHash(known, normalizedHash(body));
  if (entry < 0) return [];
  const exact = hasExact(known, entry, exactHash(code));
  return [{ entry, similarity: 1, match: exact ? 'exact' : 'normalized' }];
}

/** The weight of each feature by its name. */
export function describeNameModel(linear: LinearModel): Record<string, number> {
  return describeLinear(linear, NAME_FEATURES);
}

/** The reverse. @throws BinscribeError of kind `corrupt` where a feature has no weight */
export function readNameModel(weights: Readonly<Record<string, number>>, where: string): LinearModel {
  return readLinear(weights, NAME_FEATURES, `${where}: names.weights`);
}

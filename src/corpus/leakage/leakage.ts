/** How much of one side of a data set is known to the other, by several measures, and how much repeats on a side. */

import type { Bands } from '../../metrics/near/minhash.ts';
import { SHINGLE, SHORTEST_SHINGLED } from '../../tokens/shingles.ts';
import type { Marks } from '../marks.ts';
import type { Split } from '../recipe.ts';
import type { FunctionRow } from '../row.ts';
import { compareText } from '../text.ts';
import type { PlaceTable } from './places.ts';
import { type NearExample, NONE, type Survey } from './survey.ts';

/**
 * By which a row leaks where the other side has: `exact` the same bytes; `normalized` the same instructions but for
 * addresses; `near` the same or similar instructions; `source` a function of the same name and text, whatever it was
 * compiled to; `file` one of the same name in a file of the same name, which other versions of a library have too; `text`
 * the same said of a function; `any` exact, near or source.
 */
export const MEASURES = ['exact', 'normalized', 'near', 'source', 'file', 'text', 'any'] as const;
export type Measure = (typeof MEASURES)[number];

/** Rows: all; those without normalised duplicates (`unique`); of these those that are no normalised leak. */
export interface Tally {
  rows: number;
  unique: number;
  unmarked: number;
}

export interface SideLeakage {
  total: Tally;
  /** Rows with a text: those that can leak by `text`. */
  described: Tally;
  /** Rows that leak. */
  leaks: Record<Measure, Tally>;
  /** Rows that repeat an earlier one of the side, its compiler and level. */
  repeats: { exact: number; normalized: number };
  /** Unique rows that have a near one, of another code, on their side, of their compiler and level. */
  near: number;
  /** Rows without the text of their definition, which cannot leak by `source`. */
  withoutSource: number;
}

/** What two packages of different sides have in common. */
export interface PackagePair {
  test: string;
  train: string;
  /** Different codes of the test package, and those that the other has the same or near. */
  codes: number;
  sharedCodes: number;
  /** Different definitions of the test package, and those that the other has. */
  sources: number;
  sharedSources: number;
}

export interface Leakage {
  /** How near codes were looked for: shingles of so many instructions, functions of so many and more. */
  near: {
    similarity: number;
    shingle: number;
    shortest: number;
    bands: Bands;
    /** Different codes, and those that are long enough. */
    codes: number;
    compared: number;
    /** Near pairs of some codes that were compared with all others, and how many of them the search finds. */
    recall: { pairs: number; found: number };
  };
  sides: Record<Split, SideLeakage>;
  /**
   * Packages, or groups of snippets, on both sides, with their rows of the test side. Each should lie on one; ready programs
   * are not split by what is in `package`.
   */
  onBothSides: { package: string; rows: number }[];
  /** Those that share most codes first; none of groups of snippets. */
  pairs: PackagePair[];
  examples: NearExample[];
}

/** Pairs of packages listed. */
const LISTED_PAIRS = 12;
/** Codes that are compared with all others: half a second for 100,000. */
const RECALL_QUERIES = 300;

type CountedRow = Pick<FunctionRow, 'split' | 'package' | 'compiler' | 'optimization'>;

const OTHER: Record<Split, Split> = { train: 'test', test: 'train' };

/** The second pass: counts rows in the order in which the survey learned them. */
export class LeakCounter {
  private readonly survey: Survey;
  private readonly sides: Record<Split, SideLeakage> = { train: noLeakage(), test: noLeakage() };
  private readonly masks: Record<Split, Uint32Array>;
  private readonly packages: Record<Split, Map<string, number>> = { train: new Map(), test: new Map() };
  private row = 0;

  constructor(survey: Survey) {
    this.survey = survey;
    this.masks = { train: survey.places.side('train'), test: survey.places.side('test') };
  }

  count(row: CountedRow, marks: Marks): void {
    const { survey } = this;
    const other = this.masks[OTHER[row.split]];
    const code = survey.codeOf.get(this.row);
    const source = survey.sourceOf.get(this.row);
    const file = survey.fileOf.get(this.row);
    const text = survey.textOf.get(this.row);
    this.row++;
    const near = survey.homes.some(code, other) || survey.near.some(code, other);
    const bySource = source !== NONE && survey.sources.some(source, other);
    const leaks: Record<Measure, boolean> = {
      exact: marks.exact_leak,
      normalized: marks.normalized_leak,
      near,
      source: bySource,
      file: file !== NONE && survey.files.some(file, other),
      text: text !== NONE && survey.texts.some(text, other),
      any: near || bySource || marks.exact_leak,
    };
    const side = this.sides[row.split];
    addTo(side.total, marks);
    if (text !== NONE) addTo(side.described, marks);
    for (const measure of MEASURES) if (leaks[measure]) addTo(side.leaks[measure], marks);
    if (marks.exact_duplicate) side.repeats.exact++;
    if (marks.normalized_duplicate) side.repeats.normalized++;
    else if (survey.near.has(code, survey.places.build(row.split, row))) side.near++;
    if (source === NONE) side.withoutSource++;
    const rows = this.packages[row.split];
    rows.set(row.package, (rows.get(row.package) ?? 0) + 1);
  }

  finish(): Leakage {
    const { sets, homes, compared, examples } = this.survey;
    const { train, test } = this.packages;
    return {
      near: {
        similarity: sets.similarity,
        shingle: SHINGLE,
        shortest: SHORTEST_SHINGLED,
        bands: sets.bands,
        codes: homes.length,
        compared,
        recall: sets.measureRecall(RECALL_QUERIES, 1),
      },
      sides: this.sides,
      onBothSides: [...test]
        .filter(([name]) => train.has(name) && !this.survey.ofPrograms)
        .map(([name, rows]) => ({ package: name, rows })),
      pairs: this.pairs(),
      examples,
    };
  }

  private pairs(): PackagePair[] {
    const { homes, near, sources, places } = this.survey;
    const { train, test } = this.packages;
    if (places.packages.length === 0) return [];
    const codes = this.shared(homes, near);
    const texts = this.shared(sources);
    return [...test.keys()]
      .flatMap((name) =>
        [...train.keys()].map((other) => {
          const key = pairKey(name, other);
          return {
            test: name,
            train: other,
            codes: codes.get(name) ?? 0,
            sharedCodes: codes.get(key) ?? 0,
            sources: texts.get(name) ?? 0,
            sharedSources: texts.get(key) ?? 0,
          };
        }),
      )
      .filter(({ sharedCodes, sharedSources }) => sharedCodes + sharedSources > 0)
      .sort(
        (a, b) =>
          b.sharedCodes - a.sharedCodes || compareText(pairKey(a.test, a.train), pairKey(b.test, b.train)),
      )
      .slice(0, LISTED_PAIRS);
  }

  /** How many things each package of the test side has, by its name, and how many of them each of the other side. */
  private shared(table: PlaceTable, alike?: PlaceTable): Map<string, number> {
    const { places } = this.survey;
    const bits = (split: Split): [name: string, bit: number][] =>
      [...this.packages[split].keys()].map((name) => [name, places.package(split, name)]);
    const [test, train] = [bits('test'), bits('train')];
    const counts = new Map<string, number>();
    const count = (key: string): unknown => counts.set(key, (counts.get(key) ?? 0) + 1);
    for (let thing = 0; thing < table.length; thing++) {
      const others = train.filter(([, bit]) => table.has(thing, bit) || alike?.has(thing, bit));
      for (const [name, bit] of test) {
        if (!table.has(thing, bit)) continue;
        count(name);
        for (const [other] of others) count(pairKey(name, other));
      }
    }
    return counts;
  }
}

function pairKey(test: string, train: string): string {
  return `${test}\0${train}`;
}

function addTo(tally: Tally, marks: Marks): void {
  tally.rows++;
  if (marks.normalized_duplicate) return;
  tally.unique++;
  if (!marks.normalized_leak) tally.unmarked++;
}

function noLeakage(): SideLeakage {
  const none = (): Tally => ({ rows: 0, unique: 0, unmarked: 0 });
  return {
    total: none(),
    described: none(),
    leaks: {
      exact: none(),
      normalized: none(),
      near: none(),
      source: none(),
      file: none(),
      text: none(),
      any: none(),
    },
    repeats: { exact: 0, normalized: 0 },
    near: 0,
    withoutSource: 0,
  };
}

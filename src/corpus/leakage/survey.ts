/**
 * The first pass over a data set's rows, and what is found by comparing them: which codes, sources and files of a
 * name occur where, and which codes are near one another.
 */

import { disassembleRange } from '../../binary/x86/disassemble.ts';
import { NearSets, type SearchOptions } from '../../metrics/near/near-sets.ts';
import { Random } from '../../random.ts';
import { murmur128Hex } from '../../tokens/hash.ts';
import { shingles } from '../../tokens/shingles.ts';
import { Uint32List } from '../../uint32-list.ts';
import type { Manifest } from '../manifest.ts';
import type { FunctionRow } from '../row.ts';
import { plainText } from '../text.ts';
import { Places, PlaceTable } from './places.ts';

export const SURVEYED = [
  'split',
  'package',
  'compiler',
  'optimization',
  'name',
  'source',
  'source_file',
  'text',
  'address',
  'code',
  'normalized_hash',
] as const;

type SurveyedRow = Pick<FunctionRow, (typeof SURVEYED)[number]>;

/** The first row that has a code. */
export type CodeLabel = Pick<FunctionRow, 'package' | 'compiler' | 'optimization' | 'name'>;

/** Two near codes, one of each side, neither of which occurs on the other. */
export interface NearExample {
  similarity: number;
  test: CodeLabel;
  train: CodeLabel;
}

/** Stands for what a row does not have. */
export const NONE = 0xffffffff;

/** Examples kept: enough to see whether near codes are what they claim. */
const EXAMPLES = 8;

/**
 * Memory grows with the different codes (their shingles, and about 500 bytes each) and by 16 bytes with each row. A
 * code is all rows of one normalised hash; of these the first is taken apart.
 */
export class Survey {
  readonly places: Places;
  /** Whether it is of ready programs. */
  readonly ofPrograms: boolean;
  /** By code: where it occurs, and where another code occurs that is near to it. */
  readonly homes: PlaceTable;
  readonly near: PlaceTable;
  /** By definition (a function's name and source), by file (its name and that of its file) and by text: where it occurs. */
  readonly sources: PlaceTable;
  readonly files: PlaceTable;
  readonly texts: PlaceTable;
  /** By row, in the data set's order. */
  readonly codeOf = new Uint32List();
  readonly sourceOf = new Uint32List();
  readonly fileOf = new Uint32List();
  readonly textOf = new Uint32List();
  readonly sets: NearSets;
  readonly examples: NearExample[] = [];
  /** Codes that are long enough to be near to another. */
  compared = 0;
  private readonly labels: CodeLabel[] = [];
  private readonly numbers: Record<'code' | 'source' | 'file' | 'text', Map<string, number>> = {
    code: new Map(),
    source: new Map(),
    file: new Map(),
    text: new Map(),
  };

  constructor(manifest: Manifest, similarity: number) {
    this.places = new Places(manifest);
    this.ofPrograms = manifest.programs !== null;
    this.homes = new PlaceTable(this.places);
    this.near = new PlaceTable(this.places);
    this.sources = new PlaceTable(this.places);
    this.files = new PlaceTable(this.places);
    this.texts = new PlaceTable(this.places);
    this.sets = new NearSets(similarity);
  }

  /** @throws BinscribeError of kind `corrupt` where the manifest does not know the row's package or build. */
  learn(row: SurveyedRow): void {
    const home = this.places.package(row.split, row.package);
    const code = this.numberOf('code', row.normalized_hash, this.homes);
    if (code === this.labels.length) this.addCode(row);
    this.homes.mark(code, home);
    this.homes.mark(code, this.places.build(row.split, row));
    this.codeOf.push(code);
    this.sourceOf.push(this.place('source', definitionKey(row), this.sources, home));
    this.fileOf.push(this.place('file', fileKey(row), this.files, home));
    this.textOf.push(this.place('text', textKey(row), this.texts, home));
  }

  /** Finds the codes that are near one another, once all rows are known. */
  compare(progress: SearchOptions['progress']): void {
    const { homes, near } = this;
    const [train, test] = [this.places.side('train'), this.places.side('test')];
    const random = new Random(1);
    let crossing = 0;
    const onlyOn = (code: number, side: Uint32Array, other: Uint32Array): boolean =>
      homes.some(code, side) && !homes.some(code, other);
    this.sets.search(
      (first, second) => {
        near.unite(first, homes, second);
        near.unite(second, homes, first);
        const [known, asked] = onlyOn(first, train, test) ? [first, second] : [second, first];
        if (!onlyOn(known, train, test) || !onlyOn(asked, test, train)) return;
        // Each pair so far is kept with the same probability (Vitter's reservoir).
        const place = crossing < EXAMPLES ? crossing : random.below(crossing + 1);
        crossing++;
        if (place < EXAMPLES) this.examples[place] = this.example(known, asked);
      },
      {
        known: (first, second) => near.covers(first, homes, second) && near.covers(second, homes, first),
        ...(progress && { progress }),
      },
    );
    this.examples.sort((a, b) => b.similarity - a.similarity);
  }

  private example(train: number, test: number): NearExample {
    const similarity = this.sets.jaccard(train, test);
    return { similarity, train: this.labels[train], test: this.labels[test] };
  }

  private addCode({ code, address, package: of, compiler, optimization, name }: SurveyedRow): void {
    this.near.add();
    this.labels.push({ package: of, compiler, optimization, name });
    const set = shingles(disassembleRange(code, address));
    if (set.length > 0) this.compared++;
    this.sets.add(set);
  }

  private place(
    kind: 'source' | 'file' | 'text',
    key: string | null,
    table: PlaceTable,
    home: number,
  ): number {
    if (key === null) return NONE;
    const thing = this.numberOf(kind, key, table);
    table.mark(thing, home);
    return thing;
  }

  private numberOf(kind: keyof Survey['numbers'], key: string, table: PlaceTable): number {
    const numbers = this.numbers[kind];
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = table.add()));
    return number;
  }
}

const UTF8 = new TextEncoder();

/** A function's name and the text of its definition, white space apart: what was indented anew is the same. */
function definitionKey({ name, source }: SurveyedRow): string | null {
  return source === null ? null : murmur128Hex(UTF8.encode(`${name}\0${source.replace(/\s+/g, ' ')}`));
}

/** What is said of it, white space and case apart. */
function textKey({ text }: SurveyedRow): string | null {
  return text === null ? null : murmur128Hex(UTF8.encode(plainText(text)));
}

/** A function's name and that of its file, without the folder: packages keep a library where they like. */
function fileKey({ name, source_file }: SurveyedRow): string | null {
  return source_file === null ? null : `${name}\0${source_file.slice(source_file.lastIndexOf('/') + 1)}`;
}

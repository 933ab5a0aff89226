/**
 * What pre-training learns from: triples of source, binary and comment (section 3.1), and code of which nobody says
 * anything. The vocabularies are of the training packages alone.
 */

import { openDataset } from '../../corpus/dataset.ts';
import { contentKey } from '../../corpus/hash.ts';
import { identifierParts } from '../../metrics/text/words.ts';
import type { Vocabulary } from '../../models/contrabin/vocabulary.ts';
import { CUTS } from '../../models/stored/vocabularies.ts';
import { lineCount } from '../../tokens/assembly.ts';
import { Bpe, SPECIALS } from '../../tokens/bpe/bpe.ts';
import { LETTERS, learnMerges, PieceCounter } from '../../tokens/bpe/learn.ts';
import type { Cut } from '../../tokens/bpe/pieces.ts';
import { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import { vocabularyOf, type Vocabularies } from './encoders.ts';
import { codedFunctions, type CodeView } from './programs.ts';
import type { EncoderRecipe } from './recipe.ts';

/** Numbers of tokens. */
export interface TokenLimits {
  readonly code: number;
  readonly source: number;
  readonly comment: number;
}

export interface MaterialOptions {
  /** Folders of data sets; of each its training side. */
  readonly datasets: readonly string[];
  /** Packages of it that judge checkpoints. */
  readonly validation: ReadonlySet<string>;
  readonly view: CodeView;
  /** Instructions, or lines of IR, below which code is passed over: hardly anything can be said of it. */
  readonly floor: number;
  /** f_t and f_a: one of a folder has a vocabulary of its own. */
  readonly network: EncoderRecipe;
  readonly anchor: EncoderRecipe;
  /** Tokens of the others. */
  readonly vocabularies: { readonly code?: number | undefined; readonly text?: number | undefined };
  readonly limits: TokenLimits;
  readonly progress: (rows: number) => void;
}

/** Functions of which there are two views. */
export interface Pairs {
  readonly sources: TokenTexts;
  /** Texts of code of each function, one a build. */
  readonly builds: readonly (readonly number[])[];
  /** Number of the package that each function is of; of several the first. */
  readonly packages: readonly number[];
}

export interface Triples extends Pairs {
  readonly comments: TokenTexts;
}

export interface Side {
  /** All code, each text once. */
  readonly code: TokenTexts;
  /** Sources and comments, each once: what f_a is pre-trained on. */
  readonly texts: TokenTexts;
  readonly triples: Triples;
  /** Functions with a source of which nobody says anything. */
  readonly pairs: Pairs;
  /** All functions with a source once more, the words of their names for a comment. */
  readonly named: Triples;
  /** Functions whose source nobody has, which a manual describes. */
  readonly described: Described;
}

/** What people say of functions without a source, and the words of their names. */
export interface Described {
  readonly comments: TokenTexts;
  readonly names: TokenTexts;
  readonly builds: readonly (readonly number[])[];
  readonly packages: readonly number[];
}

export interface Material {
  readonly vocabularies: Vocabularies;
  readonly training: Side;
  /** Without what training has: neither code nor sources. */
  readonly validation: Side;
}

/** One row as pre-training sees it. */
export interface Sample {
  readonly package: string;
  readonly name: string;
  readonly code: string;
  readonly source: string | null;
  readonly comment: string | null;
}

/** @throws what the reader of data sets throws */
export async function collectMaterial(options: MaterialOptions): Promise<Material> {
  const { validation, network, anchor, limits, progress } = options;
  const counters = { code: new PieceCounter(CUTS.code), text: new PieceCounter(CUTS.text) };
  const seen = new Set<string>();
  const isNew = (text: string): boolean => {
    const key = contentKey(text);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
  let rows = 0;
  for await (const { package: from, code, source, comment } of samplesOf(options)) {
    if (++rows % REPORTED === 0) progress(rows);
    if (validation.has(from)) continue;
    if (isNew(code)) counters.code.add(code);
    for (const text of [source, comment]) if (text !== null && isNew(text)) counters.text.add(text);
  }
  const learned = (side: keyof typeof CUTS) => (): Vocabulary =>
    // A recipe has a size where it has no folder.
    bpeOf(counters[side], CUTS[side], options.vocabularies[side]!);
  const vocabularies = {
    code: await vocabularyOf(network, learned('code')),
    text: await vocabularyOf(anchor, learned('text')),
  };
  const training = new SideBuilder(vocabularies, limits, null);
  const held = new SideBuilder(vocabularies, limits, training);
  // Training first: what it has is left out of the other side, which is small.
  const later: Sample[] = [];
  for await (const sample of samplesOf(options)) {
    if (++rows % REPORTED === 0) progress(rows);
    if (validation.has(sample.package)) later.push(sample);
    else training.add(sample);
  }
  for (const sample of later) held.add(sample);
  return { vocabularies, training: training.build(), validation: held.build() };
}

/** Rows between two reports. */
export const REPORTED = 4096;

function bpeOf({ counts }: PieceCounter, cut: Cut, size: number): Bpe {
  return new Bpe({ cut, merges: learnMerges(counts, size - SPECIALS - LETTERS) });
}

const COLUMNS = ['name', 'text', 'text_kind', 'source'] as const;

/** Rows of the training side, of all packages, that there is something to learn of. */
export async function* samplesOf({
  datasets,
  view,
  floor,
}: Pick<MaterialOptions, 'datasets' | 'view' | 'floor'>): AsyncGenerator<Sample> {
  for (const folder of datasets) {
    const functions = codedFunctions(openDataset(folder), { view, columns: COLUMNS, split: 'train' });
    for await (const { row, code } of functions) {
      if (lineCount(code) < floor) continue;
      const { package: from, name, source, text, text_kind: kind } = row;
      // Names and problems' numbers are no comments.
      yield { package: from, name, code, source, comment: kind === 'name' ? null : text };
    }
  }
}

class SideBuilder {
  private readonly code = new TokenTexts();
  private readonly texts = new TokenTexts();
  private readonly sources = new TokenTexts();
  private readonly comments = new TokenTexts();
  private readonly builds: number[][] = [];
  /** Of each commented function. */
  private readonly packages: number[] = [];
  private readonly packageNumbers = new Map<string, number>();
  private readonly codes = new Map<string, number>();
  private readonly written = new Set<string>();
  private readonly functions = new Map<string, number>();
  /** By source, as `functions`: the source's tokens, and builds. */
  private readonly uncommented = new Map<string, { source: number[]; builds: number[]; from: number }>();
  /** Words of the name of each function, by source. */
  private readonly names = new Map<string, number[]>();
  /** By name and comment: versions for several processors, libraries with the same function. */
  private readonly described = new Map<
    string,
    { comment: number[]; name: number[]; builds: number[]; from: number }
  >();
  private readonly vocabularies: Vocabularies;
  private readonly limits: TokenLimits;
  private readonly other: SideBuilder | null;

  /** @param other what it has is left out here */
  constructor(vocabularies: Vocabularies, limits: TokenLimits, other: SideBuilder | null) {
    this.vocabularies = vocabularies;
    this.limits = limits;
    this.other = other;
  }

  add({ package: home, name, code, source, comment }: Sample): void {
    const { limits, packageNumbers } = this;
    const from = packageNumbers.get(home) ?? packageNumbers.size;
    packageNumbers.set(home, from);
    const key = contentKey(code);
    if (this.other?.codes.has(key)) return;
    let text = this.codes.get(key);
    if (text === undefined) {
      text = this.code.length;
      this.codes.set(key, text);
      this.code.add(this.vocabularies.code.encode(code, limits.code));
    }
    this.write(source, limits.source);
    this.write(comment, limits.comment);
    if (source === null) {
      if (comment !== null) this.describe(name, comment, text, from);
      return;
    }
    // A function that several programs and packages have is one.
    const identity = contentKey(source);
    if (this.other?.functions.has(identity) || this.other?.uncommented.has(identity)) return;
    const own = this.buildsOf(identity, source, comment, from);
    if (!own.includes(text)) own.push(text);
    if (!this.names.has(identity)) this.names.set(identity, this.wordsOf(name));
  }

  private wordsOf(name: string): number[] {
    return this.vocabularies.text.encode(identifierParts(name).join(' '), this.limits.comment);
  }

  private describe(name: string, comment: string, text: number, from: number): void {
    const { vocabularies, limits, described } = this;
    const identity = contentKey(`${name}\n${comment}`);
    let known = described.get(identity);
    if (known === undefined) {
      known = {
        comment: vocabularies.text.encode(comment, limits.comment),
        name: this.wordsOf(name),
        builds: [],
        from,
      };
      described.set(identity, known);
    }
    if (!known.builds.includes(text)) known.builds.push(text);
  }

  /** Of a function, new or known: it is commented once somebody has said something of it. */
  private buildsOf(identity: string, source: string, comment: string | null, from: number): number[] {
    const { limits, vocabularies, functions, uncommented } = this;
    const known = functions.get(identity);
    if (known !== undefined) return this.builds[known];
    const before = uncommented.get(identity);
    if (before && comment === null) return before.builds;
    const tokens = before?.source ?? vocabularies.text.encode(source, limits.source);
    const builds = before?.builds ?? [];
    if (comment === null) {
      uncommented.set(identity, { source: tokens, builds, from });
      return builds;
    }
    uncommented.delete(identity);
    functions.set(identity, this.builds.length);
    this.builds.push(builds);
    this.packages.push(before?.from ?? from);
    this.sources.add(tokens);
    this.comments.add(vocabularies.text.encode(comment, limits.comment));
    return builds;
  }

  private write(text: string | null, limit: number): void {
    if (text === null) return;
    const key = contentKey(text);
    if (this.written.has(key) || this.other?.written.has(key)) return;
    this.written.add(key);
    this.texts.add(this.vocabularies.text.encode(text, limit));
  }

  build(): Side {
    const { code, texts, sources, comments, builds, packages, uncommented, functions } = this;
    const pairs = { sources: new TokenTexts(), builds: [] as number[][], packages: [] as number[] };
    for (const { source, builds: own, from } of uncommented.values()) {
      pairs.sources.add(source);
      pairs.builds.push(own);
      pairs.packages.push(from);
    }
    const named = {
      sources: new TokenTexts(),
      comments: new TokenTexts(),
      builds: [] as number[][],
      packages: [] as number[],
    };
    for (const [identity, words] of this.names) {
      const place = functions.get(identity);
      const {
        source,
        builds: own,
        from,
      } = place === undefined
        ? uncommented.get(identity)!
        : { source: [...sources.at(place)], builds: builds[place], from: packages[place] };
      named.sources.add(source);
      named.comments.add(words);
      named.builds.push(own);
      named.packages.push(from);
    }
    const described = {
      comments: new TokenTexts(),
      names: new TokenTexts(),
      builds: [...this.described.values()].map((one) => one.builds),
      packages: [...this.described.values()].map(({ from }) => from),
    };
    for (const { comment, name } of this.described.values()) {
      described.comments.add(comment);
      described.names.add(name);
    }
    return { code, texts, triples: { sources, comments, builds, packages }, pairs, named, described };
  }
}

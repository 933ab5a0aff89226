/** The seam between collections of code and data sets: whatever the collection, it comes as snippets. */

import type { Dialect } from '../fragments/dialect.ts';
import type { SourceFile } from '../sources.ts';
import type { Split } from '../recipe.ts';
import type { TextKind } from '../row.ts';
import type { Workplace } from '../workplace.ts';

/** What people say of a piece of code, with what must be shown wherever it is shown. */
export interface SnippetText {
  text: string;
  kind: TextKind;
  author: string | null;
  /** Where it stands. */
  reference: string | null;
  licence: string | null;
}

/** One text of code that is compiled on its own. */
export interface Snippet {
  /** The only one of its collection with it. */
  id: string;
  /** What lies on one side of the split as a whole. */
  group: string;
  /** Where the collection itself says it. */
  split?: Split;
  code: string;
  /** What it may be written in, the likeliest first. */
  dialects: readonly Dialect[];
  /** Name of the function that the text is of; without one it is of all functions. */
  target?: string;
  text: SnippetText | null;
}

/** A collection that was found. */
export interface Collection {
  /** What it is read from, for the manifest. */
  files(): Promise<SourceFile[]>;
  /** In the same order each time, in the memory of a few. */
  snippets(): AsyncIterable<Snippet>;
  /** For the data set's card: what a user of its figures must know. */
  notes: readonly string[];
}

export interface CollectionContext {
  place: Workplace;
  signal: AbortSignal | undefined;
}

/** Longest code, in UTF-16 units: more is generated, and a batch of snippets is in memory at once. */
export const LONGEST_CODE = 256 * 1024;

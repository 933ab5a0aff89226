/** The kinds of collections: a recipe's `source` and what it opens. A new kind is a file beside this and a line in each. */

import { z } from 'zod';
import { BinscribeError } from '../../error.ts';
import { FUNCTIONS_INPUT, openFunctions } from './functions.ts';
import { HUMANEVAL_INPUT, openHumanEval } from './humaneval.ts';
import { MARKDOWN_INPUT, openMarkdown } from './markdown.ts';
import { openPoj104, POJ104_INPUT } from './poj104.ts';
import { openPosts, POSTS_INPUT } from './posts.ts';
import type { Collection, CollectionContext } from './snippet.ts';

/** A folder's or a tag's name. */
const name = z.string().regex(/^[\w+#.-]*\w[\w+#.-]*$/, 'expected a name without slashes');

export const sourceShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('functions') }),
  z.strictObject({ kind: z.literal('poj104') }),
  z.strictObject({ kind: z.literal('humaneval') }),
  z.strictObject({ kind: z.literal('markdown'), topics: z.array(name).min(1) }),
  z.strictObject({ kind: z.literal('posts'), tags: z.array(name).min(1) }),
]);

export type SnippetSource = z.infer<typeof sourceShape>;

/** Kinds whose collection says itself what is for testing. */
export const SPLIT_KINDS: readonly SnippetSource['kind'][] = ['poj104'];

/** What `--input` names. */
export const INPUTS: Readonly<Record<SnippetSource['kind'], string>> = {
  functions: FUNCTIONS_INPUT,
  poj104: POJ104_INPUT,
  humaneval: HUMANEVAL_INPUT,
  markdown: MARKDOWN_INPUT,
  posts: POSTS_INPUT,
};

/** @throws BinscribeError: `usage` without an input, `unreadable` where it is not there. */
export function openCollection(
  source: SnippetSource,
  input: string | undefined,
  context: CollectionContext,
): Collection {
  if (input === undefined) {
    throw new BinscribeError(
      'usage',
      `a recipe of ${source.kind} needs its collection: ${INPUTS[source.kind]}`,
      {
        hint: 'Name it with --input PATH.',
      },
    );
  }
  switch (source.kind) {
    case 'functions':
      return openFunctions(input);
    case 'poj104':
      return openPoj104(input);
    case 'humaneval':
      return openHumanEval(input);
    case 'markdown':
      return openMarkdown(input, source.topics);
    default:
      return openPosts(input, source.tags, context);
  }
}

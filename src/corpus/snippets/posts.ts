/**
 * Posts of a Stack Exchange dump: each code block of a question and its answer, with the title and the prose of the post
 * that it stands in. The dump is read twice (posts/), whatever its size in the memory of one partition.
 */

import { C17, CPP17 } from '../fragments/dialect.ts';
import { contentKey, fileHash } from '../hash.ts';
import { rowsOf, type PostRow } from '../posts/explanations.ts';
import { partitionDump, readPartition } from '../posts/partitions.ts';
import type { PostCredit } from '../posts/post.ts';
import { dumpFile } from '../posts/reader.ts';
import { fileAt } from './input.ts';
import { LONGEST_CODE, type Collection, type CollectionContext, type Snippet } from './snippet.ts';

export const POSTS_INPUT = 'Posts.xml of a Stack Exchange dump, or its folder';

/** Goes into the key of the partitions: raise it when the join changes. */
const PARTITIONS_VERSION = 1;

export function openPosts(
  input: string,
  tags: readonly string[],
  { place, signal }: CollectionContext,
): Collection {
  const path = fileAt(input, 'Posts.xml');
  // A hundred gigabytes are hashed once a run.
  let hash: Promise<string> | undefined;
  const hashed = (): Promise<string> => (hash ??= fileHash(path));
  return {
    notes: [
      'A text is the title of the question and the prose of the post that the code stands in; a group is a question.',
      "Posts are by their authors, under the licence of the day on which they were written; `text_reference` is an address on the dump's site.",
    ],
    files: async () => [{ name: 'Posts.xml', sha256: await hashed() }],
    snippets: async function* () {
      const key = contentKey(JSON.stringify([PARTITIONS_VERSION, await hashed(), [...tags].sort()]));
      const folder = place.posts(key);
      const { firstQuestions } = await partitionDump(dumpFile(path), new Set(tags), folder, key, signal);
      for (const number of firstQuestions.keys()) {
        for (const pair of await readPartition(folder, number)) yield* snippetsOf(rowsOf(pair));
      }
    },
  };
}

/** Assembly has no level that a compiler has worked at. */
function* snippetsOf(rows: readonly PostRow[]): Generator<Snippet> {
  for (const { language, question, answer, place, title, questionText, answerText, block, code } of rows) {
    if (language === 'assembly') continue;
    const post = place === 'question' ? question : answer;
    const reference = `${place === 'question' ? 'q' : 'a'}/${post.id}`;
    const prose = place === 'question' ? questionText : answerText;
    yield {
      id: `${reference}#${block}`,
      group: `q/${question.id}`,
      code: code.slice(0, LONGEST_CODE + 1),
      dialects: language === 'c' ? [C17, CPP17] : [CPP17],
      text: {
        text: [title, prose].filter((part) => part !== '').join('\n\n'),
        kind: 'post',
        author: authorOf(post),
        reference,
        licence: post.licence,
      },
    };
  }
}

/** A name, or the account's address on the site; null where the dump has neither. */
function authorOf({ authorId, authorName }: PostCredit): string | null {
  return authorName ?? (authorId === undefined ? null : `users/${authorId}`);
}

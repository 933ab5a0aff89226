/** A row of a dump as a post, with the fields that a data set has use for. */

import { corruptAt } from './corrupt.ts';
import { licenceByDate } from './licence.ts';
import type { Row } from './row.ts';
import { parseTags } from './tags.ts';

/** `PostTypeId`: others are wiki pages, tag texts and the like. */
export const QUESTION = 1;
export const ANSWER = 2;

/** Who wrote a post, when, and on which terms others may use it: what must be shown wherever its text is. */
export interface PostCredit {
  id: number;
  /** Number of the account, undefined where it was deleted. */
  authorId: number | undefined;
  /** Name, which a dump has only where the account was deleted. */
  authorName: string | undefined;
  licence: string;
  /** ISO 8601, UTC. */
  created: string;
  /** When it was last edited, if ever. */
  edited: string | undefined;
  score: number;
}

export interface Post extends PostCredit {
  /** HTML. */
  body: string;
  /** Of questions, '' of answers. */
  title: string;
  tags: string[];
  /** Of questions: the answer that the asker accepted, which may have been deleted. */
  acceptedId: number | undefined;
}

/** @throws BinscribeError of kind `corrupt` where it lacks what every post has. */
export function readPost(row: Row): Post {
  const created = row.text('CreationDate') ?? missing(row, 'CreationDate');
  return {
    id: postId(row),
    authorId: row.integer('OwnerUserId'),
    authorName: row.text('OwnerDisplayName'),
    licence: row.text('ContentLicense') ?? licenceByDate(created),
    created,
    edited: row.text('LastEditDate'),
    score: row.integer('Score') ?? 0,
    body: row.text('Body') ?? '',
    title: row.text('Title') ?? '',
    tags: parseTags(row.text('Tags') ?? ''),
    acceptedId: row.integer('AcceptedAnswerId'),
  };
}

/** Positive, and below 2^32: Stack Overflow has come to 80 million in 17 years. */
export function postId(row: Row, attribute = 'Id'): number {
  const id = row.integer(attribute) ?? missing(row, attribute);
  if (id < 1 || id >= 2 ** 32) {
    throw corruptAt(row.offset, `expected ${attribute} from 1 to 2^32 - 1`, String(id));
  }
  return id;
}

function missing(row: Row, attribute: string): never {
  throw corruptAt(row.offset, `expected a row with ${attribute}`, 'one without');
}

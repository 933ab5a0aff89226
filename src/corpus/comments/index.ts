/** What people have written of a function: the comment above it, told from what else stands above functions. */

import { linesOf } from './clean.ts';
import { type NoDescription, whyNot } from './judge.ts';
import { type CommentStyle, type Described, describe } from './styles.ts';

export type { NoDescription } from './judge.ts';
export type { CommentStyle } from './styles.ts';

export type HumanText =
  | { readonly text: string; readonly style: CommentStyle }
  | { readonly text: null; readonly why: NoDescription };

/** @param comment as `CFunction.comment` has it */
export function humanText(comment: string, of: Described): HumanText {
  const lines = linesOf(comment);
  const { style, text } = describe(comment, lines, of);
  const why = whyNot(lines, text, of.name);
  return why === null ? { text, style } : { text: null, why };
}

/** The conventions by which functions are described, and where in each the description is. */

import { paragraphsOf } from './clean.ts';

/**
 * `kernel-doc`: `name() - summary` and `@argument:` (Linux, doc-guide/kernel-doc). `doxygen`: commands such as
 * `@brief` or `\param`, or its marks of comments. `gnu`: prose that names arguments in capitals (GNU Coding
 * Standards, section 5.2). `plain`: any other.
 */
export type CommentStyle = 'kernel-doc' | 'doxygen' | 'gnu' | 'plain';

export interface Description {
  readonly style: CommentStyle;
  /** What is said of the function as a whole, paragraphs parted by a newline; may be empty. */
  readonly text: string;
}

/** What is described. */
export interface Described {
  readonly name: string;
  /** Text of its definition. */
  readonly text: string;
}

const COMMAND =
  /(^|\s)[@\\](brief|param|returns?|retval|details?|note|see|sa|ingroup|file|internal|warning|pre|post)\b/;
/** Commands whose paragraph describes the function itself. */
const OF_THE_WHOLE = /^[@\\](brief|details?|short)\b\s*/;
const ANY_COMMAND = /^[@\\]\w+/;
const DOXYGEN_MARK = /^(\/\*!|\/\/[/!])/;

/** @param lines of the comment, as `linesOf` has them */
export function describe(comment: string, lines: readonly string[], of: Described): Description {
  const kernel = kernelDoc(lines, of.name);
  if (kernel !== null) return { style: 'kernel-doc', text: kernel };
  if (DOXYGEN_MARK.test(comment) || lines.some((line) => COMMAND.test(line))) {
    return { style: 'doxygen', text: doxygen(lines) };
  }
  const text = paragraphsOf(lines).join('\n');
  return { style: namesArguments(text, of) ? 'gnu' : 'plain', text };
}

/** `name - summary`, then arguments, then paragraphs; null where the first line has another form. */
function kernelDoc(lines: readonly string[], name: string): string | null {
  const first = /^\s*(?:function\s+)?(\w+)\s*(?:\(\s*\))?\s*(?:--?|:)\s+(\S.*)$/.exec(lines[0] ?? '');
  if (!first || first[1] !== name) return null;
  const kept = [first[2]];
  let isArgument = false;
  for (const line of lines.slice(1)) {
    const text = line.trim();
    // A paragraph of `Return:` or `Context:` is a section of its own.
    if (/^@\w+(\.\.\.)?\s*:/.test(text) || /^(Returns?|Context|Locking|Note)\s*:/i.test(text))
      isArgument = true;
    else if (text === '') isArgument = false;
    kept.push(isArgument ? '' : line.replace(/^\s*Description\s*:\s*/i, ''));
  }
  return paragraphsOf(kept).join('\n');
}

function doxygen(lines: readonly string[]): string {
  const kept: string[] = [];
  let isPart = false;
  for (const line of lines) {
    const text = line.trim();
    if (text === '') isPart = false;
    else if (OF_THE_WHOLE.test(text)) {
      kept.push('');
      isPart = false;
    } else if (ANY_COMMAND.test(text)) isPart = true;
    kept.push(isPart ? '' : text.replace(OF_THE_WHOLE, ''));
  }
  // Inline commands mark up a word: `@c NULL`, `\p name`.
  return paragraphsOf(kept)
    .map((paragraph) => paragraph.replace(/[@\\](?:[abcep]|ref)\s+/g, ''))
    .join('\n');
}

/** Whether a parameter's name stands in the text in capitals. */
function namesArguments(text: string, { text: definition }: Described): boolean {
  const head = definition.slice(0, definition.indexOf('{'));
  const names = new Set(head.slice(head.indexOf('(')).match(/[a-z_]\w*/g) ?? []);
  return (text.match(/\b[A-Z][A-Z0-9_]*\b/g) ?? []).some((word) => names.has(word.toLowerCase()));
}

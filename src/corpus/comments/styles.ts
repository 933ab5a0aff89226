/** The conventions by which functions are described, and where in each the description is. */

import { paragraphsOf } from './clean.ts';

/**
 * `kernel-doc`: `name() - summary` and `@argument:` (Linux, doc-guide/kernel-doc), and GTK-Doc, from which that comes, where
 * `name:` has a line of its own. `doxygen`: commands such as
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
  const headed = withoutHead(lines, of);
  if (headed !== null) return headed;
  if (DOXYGEN_MARK.test(comment) || lines.some((line) => COMMAND.test(line))) {
    return { style: 'doxygen', text: doxygen(lines) };
  }
  const text = paragraphsOf(lines).join('\n');
  return { style: proseStyle(text, of), text };
}

function proseStyle(text: string, of: Described): CommentStyle {
  return namesArguments(text, of) ? 'gnu' : 'plain';
}

/** Names, with a list of arguments or without, then a dash or a colon, then perhaps what is said. */
const HEAD = /^(?:function )?(\w+(?: ?[,/] ?\w+)*) ?(?:\([^()]*\))? ?(-{0,3}|:)(?: (\S.*))?$/i;
const ARGUMENT = /^@\w+(\.\.\.)?\s*:/;
/** A paragraph of these is a section of its own; Tcl has the second, GTK-Doc the last two. */
const SECTION = /^(Returns?|Results?|Side effects?|Context|Locking|Note|Since|Deprecated)\s*:/i;
const RESULT = /^(Returns?|Results?)\s*:/i;

/**
 * What follows a head with the function's own name: without arguments and sections, but where there is nothing else with
 * what is said of the result. Null without such a head.
 */
function withoutHead(lines: readonly string[], of: Described): Description | null {
  // With single spaces the pattern takes the time of the line's length, which may be that of its file.
  const first = (lines[0] ?? '').replace(/\s+/g, ' ').trim();
  const [, names, mark, summary = ''] = HEAD.exec(first) ?? [];
  if (names === undefined || !names.split(/ ?[,/] ?/).includes(of.name)) return null;
  const isBare = mark === '';
  if (isBare && (summary !== '' || lines.length === 1)) return null;
  const rest = lines.slice(1);
  const kept = [summary];
  const results: string[] = [];
  let part: 'whole' | 'result' | 'other' = 'whole';
  for (const line of rest) {
    const text = line.trim();
    if (text === '') part = 'whole';
    else if (RESULT.test(text)) part = 'result';
    else if (ARGUMENT.test(text) || SECTION.test(text)) part = 'other';
    kept.push(part === 'whole' ? line.replace(/^\s*Description\s*:\s*/i, '') : '');
    results.push(part === 'result' ? line : '');
  }
  const said = paragraphsOf(kept);
  const text = (said.length > 0 ? said : paragraphsOf(results)).join('\n');
  const isKernelDoc = (summary !== '' && mark.length < 3) || rest.some((line) => ARGUMENT.test(line.trim()));
  return { style: isKernelDoc ? 'kernel-doc' : proseStyle(text, of), text };
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

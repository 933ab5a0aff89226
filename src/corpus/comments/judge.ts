/** What stands above functions and does not describe them: licences, headlines, code that was taken out. */

export type NoDescription = 'empty' | 'licence' | 'banner' | 'code' | 'note';

const LICENCE =
  /copyright|\(c\)\s*(19|20)\d\d|all rights reserved|spdx-license|licen[sc]ed under|general public license|redistribut/i;
/** Words to a tool or to oneself. */
const NOTE =
  /^(ARGSUSED|NOTREACHED|FALLTHROUGH|LINTLIBRARY|PRINTFLIKE\d*|VARARGS\d*|TODO|FIXME|XXX|HACK|coverity|clang-format|lint\b|NOLINT|ditto|see above|same as above)/i;
/** A headline of a part of the file. */
const HEADLINE =
  /^(static |local |public |private |external |internal |global |helper |utility |support |forward |misc(ellaneous)? )*(functions?|prototypes?|declarations?|routines?|helpers?|utilities|definitions?|variables|procedures|methods|subroutines?|macros)[.:]?$/i;

/** A line of C: an assignment, a call, an opened or closed block, a directive, a declaration. */
const STATEMENT =
  /^\s*(#\s*(if|else|elif|endif|define|undef|include)\b.*|[\w\s*.[\]>-]+[-+*/|&^]?=[^=].*;|[\w\s*.>-]+\(.*\)\s*[;{]|.*\{|\}.*|(return|goto|case|default|break|continue)\b[^.]*[;:]|\w+\s+[\w\s*,[\]]+;)\s*$/;

/**
 * @param lines of the comment, as `linesOf` has them
 * @param text of `describe`
 * @returns why it describes nothing; null where it may
 */
export function whyNot(lines: readonly string[], text: string, name: string): NoDescription | null {
  if (isCode(lines)) return 'code';
  if (text.trim() === '') return 'empty';
  if (LICENCE.test(text)) return 'licence';
  if (NOTE.test(text)) return 'note';
  if (isBanner(text, name)) return 'banner';
  return null;
}

/** Fewer than two words besides the function's own name, no small letter, or hardly any letter at all. */
function isBanner(text: string, name: string): boolean {
  const words = (text.match(/\p{L}[\p{L}\p{N}_'-]*/gu) ?? []).filter((word) => word !== name);
  const letters = (text.match(/\p{L}/gu) ?? []).length;
  const solid = text.replace(/\s/g, '').length;
  return words.length < 2 || letters < solid / 2 || !/\p{Ll}/u.test(text) || HEADLINE.test(text.trim());
}

function isCode(lines: readonly string[]): boolean {
  const full = lines.filter((line) => line.trim() !== '');
  return full.length > 0 && full.filter((line) => STATEMENT.test(line)).length * 2 > full.length;
}

/** Names from a stranger's file, made fit for a message: one line, and nothing that a terminal would obey. */

/** What is not a letter, digit, punctuation mark, symbol or plain space. */
const UNSAFE = /(?! )[^\p{L}\p{N}\p{P}\p{S}]/gu;
const LONGEST = 80;

/** `"name"`, its odd characters escaped, cut where it is long. */
export function quote(name: string): string {
  const cut = name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
  return `"${cut.replace(UNSAFE, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)}"`;
}

/** Several, of which the first few are named. */
export function quoteAll(names: readonly string[], shown = 3): string {
  const rest = names.length - shown;
  return names.slice(0, shown).map(quote).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

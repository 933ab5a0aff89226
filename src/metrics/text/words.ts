/** How the metrics of text cut it into words: each has a rule of its own, and figures depend on it. */

/** Words and single marks in lower case, as CodeXGLUE's smoothed BLEU has them: `[\w]+|[^\s\w]` of Python. */
export function wordsAndMarks(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

/** Runs of letters and digits of ASCII in lower case, as Google's `rouge_score` has them. */
export function plainWords(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

/** Parts of an identifier in lower case: at `_` and other marks, and where a capital begins a word. */
export function identifierParts(name: string): string[] {
  return name
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .map((part) => part.toLowerCase());
}

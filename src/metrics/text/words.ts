/** How the metrics of text cut it into words: each has a rule of its own, and figures depend on it. */

/** Words and single marks in lower case, as CodeXGLUE's smoothed BLEU has them: `[\w]+|[^\s\w]` of Python. */
export function wordsAndMarks(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

/** How many `wordsAndMarks` has, without making them: code is long. */
export function countWordsAndMarks(text: string): number {
  let count = 0;
  let inWord = false;
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    let kind = code < 128 ? ASCII_KINDS[code] : -1;
    if (kind < 0) {
      code = text.codePointAt(at)!;
      if (code > 0xffff) at++;
      kind = kindOf(String.fromCodePoint(code));
    }
    if (kind === KIND.mark || (kind === KIND.word && !inWord)) count++;
    inWord = kind === KIND.word;
  }
  return count;
}

const KIND = { space: 0, word: 1, mark: 2 } as const;

function kindOf(character: string): number {
  if (/\s/u.test(character)) return KIND.space;
  return /[\p{L}\p{N}_]/u.test(character) ? KIND.word : KIND.mark;
}

const ASCII_KINDS = Uint8Array.from({ length: 128 }, (_, code) => kindOf(String.fromCharCode(code)));

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

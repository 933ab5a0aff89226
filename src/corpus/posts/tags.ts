/** The tags of a question. */

/** `<c><c++>` as dumps had it until 2023, and `|c|c++|` as they have it since. */
export function parseTags(text: string): string[] {
  return text.split(/[<>|]/).filter((tag) => tag !== '');
}

/** From a comment as it is written to its lines: without marks of comments, frames and stars. */

/** A line of a frame: nothing but marks, at least three. */
const FRAME = /^[^\p{L}\p{N}]{3,}$/u;

/**
 * @param comment a block, or lines of `//`, as `CFunction.comment` has it
 * @returns its lines, without what frames them; the first and the last have text
 */
export function linesOf(comment: string): string[] {
  const block = comment.startsWith('/*');
  const inner = block ? comment.replace(/^\/\*+[!<]?/, '').replace(/\**\/$/, '') : comment;
  const lines = inner.split(/\r?\n/).map((line) => {
    const bare = block
      ? line.replace(/^\s*\*+(?=\s|$)/, '').replace(/^\s*\*(?=\S)/, '')
      : line.replace(/^\s*\/\/+[!<]?/, '');
    // `* text *` of a box.
    const text = bare.replace(/\s+\*+\s*$/, '').trimEnd();
    return FRAME.test(text.trim()) ? '' : text;
  });
  while (lines.length > 0 && lines[0].trim() === '') lines.shift();
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  return lines;
}

/** Lines joined into paragraphs, which an empty line parts. */
export function paragraphsOf(lines: readonly string[]): string[] {
  const paragraphs: string[][] = [[]];
  for (const line of lines) {
    if (line.trim() === '') paragraphs.push([]);
    else paragraphs.at(-1)!.push(line.trim());
  }
  return paragraphs.filter((words) => words.length > 0).map((words) => words.join(' ').replace(/\s+/g, ' '));
}

/** How a text is cut before byte-pair encoding: no token reaches over the end of a piece. */

/**
 * `words`: English and source code, by the pattern of GPT-2: a word, a number or a run of signs, each with the space
 * before it. `lines`: assembly and other code of which a line is an instruction, so that a frequent instruction becomes
 * one token; a string is cut at its spaces, so that it is the same in whatever instruction.
 */
export type Cut = 'words' | 'lines';

const WORDS = /'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
/** A string, or the rest of a line. A quote that nothing closes is a sign like others. */
const LINES = /"(?:[^"\\\n]|\\.)*"|[^"\n]*\n|[^"\n]+|"/g;
const IN_STRING = / ?[^ ]+| +/g;

/**
 * Longer pieces are cut again, in the middle of what they are: merging takes the square of a piece's length, and a
 * line of a hostile file may have megabytes. Hardly any instruction or word is longer.
 */
const LONGEST = 256;

/** The pieces of a text, which put together are the text. */
export function piecesOf(text: string, cut: Cut): string[] {
  const pieces = cut === 'words' ? matches(text, WORDS) : matches(text, LINES).flatMap(cutString);
  return pieces.flatMap((piece) => {
    if (piece.length <= LONGEST) return [piece];
    return Array.from({ length: Math.ceil(piece.length / LONGEST) }, (_, i) =>
      piece.slice(i * LONGEST, (i + 1) * LONGEST),
    );
  });
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return text.match(pattern) ?? [];
}

function cutString(piece: string): readonly string[] {
  return piece.startsWith('"') ? matches(piece, IN_STRING) : [piece];
}

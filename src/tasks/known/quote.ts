/** What of a comment is quoted: its first sentence, where that says what a function does. */

/** Characters; what is longer is no headline, and is cut at a word. */
const LONGEST = 160;
/** Words that a sentence has at least: fewer say no more than the name. */
const FEWEST_WORDS = 3;
/** A full stop that ends no sentence. */
const ABBREVIATED = /\b(?:e\.g|i\.e|etc|cf|vs|resp|incl|approx|no|nr|fig|sec)\.$/i;
/** Bullets and frames before the first word. */
const ORNAMENT = /^[^\p{L}\p{N}('"`_]+/u;
/** Beginnings of what speaks of the source and not of what it does: `see zlib.h`, `Arguments: …`, `NOTE: …`. */
const BESIDE_THE_POINT = /^(?:see|todo|fixme|xxx|assumption|implies|and now)\b|^\w[\w ]{0,11}:/i;
/** A frame around a headline, or the mark of a tool. */
const FRAMED = /={3}|-{3}|@/;

/** @returns null where the comment says too little */
export function quote(comment: string): string | null {
  const whole = firstSentence(comment.replaceAll(/\s+/g, ' ').trim());
  const sentence = whole.replace(ORNAMENT, '');
  const words = sentence.match(/[A-Za-z]+/g) ?? [];
  if (words.length < FEWEST_WORDS || BESIDE_THE_POINT.test(sentence) || FRAMED.test(whole)) return null;
  return sentence.length <= LONGEST
    ? sentence
    : `${sentence.slice(0, sentence.lastIndexOf(' ', LONGEST - 1))}…`;
}

function firstSentence(text: string): string {
  for (const { index } of text.matchAll(/[.!?](?= |$)/g)) {
    const sentence = text.slice(0, index + 1);
    if (!ABBREVIATED.test(sentence)) return sentence;
  }
  return text;
}

/** What of a comment is quoted: its first sentence, where that is one. */

/** Characters; what is longer is no headline, and is cut at a word. */
const LONGEST = 160;
/** Words that a sentence has at least: fewer say no more than the name. */
const FEWEST_WORDS = 3;
/** A full stop that ends no sentence. */
const ABBREVIATED = /\b(?:e\.g|i\.e|etc|cf|vs|resp|incl|approx|no|nr|fig|sec)\.$/i;

/** @returns null where the comment says too little */
export function quote(comment: string): string | null {
  const text = comment.replaceAll(/\s+/g, ' ').trim();
  const sentence = firstSentence(text);
  const words = sentence.match(/[A-Za-z]+/g) ?? [];
  if (words.length < FEWEST_WORDS) return null;
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

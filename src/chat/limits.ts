/** How long and how often a model is asked, where nobody says otherwise. */

/** Milliseconds for one attempt: a large model on a CPU takes a minute. */
export const PATIENCE = 120_000;
/** With the waits between them a quarter of a minute, in which a server starts again. */
export const ATTEMPTS = 5;
/** Tokens of an answer at most: a page of text. */
export const LONGEST_ANSWER = 512;

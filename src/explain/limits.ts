/** Bounds on what a report holds. */

/** Functions that answer a question: as many as a reader looks at before wording it otherwise. */
export const ANSWERS = 10;

/** Functions that get summaries where nobody names any: a network writes for some seconds, and nobody reads thousands. */
export const SUMMARISED = 50;

/** How much evidence a function carries at most: enough to judge by, and a bound on the size of a report. */
export const EVIDENCE_LIMITS = {
  names: 5,
  neighbours: 10,
  calls: 24,
  strings: 12,
  /** Capabilities: as many fit a sentence. */
  capabilities: 6,
  /** Words of a summary that are said in the code. */
  words: 12,
  /** Characters of one string. */
  stringLength: 120,
  /** Characters of one symbol: mangled C++ names run to thousands. */
  nameLength: 512,
  /** Characters of a summary: a sentence or two. */
  summaryLength: 400,
} as const;

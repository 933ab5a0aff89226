/**
 * Kinds of work as labels tell them, found in comments: a word that several functions of the validation packages are said to
 * have to do with is a kind, its sentences are comments of the training that say the word, and a function is of the kind
 * where its own comment says it. So scores of labels are probabilities of what labels are asked for: sentences of other
 * people, none of which is of the function.
 */

import type { Words } from '../../models/meaning/words.ts';

/** Of a label the mean of as many sentences is taken (models/meaning/default-labels.ts). */
const SENTENCES = 4;
/** Functions of a kind: of fewer the word is a slip, and what more than a quarter have to do with is no kind of work. */
const MEMBERS = { least: 3, share: 1 / 4 };

export interface WordKind {
  readonly word: string;
  /** Places of comments of the training. */
  readonly sentences: readonly number[];
  /** Places of comments of the validation. */
  readonly members: readonly number[];
}

/** @param training what is said in each comment @param validation the same */
export function kindsOf(training: readonly Words[], validation: readonly Words[]): WordKind[] {
  const members = placesOf(validation);
  const sentences = placesOf(training);
  return [...members].flatMap(([stem, own]) => {
    const said = sentences.get(stem) ?? [];
    const isKind = own.length >= MEMBERS.least && own.length <= MEMBERS.share * validation.length;
    if (!isKind || said.length < SENTENCES) return [];
    // As far from one another as can be: neighbours are of one program.
    const chosen = Array.from(
      { length: SENTENCES },
      (_, i) => said[Math.floor((i * said.length) / SENTENCES)],
    );
    return [{ word: stem, sentences: chosen, members: own }];
  });
}

/** Texts that have a stem. */
function placesOf(texts: readonly Words[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  texts.forEach((words, i) => {
    for (const stem of words.keys()) {
      const known = places.get(stem);
      if (known) known.push(i);
      else places.set(stem, [i]);
    }
  });
  return places;
}

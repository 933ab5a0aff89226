/** Words that tell what a text is about: what is left without those that any comment has. */

import { stemmer } from 'stemmer';

/** Articles, pronouns, prepositions, auxiliaries; and what comments above functions say whatever the function does. */
const STOP_WORDS = new Set(
  (
    'an the this that these those it its itself they them their there here he she his her we us our you your ' +
    'and or but nor not no if then else than so as such when where which who whom whose what how why while ' +
    'of to in on at by for from with without into onto out up down over under between through during before ' +
    'after above below about against again once per via within upon ' +
    'is are was were be been being am do does did done doing has have had having can could may might must shall ' +
    'should will would also any all each every both either neither some other another same own just only very ' +
    'more most less few because since until whether however ' +
    'function functions routine method return returns returned returning given'
  ).split(' '),
);

const WORD = /[\p{L}\p{N}]+/gu;
/** A number alone is about nothing, nor is a letter. */
const TELLING = /\p{L}.|.\p{L}/u;

/** @returns Porter's stem of each such word, with the word in small letters as it stands there first */
export function contentWords(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const word of text.toLowerCase().match(WORD) ?? []) {
    if (!TELLING.test(word) || STOP_WORDS.has(word)) continue;
    const stem = stemmer(word);
    if (!found.has(stem)) found.set(stem, word);
  }
  return found;
}

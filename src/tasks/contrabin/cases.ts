/** Case studies (figures 7 and 8): what ways say of the same functions, where the leading one is at its best and at its worst. */

import type { Verdict } from './question.ts';

/** What is asked of a test item. */
export interface CaseItem {
  /** The function: its package and how it is known there. */
  readonly what: string;
  readonly package: string;
  readonly reference: string;
}

export interface Case extends Pick<CaseItem, 'what' | 'reference'> {
  readonly isGood: boolean;
  readonly told: readonly { readonly way: string; readonly text: string; readonly score: number }[];
}

/** Of each kind. */
const CASES = 4;
/** Characters that are quoted: enough to see what is meant. */
const QUOTED = 300;

/**
 * Of a package one function at most is taken, so that not all are of the one that is copied most.
 * @param ways by name, those that tell texts
 * @param leader of these
 */
export function casesOf(
  items: readonly CaseItem[],
  ways: Readonly<Record<string, Verdict>>,
  leader: string,
): Case[] {
  const { items: scores } = ways[leader];
  const order = [...items.keys()].sort((a, b) => scores[b] - scores[a] || a - b);
  const some = (places: readonly number[], isGood: boolean): Case[] => {
    const packages = new Set<string>();
    const chosen = places.filter((i) => {
      const isFirst = !packages.has(items[i].package);
      packages.add(items[i].package);
      return isFirst;
    });
    return chosen.slice(0, CASES).map((i) => caseOf(items[i], i, ways, isGood));
  };
  const half = Math.ceil(order.length / 2);
  return [...some(order.slice(0, half), true), ...some(order.slice(half).toReversed(), false)];
}

function caseOf(
  { what, reference }: CaseItem,
  i: number,
  ways: Readonly<Record<string, Verdict>>,
  isGood: boolean,
): Case {
  const told = Object.entries(ways).flatMap(([way, { told: texts, items }]) =>
    texts ? [{ way, text: texts[i].slice(0, QUOTED), score: items[i] }] : [],
  );
  return { what, reference: reference.slice(0, QUOTED), isGood, told };
}

export function renderCases(cases: readonly Case[]): string[] {
  const list = (isGood: boolean): string =>
    cases
      .filter((one) => one.isGood === isGood)
      .map(({ what, reference, told }) =>
        [
          `- ${quoted(what)}: ${quoted(reference)}`,
          ...told.map(({ way, text, score }) => `  - ${way}, ${(100 * score).toFixed(1)}: ${quoted(text)}`),
        ].join('\n'),
      )
      .join('\n');
  if (cases.length === 0) return [];
  return [
    'Where the first of the compared ways is at its best, one function of a package:',
    list(true),
    'And at its worst:',
    list(false),
  ];
}

/** Between marks of code, whatever is in it. */
function quoted(text: string): string {
  return `\`${
    text
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .replaceAll('`', "'")
      .trim() || ' '
  }\``;
}

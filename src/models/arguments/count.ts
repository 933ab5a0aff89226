/**
 * From the facts about a function's arguments to their number, with the probability that it is right. The rule
 * counts registers and stack slots; a table learned from training functions says how often the rule is right in
 * such a case and where another number is the likelier one (callers that set three registers for a function
 * which reads two mostly know of a third).
 */

import { type ArgumentFacts, integerCount, vectorCount } from './program.ts';
import { INTEGER_REGISTERS } from './registers.ts';
import type { ArgumentSummary } from './summary.ts';

/** The number of arguments by the rule alone. */
export function ruleCount({ stackSlots, variadicNamed }: ArgumentSummary, { live }: ArgumentFacts): number {
  if (variadicNamed !== null) return variadicNamed;
  // The stack is used only once all integer registers are taken.
  const integers = stackSlots > 0 ? INTEGER_REGISTERS : integerCount(live);
  return integers + vectorCount(live) + stackSlots;
}

/** Calls that a typical number is taken from; more of them make it surer. */
function sitesClass(sites: number): string {
  return sites === 1 ? '1' : sites < 4 ? 'few' : 'many';
}

/** The kind of case, from the most particular to the most general. Keys are written into model folders. */
export function evidenceKeys(summary: ArgumentSummary, facts: ArgumentFacts): string[] {
  const rule = ruleCount(summary, facts);
  const kind = `${rule}${summary.variadicNamed === null ? '' : ' variadic'}${summary.stackSlots > 0 ? ' stack' : ''}`;
  if (!facts.callers) return [`${kind} uncalled`, kind];
  const { sites, integers } = facts.callers;
  const typical = integers.indexOf(Math.max(...integers));
  const most = integers.findLastIndex((count) => count > 0);
  return [
    `${kind} typical ${typical} most ${most} sites ${sitesClass(sites)}`,
    `${kind} typical ${typical}`,
    kind,
  ];
}

export interface ArgumentCell {
  count: number;
  /** Probability that `count` is right. */
  score: number;
}

/** Case → answer. */
export type ArgumentTable = Record<string, ArgumentCell>;

export interface ArgumentAnswer extends ArgumentCell {
  /** What the rule alone says. */
  rule: number;
}

/** An empty table answers with the rule, at the score that the rule has where nothing else is known. */
export function countArguments(
  summary: ArgumentSummary,
  facts: ArgumentFacts,
  table: ArgumentTable,
  fallback: number,
): ArgumentAnswer {
  const rule = ruleCount(summary, facts);
  for (const key of evidenceKeys(summary, facts)) {
    const cell = Object.hasOwn(table, key) ? table[key] : undefined;
    if (cell) return { ...cell, rule };
  }
  return { count: rule, score: fallback, rule };
}

/** One training function: its cases and the true number. */
export interface ArgumentExample {
  keys: string[];
  rule: number;
  truth: number;
}

/** @param least Functions that a case must have been seen with to be answered by itself. */
export function learnArgumentTable(
  examples: readonly ArgumentExample[],
  least: number,
): { table: ArgumentTable; fallback: number } {
  const counts = new Map<string, Map<number, number>>();
  let right = 0;
  for (const { keys, rule, truth } of examples) {
    if (rule === truth) right++;
    for (const key of keys) {
      let of = counts.get(key);
      if (!of) counts.set(key, (of = new Map<number, number>()));
      of.set(truth, (of.get(truth) ?? 0) + 1);
    }
  }
  const table: ArgumentTable = {};
  for (const key of [...counts.keys()].sort()) {
    const of = counts.get(key)!;
    let seen = 0;
    for (const n of of.values()) seen += n;
    if (seen < least) continue;
    const [count, most] = [...of].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
    // One more of each outcome (Laplace): a case seen 30 times without a miss is not certain.
    table[key] = { count, score: round((most + 1) / (seen + 2)) };
  }
  return { table, fallback: round((right + 1) / (examples.length + 2)) };
}

/** Four digits: more are noise, and the file is for reading too. */
function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

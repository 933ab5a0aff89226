/** Whether two texts say the same, and how much of a name is right. */

import { f1 } from './rouge.ts';
import { identifierParts } from './words.ts';

/** But for white space around them. */
export function exactMatch(reference: string, candidate: string): boolean {
  return reference.trim() === candidate.trim();
}

export interface NameAgreement {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Of the sets of parts that two identifiers consist of: `free_list` and `listFree` agree fully. */
export function nameAgreement(reference: string, candidate: string): NameAgreement {
  const [truth, said] = [new Set(identifierParts(reference)), new Set(identifierParts(candidate))];
  const right = [...said].filter((part) => truth.has(part)).length;
  return {
    precision: right / Math.max(1, said.size),
    recall: right / Math.max(1, truth.size),
    f1: f1(right, said.size, truth.size),
  };
}

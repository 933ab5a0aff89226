/** Which functions get summaries, and how a report tells them. */

import type { Binary, FoundFunction } from '../binary/binary.ts';
import type { FunctionBody } from '../binary/instruction.ts';
import { BinscribeError } from '../error.ts';
import type { SummaryModel } from '../models/summaries/model.ts';
import type { VisibleNames } from '../tokens/visible-names.ts';
import { openOne } from './batches.ts';
import { EVIDENCE_LIMITS, SUMMARISED } from './limits.ts';
import { sanitize } from './sanitize.ts';
import type { FunctionReport } from './schema.ts';

/** What a report says of a function in a sentence. */
export type Told = Pick<FunctionReport, 'summary' | 'noSummary'>;

/** Why what is no function has no summary. */
const NO_FUNCTION = { thunk: 'it is an import stub', fragment: 'it is a part of another function' } as const;

/** A function of the report, with its rank. */
export interface Ranked {
  readonly found: FoundFunction;
  /** 1 for the most interesting. */
  readonly rank: number;
}

export interface SummaryOptions {
  readonly binary: Binary;
  readonly names: VisibleNames;
  /** Whether somebody has named the functions: then all of them are asked about, else the most interesting. */
  readonly named: boolean;
  readonly progress?: (done: number, all: number) => void;
}

/** @returns of each function what is told of it; undefined of those that were not asked about */
export async function summariesOf(
  model: SummaryModel,
  functions: readonly Ranked[],
  { binary, names, named, progress }: SummaryOptions,
): Promise<(Told | undefined)[]> {
  const real = Array.from(functions.keys())
    .filter((i) => functions[i].found.kind === 'function')
    .sort((a, b) => functions[a].rank - functions[b].rank);
  const asked = named ? real : real.slice(0, SUMMARISED);
  const told: (Told | undefined)[] = functions.map(({ found: { kind } }) =>
    named && kind !== 'function' ? { summary: null, noSummary: NO_FUNCTION[kind] } : undefined,
  );
  // Taken apart once more: which are the most interesting is known when the code of all has been let go.
  const bodies: FunctionBody[] = [];
  const opened = asked.filter((i) => {
    const body = openOne(binary, functions[i].found);
    if (!(body instanceof BinscribeError)) return bodies.push(body);
    told[i] = { summary: null, noSummary: sanitize(body.message) };
    return false;
  });
  const written = await model.write(bodies, names, progress);
  opened.forEach((i, place) => {
    const one = written[place];
    if (one.summary === null) {
      told[i] = { summary: null, noSummary: sanitize(one.reason) };
      return;
    }
    const { text, score, evidence } = one.summary;
    const words = evidence.words.slice(0, EVIDENCE_LIMITS.words);
    told[i] = {
      summary: {
        text: sanitize(text, EVIDENCE_LIMITS.summaryLength),
        score,
        evidence: {
          by: evidence.by,
          words: words.map((word) => sanitize(word, EVIDENCE_LIMITS.stringLength)),
        },
      },
    };
  });
  return told;
}

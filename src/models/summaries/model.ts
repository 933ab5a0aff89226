/** The model of summaries: functions in, a sentence about each with the probability that it is right, or why there is none. */

import type { FunctionBody } from '../../binary/instruction.ts';
import { instructionCount, normalizedAssembly } from '../../tokens/assembly.ts';
import type { VisibleNames } from '../../tokens/visible-names.ts';
import type { ModelCard } from '../model.ts';
import { type Certainty, certaintyOf } from './certainty.ts';
import type { SummaryDraft, SummaryDrafter } from './drafts.ts';

/** What is said of a function. The text is a network's: it may hold whatever bytes that has put together. */
export interface Summary {
  readonly text: string;
  /** The probability that it says about the same as a programmer's summary. */
  readonly score: number;
  readonly evidence: {
    readonly by: 'network';
    /** Of its words those that are said in the code too: in strings, and in names of imports. */
    readonly words: readonly string[];
  };
}

/** A summary, or why there is none. */
export type Summarised = { readonly summary: Summary } | { readonly summary: null; readonly reason: string };

/** Everything that a folder holds. */
export interface SummaryParts {
  readonly card: ModelCard;
  /** Instructions of a function below which nothing is asked: of so few nothing was learned. */
  readonly floor: number;
  readonly drafter: Pick<SummaryDrafter, 'write' | 'close'>;
  readonly certainty: Certainty;
}

/** Call `close` at the end. */
export class SummaryModel {
  readonly card: ModelCard;
  private readonly parts: SummaryParts;

  constructor(parts: SummaryParts) {
    this.card = parts.card;
    this.parts = parts;
  }

  /**
   * @param bodies functions, of each of which the first 512 instructions are read
   * @param progress told how many of those that are written of are done
   * @returns in their order
   */
  async write(
    bodies: readonly FunctionBody[],
    names: VisibleNames,
    progress?: (done: number, all: number) => void,
  ): Promise<readonly Summarised[]> {
    const { floor, drafter } = this.parts;
    const codes = bodies.map((body) => normalizedAssembly(body, names));
    const asked = codes.flatMap((code, i) => (instructionCount(code) < floor ? [] : [i]));
    const drafts = await drafter.write(
      asked.map((i) => codes[i]),
      progress,
    );
    const told: Summarised[] = bodies.map(() => ({
      summary: null,
      reason: `it has fewer than ${floor} instructions`,
    }));
    asked.forEach((i, place) => (told[i] = this.judged(drafts[place])));
    return told;
  }

  private judged({ text, features, repeated }: SummaryDraft): Summarised {
    const { certainty } = this.parts;
    if (text === '') return { summary: null, reason: 'the network has written nothing' };
    const score = certaintyOf(features, certainty);
    if (Number.isNaN(score)) return { summary: null, reason: 'the network has come to no number' };
    if (score < certainty.threshold) {
      const [own, least] = [score, certainty.threshold].map((one) => `${Math.floor(100 * one)} %`);
      return {
        summary: null,
        reason: `what was written is right with a probability of ${own} only, and ${least} is asked for`,
      };
    }
    return { summary: { text, score, evidence: { by: 'network', words: repeated } } };
  }

  close(): Promise<void> {
    return this.parts.drafter.close();
  }
}

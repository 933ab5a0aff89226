/** One token after the other, never taken back: the likeliest, or one that is drawn. */

import type { RandomStream } from '../random.ts';
import type { Sampling, Written } from './options.ts';
import { banned, type Candidates, type Continuation, type Search, type SearchSetting } from './search.ts';

interface Draft {
  tokens: number[];
  score: number;
  over: boolean;
  ended: boolean;
}

/** Chooses one of the candidates that remain, the likeliest of which comes first. @returns its number */
export type Choice = (scores: readonly number[], draft: number) => number;

export const likeliest: Choice = () => 0;

/** Draws by probability, as transformers does: temperature, then the likeliest K, then the likeliest P. */
export function drawn(
  { temperature = 1, topK = Infinity, topP = 1 }: Sampling,
  streams: readonly RandomStream[],
): Choice {
  return (scores, draft) => {
    const kept = scores.slice(0, topK);
    const weights = kept.map((score) => Math.exp((score - kept[0]) / temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let count = 0;
    let mass = 0;
    while (count < weights.length && mass < topP * total) mass += weights[count++];
    let rest = streams[draft].uniform() * mass;
    for (let i = 0; i < count; i++) {
      rest -= weights[i];
      if (rest < 0) return i;
    }
    return count - 1;
  };
}

export class DrawSearch implements Search {
  private readonly setting: SearchSetting;
  private readonly choose: Choice;
  /** How many candidates `choose` looks at. */
  private readonly looked: number;
  private readonly drafts: Draft[];
  private begun = false;

  constructor(setting: SearchSetting, choose: Choice, looked: number, count: number) {
    this.setting = setting;
    this.choose = choose;
    this.looked = looked;
    this.drafts = Array.from({ length: count }, () => ({
      tokens: [...setting.given],
      score: 0,
      over: false,
      ended: false,
    }));
  }

  needed(): number {
    return this.looked + Math.max(...this.drafts.map((draft) => banned(draft, this.setting).size));
  }

  advance(candidates: Candidates): Continuation | null {
    const { end, given, maximum } = this.setting;
    this.drafts.forEach((draft, i) => {
      if (draft.over) return;
      const row = this.begun ? i : 0;
      const not = banned(draft, this.setting);
      const left = Array.from({ length: candidates.count }, (_, c) => c).filter(
        (c) => !not.has(candidates.token(row, c)),
      );
      const chosen =
        left[
          this.choose(
            left.map((c) => candidates.score(row, c)),
            i,
          )
        ];
      // All is banned: the text cannot go on.
      if (chosen === undefined) {
        draft.over = true;
        return;
      }
      const token = candidates.token(row, chosen);
      draft.score += candidates.score(row, chosen);
      draft.ended = token === end;
      if (!draft.ended) draft.tokens.push(token);
      draft.over = draft.ended || draft.tokens.length - given.length >= maximum;
    });
    if (this.drafts.every(({ over }) => over)) return null;
    // Rows of drafts that are over go on for nothing until the last of the text's is.
    const parents = this.drafts.map((_, i) => (this.begun ? i : 0));
    this.begun = true;
    return { parents, tokens: this.drafts.map(({ tokens }) => tokens[tokens.length - 1]) };
  }

  results(): readonly Written[] {
    const { given } = this.setting;
    return this.drafts.map(({ tokens, score, ended }) => ({
      tokens: tokens.slice(given.length),
      score,
      ended,
    }));
  }
}

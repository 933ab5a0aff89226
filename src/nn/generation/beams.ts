/**
 * Beam search as transformers does it, so that both find the same texts: twice as many continuations as beams are
 * looked at, those that end among the better half are set aside, and the search is over when no running text could
 * still beat the worst of those, by its length so far.
 */

import type { Beams, Written } from './options.ts';
import {
  banned,
  type Candidates,
  type Continuation,
  type Hypothesis,
  type Search,
  type SearchSetting,
} from './search.ts';

interface Candidate {
  readonly parent: number;
  readonly token: number;
  readonly score: number;
}

export class BeamSearch implements Search {
  private readonly setting: SearchSetting;
  private readonly beams: number;
  private readonly penalty: number;
  private readonly early: boolean;
  private running: readonly Hypothesis[];
  /** Whole texts, the best first. */
  private finished: Written[] = [];

  constructor(setting: SearchSetting, { beams = 5, lengthPenalty = 1, earlyStopping = false }: Beams) {
    this.setting = setting;
    this.beams = beams;
    this.penalty = lengthPenalty;
    this.early = earlyStopping;
    this.running = [{ tokens: setting.given, score: 0 }];
  }

  needed(): number {
    return 2 * this.beams + Math.max(...this.running.map((text) => banned(text, this.setting).size));
  }

  advance(candidates: Candidates): Continuation | null {
    const { end, given, maximum } = this.setting;
    const best = this.continuations(candidates);
    const length = this.running[0].tokens.length - given.length + 1;
    const over = (token: number): boolean => token === end || length >= maximum;
    for (const { parent, token, score } of best.slice(0, this.beams)) {
      if (!over(token)) continue;
      const written = this.running[parent].tokens.slice(given.length);
      const ended = token === end;
      if (!ended) written.push(token);
      this.finished.push({ tokens: written, score: score / length ** this.penalty, ended });
    }
    this.finished = this.finished.sort((a, b) => b.score - a.score).slice(0, this.beams);
    const going = best.filter(({ token }) => !over(token)).slice(0, this.beams);
    if (going.length === 0 || this.settled(going[0].score, length)) return null;
    // A vocabulary smaller than the beams: the worst is followed twice, and the copy never wins.
    while (going.length < this.beams) going.push({ ...going[going.length - 1], score: -Infinity });
    this.running = going.map(({ parent, token, score }) => ({
      tokens: [...this.running[parent].tokens, token],
      score,
    }));
    return { parents: going.map(({ parent }) => parent), tokens: going.map(({ token }) => token) };
  }

  /** The likeliest continuations of all running texts, twice as many as beams. */
  private continuations(candidates: Candidates): Candidate[] {
    const all: Candidate[] = [];
    this.running.forEach((text, parent) => {
      const not = banned(text, this.setting);
      for (let i = 0; i < candidates.count; i++) {
        const token = candidates.token(parent, i);
        if (!not.has(token)) all.push({ parent, token, score: text.score + candidates.score(parent, i) });
      }
    });
    return all.sort((a, b) => b.score - a.score).slice(0, 2 * this.beams);
  }

  private settled(best: number, length: number): boolean {
    if (this.finished.length < this.beams) return false;
    return this.early || best / length ** this.penalty <= this.finished[this.beams - 1].score;
  }

  results(): readonly Written[] {
    return this.finished;
  }
}

/**
 * Texts that a function might have: those that the writer has written, those of the nearest functions, and of source what
 * rules make of the code. What a machine can tell of each is gathered here; which is the best is the affair of choice.ts.
 */

import { BEAMS, NO_REPEAT, writeTexts } from '../../models/contrabin/write-texts.ts';
import { compareDrafts } from '../../models/drafts/choose.ts';
import type { Build, Recompiler } from '../../models/drafts/recompiler.ts';
import type { Generator } from '../../nn/generation/generator.ts';
import type { Trainer } from '../../nn/training/trainer.ts';
import type { WrittenColumn } from './functions.ts';
import { ownText } from './draft-style.ts';
import { hintTokens } from './hints.ts';
import type { Neighbour, Neighbourhood, Wanted } from './neighbours.ts';
import { likelihoods, type WritingSettings, type WritingVocabularies } from './writing.ts';

/** Code of which something is to be written. */
export interface Target extends Wanted {
  /** What it was compiled with. */
  readonly build: Build;
  /** A draft of its source by rules, as `codeAlone` leaves it; null where there is none. */
  readonly lifted: string | null;
}

export function wholeOf({ text, whole = text }: Pick<Candidate, 'text' | 'whole'>): string {
  return whole;
}

export interface Candidate {
  readonly text: string;
  /** What compiles, and what the writer reads, where that is not the text alone: a draft with its declarations. */
  readonly whole?: string;
  /** By the writer, of a training function, or by rules. */
  readonly from: 'written' | 'found' | 'lifted';
  /** The logarithm of the text's probability by the writer, in the mean over its tokens. */
  readonly likelihood: number;
  /** Of the code that it is the text of, to the target's; null where it was not found. */
  readonly similarity: number | null;
  /** Of its own code, compiled, to the target's (models/drafts/likeness.ts); null where it does not compile. */
  readonly likeness: number | null;
}

export interface CandidateSettings extends WritingSettings {
  readonly column: WrittenColumn;
  readonly vocabularies: WritingVocabularies;
  /** Texts that are given as hints, and those that are candidates. */
  readonly neighbours: { readonly hints: number; readonly candidates: number };
  /** How most functions of the training begin (draft-style.ts). */
  readonly beginning: string;
}

/** A writer in the two forms in which it is asked, and what it may look up. */
export interface Author {
  readonly trainer: Trainer;
  readonly generator: Generator;
  readonly index: Neighbourhood;
  readonly settings: CandidateSettings;
}

/** @returns of each target the texts of five beams, the likeliest first, then what others say; none twice */
export async function candidatesOf(targets: readonly Target[], author: Author): Promise<Candidate[][]> {
  const { trainer, generator, index, settings } = author;
  const { network, vocabularies, neighbours, training, column } = settings;
  const { longestCode, longestText, longestHints } = network.decoder;
  const most = Math.max(neighbours.hints, neighbours.candidates);
  const near = targets.map((target) => index.nearest(target, most));
  const hints = { column, count: neighbours.hints, longest: longestHints };
  const given = targets.map((target, i) => ({
    code: vocabularies.code.encode(target.assembly, longestCode),
    hints: hintTokens(target, near[i], vocabularies.text, hints),
  }));
  const written = await writeTexts(generator, given, {
    batchSize: training.batchSize,
    longestHints,
    maximum: longestText,
    ...(column === 'text' && { noRepeat: NO_REPEAT }),
    method: { kind: 'beams', beams: BEAMS, returned: BEAMS },
  });
  const others = targets.map((target, i) =>
    othersOf(target, near[i].slice(0, neighbours.candidates), settings.beginning),
  );
  const told = await likelihoods(
    trainer,
    others.flatMap((list, i) =>
      list.map((one) => ({ ...given[i], text: vocabularies.text.encode(wholeOf(one), longestText) })),
    ),
    settings,
  );
  let asked = 0;
  return targets.map((_, i) => {
    const beams = written[i].map(({ tokens, score }): Candidate => {
      const text = vocabularies.text.decode(tokens).trim();
      return { text, from: 'written', likelihood: score, similarity: null, likeness: null };
    });
    return withoutCopies([...beams, ...others[i].map((other) => ({ ...other, likelihood: told[asked++] }))]);
  });
}

/** What a target's candidates are without a writer: the nearest texts, then what rules make of the code. */
export function othersOf({ lifted }: Target, found: readonly Neighbour[], beginning: string): Candidate[] {
  const all = found.map(({ text, similarity }): Candidate => {
    return { text, from: 'found', similarity, likelihood: 0, likeness: null };
  });
  if (lifted === null) return all;
  const text = ownText(lifted, beginning);
  return [...all, { text, whole: lifted, from: 'lifted', likelihood: 0, similarity: null, likeness: null }];
}

/** Of candidates with one text the first. */
function withoutCopies(candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ text }, i) => candidates.findIndex((other) => other.text === text) === i);
}

/**
 * Compiles candidates as their targets were, and compares.
 * @param known of each target texts of which this was done: the nearest are the same for all writers
 * @throws BinscribeError as the recompiler does
 */
export async function withLikeness(
  lists: readonly (readonly Candidate[])[],
  targets: readonly Target[],
  known: readonly (readonly Candidate[])[],
  recompiler: Recompiler,
): Promise<Candidate[][]> {
  const compared: Candidate[][] = [];
  for (const [i, list] of lists.entries()) {
    const { body, build } = targets[i];
    const scores = new Map((known.at(i) ?? []).map((one) => [wholeOf(one), one.likeness]));
    const open = list.map(wholeOf).filter((text) => !scores.has(text));
    const drafts = open.map((text) => ({ text }));
    const found = await compareDrafts(body, drafts, build, recompiler);
    open.forEach((text, place) => scores.set(text, found.scores[place]));
    compared.push(list.map((one) => ({ ...one, likeness: scores.get(wholeOf(one)) ?? null })));
  }
  return compared;
}

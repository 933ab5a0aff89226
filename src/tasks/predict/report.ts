/** What a study of prediction found: points of means over seeds, and how far scores go with the correlation. */

import { spearman } from '../../metrics/edc/sampled.ts';
import { seedInterval, type Interval } from '../../nn/training/runs.ts';
import type { Metric } from '../chat/score.ts';
import type { InputHashes } from '../edc/sets.ts';
import type { FieldChoice } from '../edc/embed.ts';
import type { AbsentSet } from '../edc/study.ts';
import { type Cell, type Explainer, EXPLAINERS } from './study.ts';
import type { WriterSettings } from './writer.ts';

/** The metrics that are shown; the first is drawn first. */
export const SHOWN = ['BLEU-4', 'GLEU', 'ROUGE-2', 'METEOR'] as const satisfies readonly Metric[];
export type Shown = (typeof SHOWN)[number];

/** What was learned from, of all cells of a set. */
export interface SetFacts {
  readonly set: string;
  readonly limits: string | null;
  readonly inputs: InputHashes;
  readonly input: FieldChoice;
  readonly output: FieldChoice;
  readonly training: number;
  readonly heldOut: number;
}

export interface PredictReport {
  readonly schema: 2;
  readonly tool: string;
  readonly seed: number;
  readonly seeds: number;
  readonly shares: readonly number[];
  readonly limit: number;
  readonly heldOut: number;
  readonly resamples: number;
  readonly steps: number;
  readonly writer: WriterSettings;
  readonly sets: readonly SetFacts[];
  readonly absent: readonly AbsentSet[];
  readonly cells: readonly Cell[];
  readonly points: readonly Point[];
  readonly agreement: readonly Agreement[];
}

/** A set with a share of its texts exchanged: means over seeds. */
export interface Point {
  readonly set: string;
  readonly share: number;
  readonly edc: Interval;
  readonly shuffled: Interval;
  readonly scores: Readonly<Record<Explainer, Readonly<Record<Shown, Interval>>>>;
}

/** Spearman's correlation of EDC and score over points. */
export interface Agreement {
  /** Points of one set, which differ in what was exchanged; or of all sets as they are. */
  readonly of: string;
  readonly points: number;
  readonly explainer: Explainer;
  readonly correlation: Readonly<Record<Shown, number>>;
}

/** Of fewer points a correlation of ranks is 1 or -1 by chance. */
const LEAST_POINTS = 4;
/** What a correlation over sets, and not within one, is called. */
export const ACROSS_SETS = 'all sets, nothing exchanged';

export function pointsOf(cells: readonly Cell[]): Point[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = JSON.stringify([cell.set, cell.share]);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].map((own) => ({
    set: own[0].set,
    share: own[0].share,
    edc: seedInterval(own.map(({ edc }) => edc)),
    shuffled: seedInterval(own.map(({ shuffled }) => shuffled)),
    scores: record(EXPLAINERS, (explainer) =>
      record(SHOWN, (metric) => seedInterval(own.map(({ scores }) => scores[explainer][metric]))),
    ),
  }));
}

export function agreementOf(points: readonly Point[]): Agreement[] {
  const sets = [...new Set(points.map(({ set }) => set))];
  const groups = [
    ...sets.map((set) => ({ of: set, own: points.filter((point) => point.set === set) })),
    { of: ACROSS_SETS, own: points.filter(({ share }) => share === 0) },
  ];
  return groups
    .filter(({ own }) => own.length >= LEAST_POINTS)
    .flatMap(({ of, own }) =>
      EXPLAINERS.map((explainer) => ({
        of,
        points: own.length,
        explainer,
        correlation: record(SHOWN, (metric) =>
          spearman(
            Float64Array.from(own, ({ edc }) => edc.mean),
            Float64Array.from(own, ({ scores }) => scores[explainer][metric].mean),
          ),
        ),
      })),
    );
}

function record<K extends string, T>(names: readonly K[], of: (name: K) => T): Record<K, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<K, T>;
}

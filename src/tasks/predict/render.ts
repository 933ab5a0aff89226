/** A study of prediction as tables and as a page with its plots. */

import type { Interval } from '../../nn/training/runs.ts';
import { escapeHtml } from '../../markup.ts';
import { frame, pageOf, px, py, section, table } from '../edc/picture.ts';
import { ACROSS_SETS, type Agreement, type Point, type PredictReport, SHOWN, type Shown } from './report.ts';
import { type Explainer, EXPLAINERS } from './study.ts';
import { count } from '../../numbers.ts';

const three = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : 'none');
/** Scores as the field prints them. */
const hundred = (value: number): string => (100 * value).toFixed(1);
const percent = (share: number): string => `${Math.round(100 * share)} %`;

function span({ mean, low, high }: Interval, of: (value: number) => string): string {
  return low === null || high === null ? of(mean) : `${of(mean)} (${of(low)} to ${of(high)})`;
}

/** What was done, in sentences. */
function introduction({ sets, seeds, steps, cells, writer }: PredictReport): string[] {
  const parameters = cells.map((cell) => cell.parameters);
  const size = `${count(Math.min(...parameters))} to ${count(Math.max(...parameters))} parameters`;
  return [
    `The same explainers learned from each set with a share of its texts exchanged, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'} each, and were asked about functions held out, whose texts are as people wrote them. EDC is that of the training set as it was learned from; beside it what its texts give at other inputs, where what was written once stays together: so much is repetition, and teaches nothing.`,
    `Nearest input: the text of the training item whose input is nearest in the space that EDC was measured in. Sequence model: an encoder and a decoder of ${writer.layers} layers of ${writer.width} (${size}), from nothing, ${count(steps)} steps of ${writer.batchSize} whatever the set. Most frequent text: what has to be beaten.`,
    `Held out: ${sets.map(({ set, training, heldOut }) => `${set}, ${count(heldOut)} beside ${count(training)} for training`).join('; ')}. By the set's own split where it has one; never code that was trained on.`,
    'Intervals: 95 % of the mean over seeds. Scores of different sets do not compare, since their texts differ: EDC predicts where scores rise with it within a set, and more so where they do from set to set.',
  ];
}

function pointsTable({ points }: PredictReport): string[][] {
  return [
    ['set', 'exchanged', 'EDC', 'shuffled', 'explainer', ...SHOWN],
    ...points.flatMap((point) =>
      EXPLAINERS.map((explainer) => [
        point.set,
        percent(point.share),
        span(point.edc, three),
        three(point.shuffled.mean),
        explainer,
        ...SHOWN.map((metric) => span(point.scores[explainer][metric], hundred)),
      ]),
    ),
  ];
}

function agreementTable(agreement: readonly Agreement[]): string[][] {
  if (agreement.length === 0) return [];
  return [
    ['over the points of', 'points', 'explainer', ...SHOWN],
    ...agreement.map(({ of, points, explainer, correlation }) => [
      of,
      String(points),
      explainer,
      ...SHOWN.map((metric) => three(correlation[metric])),
    ]),
  ];
}

const AGREEMENT = "Spearman's correlation of EDC and score";

/** What is seen, for each explainer but the one to beat. */
export function conclusions({ agreement, points }: PredictReport): string[] {
  const [metric] = SHOWN;
  const unspoiled = points.filter(({ share }) => share === 0);
  const each = EXPLAINERS.slice(0, 2).flatMap((explainer) => {
    const own = agreement.filter((one) => one.explainer === explainer && one.of !== ACROSS_SETS);
    const values = own.map(({ of, correlation }) => `${three(correlation[metric])} (${of})`);
    const idle = unspoiled.filter(
      ({ scores }) => scores[explainer][metric].mean <= scores['most frequent text'][metric].mean,
    );
    const named = idle.map(({ set }) => set).join('; ');
    return [
      ...(own.length === 0
        ? []
        : [`${explainer}: rank correlation of EDC and ${metric} within a set: ${values.join(', ')}.`]),
      ...(idle.length === 0
        ? []
        : [
            `${explainer}: learned too little to tell anything, not more than the most frequent text, of ${named}.`,
          ]),
    ];
  });
  const across = agreement.filter(({ of }) => of === ACROSS_SETS).slice(0, 2);
  const values = across.map(({ explainer, correlation }) => `${three(correlation[metric])} (${explainer})`);
  const between =
    across.length === 0
      ? `${unspoiled.length} sets are too few to say whether EDC tells which of two sets teaches better.`
      : `From set to set it is ${values.join(', ')}, over ${unspoiled.length} points: little to go by.`;
  return [...each, between];
}

export function renderPredict(report: PredictReport): string {
  const lines = ([titles, ...rows]: readonly string[][]): string[] =>
    titles === undefined
      ? []
      : [titles, titles.map(() => '---'), ...rows].map(
          (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
        );
  const { absent, sets } = report;
  return [
    '# Does Embedding Distance Correlation predict?',
    '',
    ...introduction(report).flatMap((text) => [text, '']),
    ...conclusions(report).map((text) => `- ${text}`),
    ...sets.flatMap(({ set, limits }) => (limits === null ? [] : [`- ${set}: ${limits}`])),
    ...absent.map(({ set, reason }) => `- ${set} was left out: ${reason}.`),
    '',
    ...lines(pointsTable(report)),
    '',
    `${AGREEMENT}:`,
    '',
    ...lines(agreementTable(report.agreement)),
    '',
  ].join('\n');
}

/** As many as differ at a glance, in light and dark; then they begin again. */
const COLOURS = ['#0b72c4', '#d1660b', '#2b9348', '#a23bb5', '#c2323c', '#7a7a1e', '#118a8a', '#8a5a3c'];

export function renderPredictPage(report: PredictReport): string {
  const sets = report.sets.map(({ set }) => set);
  const colour = (set: string): string => COLOURS[sets.indexOf(set) % COLOURS.length];
  const legend = sets
    .map((set) => `<span style="color:${colour(set)}">●</span> ${escapeHtml(set)}`)
    .join(' &nbsp; ');
  const pictures = SHOWN.map(
    (metric) =>
      `<div class="pictures">${EXPLAINERS.slice(0, 2)
        .map((explainer) => plot(report.points, explainer, metric, colour))
        .join('')}</div>`,
  );
  return pageOf(
    'Does Embedding Distance Correlation predict?',
    `<div class="verdict"><ul>${conclusions(report)
      .map((text) => `<li>${escapeHtml(text)}</li>`)
      .join('')}</ul></div><p>${legend}</p>${pictures.join('')}` +
      introduction(report)
        .map((text) => `<p>${escapeHtml(text)}</p>`)
        .join('') +
      section(AGREEMENT, table(agreementTable(report.agreement))) +
      section('Points', table(pointsTable(report))),
  );
}

/** A line a set, from all of its texts exchanged to none; bars are intervals over seeds, rings what has to be beaten. */
function plot(
  points: readonly Point[],
  explainer: Explainer,
  metric: Shown,
  colour: (set: string) => string,
): string {
  const score = (point: Point, of: Explainer): Interval => point.scores[of][metric];
  const usual: Explainer = 'most frequent text';
  const xs = points.flatMap(({ edc }) => ends(edc));
  const ys = points.flatMap((point) => [...ends(score(point, explainer)), score(point, usual).mean]);
  const [x0, x1] = [Math.min(0, ...xs), Math.max(0.01, ...xs)];
  const y1 = 100 * Math.max(0.01, ...ys);
  const at = (x: number, y: number): string => `${px((x - x0) / (x1 - x0))} ${py(Math.max(0, 100 * y) / y1)}`;
  const marks = [...new Set(points.map(({ set }) => set))].map((set) => {
    const own = points.filter((point) => point.set === set).sort((a, b) => a.edc.mean - b.edc.mean);
    const line = own.map((point) => at(point.edc.mean, score(point, explainer).mean)).join('L');
    const each = own.map((point) => {
      const value = score(point, explainer);
      const [cx, cy] = at(point.edc.mean, value.mean).split(' ');
      const [ux, uy] = at(point.edc.mean, score(point, usual).mean).split(' ');
      const [low, high] = [Math.min(...ends(value)), Math.max(...ends(value))];
      const [left, right] = [Math.min(...ends(point.edc)), Math.max(...ends(point.edc))];
      return (
        `<path d="M${at(point.edc.mean, low)}L${at(point.edc.mean, high)}M${at(left, value.mean)}L${at(right, value.mean)}" opacity=".5"/>` +
        `<circle cx="${cx}" cy="${cy}" r="${point.share === 0 ? 5 : 3}" fill="${colour(set)}"/>` +
        `<circle cx="${ux}" cy="${uy}" r="2.5" fill="none" opacity=".7"/>`
      );
    });
    return `<g stroke="${colour(set)}" fill="none"><path d="M${line}" opacity=".6"/>${each.join('')}</g>`;
  });
  return frame(
    `${explainer}: ${metric}`,
    'Large: nothing exchanged. Small: a share of the training texts exchanged. Rings: the most frequent text.',
    'EDC of the training set',
    `${metric} × 100 on texts held out`,
    [x0, x1, 0, y1],
    marks.join(''),
  );
}

function ends({ mean, low, high }: Interval): number[] {
  return low === null || high === null ? [mean] : [low, mean, high];
}

/** A page of curves of a training, self-contained: pictures are SVG, and no script runs. */

import { escapeHtml } from '../../markup.ts';
import type { LogRecord } from './log.ts';

const WIDTH = 720;
const HEIGHT = 260;
const MARGIN = { left: 64, right: 16, top: 16, bottom: 32 };
/** Points of a curve; a picture of 700 dots shows no more. */
const MAX_POINTS = 700;

interface Curve {
  readonly title: string;
  readonly points: readonly (readonly [step: number, value: number])[];
}

const show = (value: number): string =>
  Number.isInteger(value) ? `${value}` : Number(value.toPrecision(4)).toString();

/** Means of neighbouring points, so that no more than `MAX_POINTS` remain. */
function thinned({ title, points }: Curve): Curve {
  const group = Math.ceil(points.length / MAX_POINTS);
  if (group <= 1) return { title, points };
  const means: [number, number][] = [];
  for (let i = 0; i < points.length; i += group) {
    const part = points.slice(i, i + group);
    means.push([part[part.length - 1][0], part.reduce((sum, [, y]) => sum + y, 0) / part.length]);
  }
  return { title: `${title} (means of ${group} steps)`, points: means };
}

/** Four or five round numbers between two values. */
function ticks(low: number, high: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10);
  const found: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) found.push(i * step);
  return found;
}

function picture(curve: Curve): string {
  const { title, points } = thinned(curve);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const [y0, y1] = [Math.min(...ys), Math.max(...ys)];
  const inner = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const px = (x: number): string => (MARGIN.left + (inner.width * (x - x0)) / (x1 - x0 || 1)).toFixed(1);
  const py = (y: number): string => (MARGIN.top + inner.height * (1 - (y - y0) / (y1 - y0 || 1))).toFixed(1);
  const rows = ticks(y0, y1).map(
    (y) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${py(y)}" y2="${py(y)}"/>` +
      `<text x="${MARGIN.left - 8}" y="${py(y)}" text-anchor="end" dominant-baseline="middle">${show(y)}</text>`,
  );
  const columns = ticks(x0, x1).map(
    (x) => `<text x="${px(x)}" y="${HEIGHT - 10}" text-anchor="middle">${show(x)}</text>`,
  );
  const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${py(y)}`).join('');
  const last = points[points.length - 1];
  return (
    `<figure><figcaption>${escapeHtml(title)} <b>${show(last[1])}</b> at step ${last[0]}</figcaption>` +
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">` +
    `${rows.join('')}${columns.join('')}<path d="${path}"/>` +
    `<circle cx="${px(last[0])}" cy="${py(last[1])}" r="3"/></svg></figure>`
  );
}

export function curvesPage(records: readonly LogRecord[]): string {
  const pick = (title: string, of: (record: LogRecord) => number | undefined): Curve => ({
    title,
    points: records.flatMap((record) => {
      const value = of(record);
      return value === undefined || !Number.isFinite(value) ? [] : [[record.step, value] as const];
    }),
  });
  const names = new Set(records.flatMap((record) => Object.keys(record.metrics ?? {})));
  const curves = [
    pick('Loss', (r) => r.loss),
    ...[...names].map((name) => pick(name, (r) => r.metrics?.[name])),
    pick('Learning rate', (r) => r.learningRate),
    pick('Gradient norm', (r) => r.gradientNorm),
  ].filter(({ points }) => points.length > 0);
  return (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Training</title><style>' +
    'body{font:14px system-ui,sans-serif;margin:2rem auto;max-width:760px;color:#1c2430;background:#fff}' +
    'figure{margin:0 0 2rem}figcaption{margin-bottom:.4rem}svg{width:100%;height:auto}' +
    'path{fill:none;stroke:#0b62a8;stroke-width:1.6;stroke-linejoin:round}circle{fill:#0b62a8}' +
    '.grid{stroke:#dfe4ea}text{font-size:12px;fill:#5a6572}' +
    '@media(prefers-color-scheme:dark){body{color:#e4e8ee;background:#14181e}.grid{stroke:#303842}' +
    'text{fill:#9aa6b4}path{stroke:#6db3f2}circle{fill:#6db3f2}}' +
    `</style><h1>Training</h1>${curves.map(picture).join('')}</html>\n`
  );
}

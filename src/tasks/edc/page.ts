/** An EDC report as a page without scripts: the distances of pairs as a picture, and the curve of spoiled outputs. */

import type { EdcReport, Scatter } from './measure.ts';
import { escapeHtml } from '../../markup.ts';
import { frame, INNER, pageOf, px, py, section, table } from './picture.ts';
import {
  curveTable,
  type Figure,
  figuresOf,
  measuresTable,
  QUALITY,
  ratingsTable,
  sidesText,
  slicesTable,
} from './render.ts';

/** Cells as dark as the logarithm of their pairs. */
function heat({ cells, input, output, counts }: Scatter, x: string, y: string): string {
  const most = Math.log1p(Math.max(...counts));
  const [width, height] = [INNER.width / cells, INNER.height / cells];
  const marks = counts.map((count, i) => {
    if (count === 0) return '';
    const [column, row] = [i % cells, Math.floor(i / cells)];
    const opacity = (0.08 + 0.92 * (Math.log1p(count) / most)).toFixed(2);
    return `<rect class="cell" opacity="${opacity}" x="${px(column / cells)}" y="${py((row + 1) / cells)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`;
  });
  return frame(
    'Distances of pairs',
    'The darker a cell, the more pairs lie in it (by the logarithm); a sample of 20,000.',
    `distance of ${x}`,
    `distance of ${y}`,
    [...input, ...output],
    marks.join(''),
  );
}

function curveOf({ curve }: EdcReport): string {
  const values = curve
    .flatMap(({ pearson, expected, interval }) => [pearson, expected, ...interval])
    .filter((one) => Number.isFinite(one));
  const [low, high] = [Math.min(0, ...values), Math.max(0.01, ...values)];
  const place = (share: number, value: number): string => `${px(share)} ${py((value - low) / (high - low))}`;
  const path = (of: (point: EdcReport['curve'][number]) => number): string =>
    curve.map((point, i) => `${i === 0 ? 'M' : 'L'}${place(point.share, of(point))}`).join('');
  const dots = curve.map((point) => {
    const [x, y] = place(point.share, point.pearson).split(' ');
    const [from, to] = point.interval.map((end) => place(point.share, end));
    return `<path class="bar" d="M${from}L${to}"/><circle class="dot" cx="${x}" cy="${y}" r="3"/>`;
  });
  const inner = `<path class="expected" d="${path(({ expected }) => expected)}"/><path class="own" d="${path(({ pearson }) => pearson)}"/>${dots.join('')}`;
  return frame(
    'EDC where outputs are exchanged',
    'Dashed: expected, (1 - f)² of all above shuffled outputs, since a pair keeps it where both keep theirs; of what is of single items 1 - f. Bars: 95 % of draws.',
    'share of the outputs exchanged, f',
    'EDC',
    [0, 1, low, high],
    inner,
  );
}

/** The older measures on one side, the verdict and the pictures first. */
export function renderEdcPage(report: EdcReport): string {
  const drawable = Number.isFinite(report.pearson);
  const pictures = drawable
    ? `<div class="pictures">${heat(report.scatter, report.input.field, report.output.field)}${curveOf(report)}</div>`
    : '';
  const { quality, reasons } = report.verdict;
  return pageOf(
    `EDC of ${report.data}`,
    `<p>${escapeHtml(sidesText(report)).replace(/`([^`]*)`/g, '<b>$1</b>')}</p>` +
      `<div class="verdict"><p><b>${escapeHtml(QUALITY[quality])}</b></p><ul>` +
      `${reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join('')}</ul></div>` +
      `${pictures}${section('How sure it is', definitions(figuresOf(report)))}` +
      section('Ratings by experts', definitions(ratingsTable(report))) +
      section('Older measures', definitions(measuresTable(report))) +
      section('Slices: parts of the set, each by itself', table(slicesTable(report))) +
      section('Outputs exchanged', table(curveTable(report))),
  );
}

function definitions(figures: readonly Figure[]): string {
  const row = ({ name, value, meaning }: Figure): string =>
    `<div><dt>${escapeHtml(name)}</dt><dd class="value">${escapeHtml(value)}</dd><dd>${escapeHtml(meaning)}</dd></div>`;
  return figures.length === 0 ? '' : `<dl>${figures.map(row).join('')}</dl>`;
}

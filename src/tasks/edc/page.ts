/** An EDC report as a page without scripts: the distances of pairs as a picture, and the curve of spoiled outputs. */

import type { EdcReport, Scatter } from './measure.ts';
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

const SIZE = 420;
const MARGIN = { left: 56, bottom: 44, top: 12, right: 12 };

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:980px;padding:0 1rem;color:#1c2430;background:#fff}
h1{font-size:1.4rem}figure{margin:0;flex:1 1 380px}figcaption{margin-bottom:.4rem;font-weight:600}small{display:block;font-weight:400;font-size:13px;color:#5a6572;min-height:2.6em}
.pictures{display:flex;flex-wrap:wrap;gap:1.5rem}svg{width:100%;height:auto}
text{font-size:12px;fill:#5a6572}.axis{stroke:#8a94a0}.cell{fill:#0b62a8}.own{fill:none;stroke:#0b62a8;stroke-width:2}
.expected{fill:none;stroke:#b4560b;stroke-dasharray:5 4;stroke-width:1.6}.dot{fill:#0b62a8}
h2{font-size:1.1rem;margin:2rem 0 .4rem}
.wide{overflow-x:auto}table{border-collapse:collapse;min-width:60%}td,th{padding:.25rem 1rem .25rem 0;text-align:left;border-bottom:1px solid #dfe4ea;white-space:nowrap;font-variant-numeric:tabular-nums}
dl{margin:0}dl>div{display:grid;grid-template-columns:13rem 14rem 1fr;gap:0 1rem;padding:.35rem 0;border-bottom:1px solid #dfe4ea}dt{font-weight:600}dd{margin:0;color:#5a6572}dd.value{color:inherit;font-variant-numeric:tabular-nums}
@media(max-width:760px){dl>div{grid-template-columns:1fr 1fr}dl dd:last-child{grid-column:1/-1}}
.verdict{border-left:4px solid #0b62a8;padding:.3rem .8rem;background:#f2f6fa;margin-bottom:1.5rem}.verdict p{margin:.2rem 0}.verdict ul{margin:.2rem 0;padding-left:1.2rem}
@media(prefers-color-scheme:dark){body{color:#e4e8ee;background:#14181e}text{fill:#9aa6b4}.verdict{background:#1c232c}
td,th,dl>div{border-color:#303842}dd,small{color:#9aa6b4}.cell,.dot{fill:#6db3f2}.own{stroke:#6db3f2}.expected{stroke:#f0a35e}}`;

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
/** Rounding makes no negative zero. */
const short = (value: number): string => (Math.round(100 * value) / 100 + 0).toFixed(2);

const INNER = { width: SIZE - MARGIN.left - MARGIN.right, height: SIZE - MARGIN.top - MARGIN.bottom };
const px = (share: number): string => (MARGIN.left + share * INNER.width).toFixed(1);
const py = (share: number): string => (MARGIN.top + (1 - share) * INNER.height).toFixed(1);

/** Places of the numbers along an axis, as shares of it. */
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** @param note how to read it */
function frame(
  title: string,
  note: string,
  x: string,
  y: string,
  ends: readonly [number, number, number, number],
  inner: string,
): string {
  const [x0, x1, y0, y1] = ends;
  const marks = TICKS.map((share) => {
    const [left, right] = [short(x0 + share * (x1 - x0)), short(y0 + share * (y1 - y0))];
    // The outermost would stand out of the picture.
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    const drop = share === 1 ? 10 : share === 0 ? 0 : 4;
    return (
      `<text x="${px(share)}" y="${SIZE - 26}" text-anchor="${anchor}">${left}</text>` +
      `<text x="${MARGIN.left - 6}" y="${Number(py(share)) + drop}" text-anchor="end">${right}</text>`
    );
  });
  return (
    `<figure><figcaption>${escapeHtml(title)}<small>${escapeHtml(note)}</small></figcaption><svg viewBox="0 0 ${SIZE} ${SIZE}" role="img" aria-label="${escapeHtml(title)}">` +
    `<path class="axis" fill="none" d="M${px(0)} ${py(1)}V${py(0)}H${px(1)}"/>${inner}${marks.join('')}` +
    `<text x="${px(0.5)}" y="${SIZE - 8}" text-anchor="middle">${escapeHtml(x)}</text>` +
    `<text transform="translate(14 ${py(0.5)}) rotate(-90)" text-anchor="middle">${escapeHtml(y)}</text></svg></figure>`
  );
}

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
    .flatMap(({ pearson, expected }) => [pearson, expected])
    .filter((one) => Number.isFinite(one));
  const [low, high] = [Math.min(0, ...values), Math.max(0.01, ...values)];
  const place = (share: number, value: number): string => `${px(share)} ${py((value - low) / (high - low))}`;
  const path = (of: (point: EdcReport['curve'][number]) => number): string =>
    curve.map((point, i) => `${i === 0 ? 'M' : 'L'}${place(point.share, of(point))}`).join('');
  const dots = curve.map((point) => {
    const [x, y] = place(point.share, point.pearson).split(' ');
    return `<circle class="dot" cx="${x}" cy="${y}" r="3.5"/>`;
  });
  const inner = `<path class="expected" d="${path(({ expected }) => expected)}"/><path class="own" d="${path(({ pearson }) => pearson)}"/>${dots.join('')}`;
  return frame(
    'EDC where outputs are exchanged',
    'Dashed: what (1 - f)² of it leaves, since a pair keeps what it has where both keep theirs.',
    'share of the outputs exchanged, f',
    'EDC',
    [0, 1, low, high],
    inner,
  );
}

/** The older measures on one side, the verdict and the pictures first. */
export function renderEdcPage(report: EdcReport): string {
  const title = escapeHtml(`EDC of ${report.data}`);
  const drawable = Number.isFinite(report.pearson);
  const pictures = drawable
    ? `<div class="pictures">${heat(report.scatter, report.input.field, report.output.field)}${curveOf(report)}</div>`
    : '';
  const { quality, reasons } = report.verdict;
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<meta name="color-scheme" content="light dark"><title>${title}</title><style>${STYLE}</style><h1>${title}</h1>` +
    `<p>${escapeHtml(sidesText(report)).replace(/`([^`]*)`/g, '<b>$1</b>')}</p>` +
    `<div class="verdict"><p><b>${escapeHtml(QUALITY[quality])}</b></p><ul>` +
    `${reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join('')}</ul></div>` +
    `${pictures}${section('How sure it is', definitions(figuresOf(report)))}` +
    section('Ratings by experts', definitions(ratingsTable(report))) +
    section('Older measures', definitions(measuresTable(report))) +
    section('Slices', table(slicesTable(report))) +
    `${section('Outputs exchanged', table(curveTable(report)))}</html>\n`
  );
}

function section(title: string, contents: string): string {
  return contents === '' ? '' : `<h2>${escapeHtml(title)}</h2>${contents}`;
}

function definitions(figures: readonly Figure[]): string {
  const row = ({ name, value, meaning }: Figure): string =>
    `<div><dt>${escapeHtml(name)}</dt><dd class="value">${escapeHtml(value)}</dd><dd>${escapeHtml(meaning)}</dd></div>`;
  return figures.length === 0 ? '' : `<dl>${figures.map(row).join('')}</dl>`;
}

function table([titles, ...rows]: readonly string[][]): string {
  if (titles === undefined) return '';
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(shortened(cell))}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table>${line(titles, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table></div>`;
}

/** A slice's name may be a whole text. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** What pages of figures are drawn with: a square with two axes, tables, a look for light and dark; no scripts. */

import { escapeHtml } from '../../markup.ts';

const SIZE = 420;
const MARGIN = { left: 56, bottom: 44, top: 12, right: 12 };

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:980px;padding:0 1rem;color:#1c2430;background:#fff}
h1{font-size:1.4rem}figure{margin:0;flex:1 1 380px}figcaption{margin-bottom:.4rem;font-weight:600}small{display:block;font-weight:400;font-size:13px;color:#5a6572;min-height:2.6em}
.pictures{display:flex;flex-wrap:wrap;gap:1.5rem}svg{width:100%;height:auto}
text{font-size:12px;fill:#5a6572}.axis{stroke:#8a94a0}.cell{fill:#0b62a8}.bar{stroke:#0b62a8;stroke-width:1.2;opacity:.6}.own{fill:none;stroke:#0b62a8;stroke-width:2}
.expected{fill:none;stroke:#b4560b;stroke-dasharray:5 4;stroke-width:1.6}.dot{fill:#0b62a8}
h2{font-size:1.1rem;margin:2rem 0 .4rem}
.wide{overflow-x:auto}table{border-collapse:collapse;min-width:60%}td,th{padding:.25rem 1rem .25rem 0;text-align:left;border-bottom:1px solid #dfe4ea;white-space:nowrap;font-variant-numeric:tabular-nums}
dl{margin:0}dl>div{display:grid;grid-template-columns:13rem 14rem 1fr;gap:0 1rem;padding:.35rem 0;border-bottom:1px solid #dfe4ea}dt{font-weight:600}dd{margin:0;color:#5a6572}dd.value{color:inherit;font-variant-numeric:tabular-nums}
@media(max-width:760px){dl>div{grid-template-columns:1fr 1fr}dl dd:last-child{grid-column:1/-1}}
.verdict{border-left:4px solid #0b62a8;padding:.3rem .8rem;background:#f2f6fa;margin-bottom:1.5rem}.verdict p{margin:.2rem 0}.verdict ul{margin:.2rem 0;padding-left:1.2rem}
@media(prefers-color-scheme:dark){body{color:#e4e8ee;background:#14181e}text{fill:#9aa6b4}.verdict{background:#1c232c}
td,th,dl>div{border-color:#303842}dd,small{color:#9aa6b4}.cell,.dot{fill:#6db3f2}.own,.bar{stroke:#6db3f2}.expected{stroke:#f0a35e}}`;

/** Safe inside and outside of attributes. */
/** Rounding makes no negative zero. */
const short = (value: number): string => (Math.round(100 * value) / 100 + 0).toFixed(2);

/** The square between the axes. */
export const INNER = { width: SIZE - MARGIN.left - MARGIN.right, height: SIZE - MARGIN.top - MARGIN.bottom };
/** Where a share of an axis lies. */
export const px = (share: number): string => (MARGIN.left + share * INNER.width).toFixed(1);
export const py = (share: number): string => (MARGIN.top + (1 - share) * INNER.height).toFixed(1);

/** Places of the numbers along an axis, as shares of it. */
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/**
 * @param note how to read it
 * @param ends of both axes: numbers at which they begin and end
 * @param inner marks between the axes
 */
export function frame(
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
    `<text transform="translate(11 ${py(0.5)}) rotate(-90)" text-anchor="middle">${escapeHtml(y)}</text></svg></figure>`
  );
}

/** Nothing where there are no contents. */
export function section(title: string, contents: string): string {
  return contents === '' ? '' : `<h2>${escapeHtml(title)}</h2>${contents}`;
}

/** @param rows cells, the titles first */
export function table([titles, ...rows]: readonly string[][]): string {
  if (titles === undefined) return '';
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(shortened(cell))}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table>${line(titles, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table></div>`;
}

/** A slice's name may be a whole text. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** @param title plain text */
export function pageOf(title: string, body: string): string {
  const heading = escapeHtml(title);
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<meta name="color-scheme" content="light dark"><title>${heading}</title><style>${STYLE}</style><h1>${heading}</h1>` +
    `${body}</html>\n`
  );
}

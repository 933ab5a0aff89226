/** Lengths as an SVG picture, as ContraBin's Fig. 5: a panel for each data set, all on one axis. */

import { type DatasetLengths, QUANTILES, type Side, type SideLengths } from './measure.ts';
import { count } from '../../numbers.ts';
import { escapeHtml } from '../../markup.ts';

const WIDTH = 860;
const PLOT = { left: 84, right: WIDTH - 210, height: 150 } as const;
/** Of a panel: its title, and below the plot the numbers of the axis and a line for each side. */
const TITLE = 34;
const AXIS = 26;
const LINE = 20;
const GAP = 26;

const CLASSES: Readonly<Record<Side, string>> = { source: 's0', assembly: 's1', 'LLVM IR': 's2', text: 's3' };

/** Colours that stay apart for those who cannot tell red from green, on white and on black. */
const LIGHT = ['#0b62a8', '#c4560a', '#7b3fa0', '#14794a'];
const DARK = ['#6db3f2', '#f2a35e', '#c79be6', '#5fcf9a'];

const colours = (of: readonly string[]): string =>
  of.map((colour, i) => `.s${i}{stroke:${colour};fill:${colour}}text.s${i}{stroke:none}`).join('');

const STYLE =
  `svg{background:#fff;font:13px system-ui,sans-serif}text{fill:#3c4653}.title{font-weight:600;font-size:15px;fill:#1c2430}` +
  `.grid{stroke:#dfe4ea}.area{fill-opacity:.16;stroke-width:1.6;stroke-linejoin:round}.range{stroke-width:1.4}.half{stroke-width:6;stroke-opacity:.45}` +
  `${colours(LIGHT)}@media(prefers-color-scheme:dark){svg{background:#14181e}text{fill:#b4bfcc}.title{fill:#e4e8ee}.grid{stroke:#303842}${colours(DARK)}}`;

export function renderPicture(sets: readonly DatasetLengths[]): string {
  const ends = sets.flatMap(({ sides }) => sides.map(({ histogram }) => histogram.end));
  // Whole tens, so that the last number of the axis stands at its end.
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(10, ...ends))));
  const px = (length: number): number =>
    PLOT.left + ((PLOT.right - PLOT.left) * Math.log10(Math.max(1, length))) / decades;
  let top = 8;
  const panels = sets.map((set) => {
    const panel = panelOf(set, top, decades, px);
    top += heightOf(set);
    return panel;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img" ` +
    `aria-label="Lengths in tokens"><style>${STYLE}</style>${panels.join('')}</svg>\n`
  );
}

function heightOf({ sides }: DatasetLengths): number {
  return TITLE + PLOT.height + AXIS + LINE * sides.length + GAP;
}

function panelOf(
  { name, rows, sides }: DatasetLengths,
  top: number,
  decades: number,
  px: (length: number) => number,
): string {
  const bottom = top + TITLE + PLOT.height;
  const most = Math.max(...sides.map((side) => Math.max(...densities(side))));
  const py = (density: number): number => bottom - (PLOT.height * density) / most;
  const grid = Array.from({ length: decades + 1 }, (_, i) => {
    const x = px(10 ** i).toFixed(1);
    return `<line class="grid" x1="${x}" x2="${x}" y1="${top + TITLE}" y2="${bottom}"/><text x="${x}" y="${bottom + 16}" text-anchor="middle">${count(10 ** i)}</text>`;
  });
  const height = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 5, 10].map((m) => m * height).find((one) => most / one <= 3.5) ?? most;
  const shares: string[] = [];
  for (let share = 0; share <= most; share += step) {
    const y = py(share).toFixed(1);
    shares.push(
      `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}"/>` +
        `<text x="${PLOT.left - 8}" y="${y}" text-anchor="end" dominant-baseline="middle">${Number((100 * share).toFixed(1))} %</text>`,
    );
  }
  const areas = sides.map((side) => areaOf(side, bottom, px, py));
  const lines = sides.map((side, i) => lineOf(side, bottom + AXIS + LINE * (i + 0.5), px));
  return (
    `<text class="title" x="${PLOT.left}" y="${top + 16}">${escapeHtml(name)}: ${count(rows)} rows</text>` +
    `<text x="${PLOT.right + 14}" y="${top + TITLE + 4}">rows, for each doubling</text><text x="${PLOT.right + 14}" y="${top + TITLE + 20}">of the length</text>` +
    `<text x="${PLOT.right + 40}" y="${bottom + 16}">tokens</text>${grid.join('')}${shares.join('')}${areas.join('')}${lines.join('')}`
  );
}

/** Shares of the rows in each bin, over its width in doublings: bins of short lengths are wide. */
function densities({ histogram: { starts, end, counts }, rows }: SideLengths): number[] {
  return counts.map((each, i) => each / rows / Math.log2((starts[i + 1] ?? end) / starts[i]));
}

function areaOf(
  side: SideLengths,
  bottom: number,
  px: (length: number) => number,
  py: (density: number) => number,
): string {
  const { starts, end } = side.histogram;
  const steps = densities(side).map(
    (density, i) => `V${py(density).toFixed(1)}H${px(starts[i + 1] ?? end).toFixed(1)}`,
  );
  return `<path class="area ${CLASSES[side.side]}" d="M${px(starts[0] ?? 1).toFixed(1)} ${bottom}${steps.join('')}V${bottom}"/>`;
}

/** From the 5th to the 95th of a hundred, thick in the middle half, with a dot at the median and a mark at the 90th. */
function lineOf(side: SideLengths, y: number, px: (length: number) => number): string {
  const at = (q: (typeof QUANTILES)[number]): number => side.quantiles[QUANTILES.indexOf(q)];
  const x = (q: (typeof QUANTILES)[number]): string => px(at(q)).toFixed(1);
  const name = CLASSES[side.side];
  return (
    `<text class="${name}" x="${PLOT.left - 8}" y="${y}" text-anchor="end" dominant-baseline="middle">${side.side}</text>` +
    `<line class="range ${name}" x1="${x(0.05)}" x2="${x(0.95)}" y1="${y}" y2="${y}"/>` +
    `<line class="half ${name}" x1="${x(0.25)}" x2="${x(0.75)}" y1="${y}" y2="${y}"/>` +
    `<line class="range ${name}" x1="${x(0.9)}" x2="${x(0.9)}" y1="${y - 5}" y2="${y + 5}"/>` +
    `<circle class="${name}" cx="${x(0.5)}" cy="${y}" r="4"/>` +
    `<text x="${PLOT.right + 14}" y="${y}" dominant-baseline="middle">median ${count(at(0.5))}, 90 % to ${count(at(0.9))}</text>`
  );
}

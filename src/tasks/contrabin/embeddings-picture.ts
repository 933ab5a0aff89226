/** Maps of what encoders make of the same functions, beside one another, as the paper's Fig. 6. */

import type { EmbeddingReport } from './embeddings.ts';
import { escapeHtml } from '../../markup.ts';

export interface EmbeddingPanel {
  readonly title: string;
  readonly report: EmbeddingReport;
}

/** Of a panel, in the picture's units. */
const SIDE = 250;
const GAP = 18;
const TITLE = 54;
/** Of a line that names a pair. */
const LINE = 18;
const COLUMNS = 3;

/** Colours of followed pairs that stay apart for those who cannot tell red from green, on white and on black. */
const PAIRS = { light: ['#c4560a', '#14794a', '#7b3fa0'], dark: ['#f2a35e', '#5fcf9a', '#c79be6'] } as const;

const coloured = (of: readonly string[]): string =>
  of.map((colour, i) => `.p${i}{fill:${colour};stroke:${colour}}`).join('');

const STYLE =
  'svg{background:#fff;font:13px system-ui,sans-serif}text{fill:#1c2430}.note{fill:#5a6572;font-size:11px}' +
  `.frame{fill:none;stroke:#dfe4ea}.dot{fill:#0b62a8;fill-opacity:.35}.ring{fill:none;stroke-width:1.5}${coloured(PAIRS.light)}` +
  '@media(prefers-color-scheme:dark){svg{background:#14181e}text{fill:#e4e8ee}.note{fill:#9aa6b4}.frame{stroke:#303842}' +
  `.dot{fill:#6db3f2}${coloured(PAIRS.dark)}}.ring.ring{fill:none}`;

/** @param followed names of the first functions, two by two */
export function renderEmbeddings(
  panels: readonly EmbeddingPanel[],
  followed: readonly (readonly [string, string])[],
): string {
  const columns = Math.min(COLUMNS, panels.length);
  const width = columns * (SIDE + GAP) + GAP;
  const below = Math.ceil(panels.length / columns) * (SIDE + TITLE + GAP) + GAP;
  const height = below + followed.length * LINE;
  const drawn = panels.map(({ title, report }, i) => {
    const left = GAP + (i % columns) * (SIDE + GAP);
    const top = GAP + TITLE + Math.floor(i / columns) * (SIDE + TITLE + GAP);
    const notes = [
      `${report.clusters} clusters, silhouette ${report.silhouette.toFixed(2)}`,
      `neighbours by name ${(100 * report.agreement).toFixed(1)} %`,
    ].map((note, line) => `<text class="note" x="${left}" y="${top - 22 + 14 * line}">${note}</text>`);
    return (
      `<text x="${left}" y="${top - 38}">${escapeHtml(title)}</text>${notes.join('')}` +
      `<rect class="frame" x="${left}" y="${top}" width="${SIDE}" height="${SIDE}"/>${marksOf(report, left, top, followed.length)}`
    );
  });
  const legend = followed.map((names, pair) => {
    const middle = below + pair * LINE;
    const mark = pairMark(pair, `cx="${GAP + 8}" cy="${middle}"`);
    return `${mark}<text class="note" x="${GAP + 22}" y="${middle + 4}">${escapeHtml(names.join(', '))}</text>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ` +
    `aria-label="Functions on maps"><style>${STYLE}</style>${[...drawn, ...legend].join('')}</svg>\n`
  );
}

function marksOf({ places }: EmbeddingReport, left: number, top: number, pairs: number): string {
  const inner = SIDE - 16;
  const marks = places.map(({ x, y }, i) => {
    const at = `cx="${(left + 8 + x * inner).toFixed(1)}" cy="${(top + 8 + y * inner).toFixed(1)}"`;
    const pair = Math.floor(i / 2);
    if (pair >= pairs) return `<circle class="dot" ${at} r="1.6"/>`;
    return pairMark(pair, at);
  });
  // Those that are followed lie above the others.
  return marks.reverse().join('');
}

function pairMark(pair: number, at: string): string {
  const colour = `p${pair % PAIRS.light.length}`;
  return `<circle class="${colour}" ${at} r="2.6"/><circle class="ring ${colour}" ${at} r="7"/>`;
}

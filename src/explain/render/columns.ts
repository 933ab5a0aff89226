/** Text in columns: widths as a terminal counts them, padding before painting. */

/** Letters that a terminal shows two cells wide: East Asian scripts, full-width forms, emoji. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;
/** Almost every text is of this kind, and its width is its length. */
const NARROW = /^[ -~…–—·×]*$/;

/** How many cells a printable text fills. */
export function cells(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** `text` in at most `width` cells, an ellipsis last where something is missing. */
export function fit(text: string, width: number): string {
  if (cells(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  for (const character of text) {
    const size = WIDE.test(character) ? 2 : 1;
    if (used + size > width - 1) break;
    kept += character;
    used += size;
  }
  return `${kept}…`;
}

/** `94 %`; what is not quite certain, or not quite impossible, is not rounded to it. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 100 && share < 1) return '>99 %';
  if (rounded === 0 && share > 0) return '<1 %';
  return `${rounded} %`;
}

export interface Cell {
  text: string;
  paint?: (text: string) => string;
}

export interface Column {
  title: string;
  align: 'left' | 'right';
  /** Cells that this column takes at most; the last column takes what the line leaves. */
  most: number;
}

/**
 * Rows as aligned lines of at most `width` cells, the titles first. Two spaces part the columns; a line has
 * none at its end.
 */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  heading: (text: string) => string,
): string[] {
  const gap = 2;
  const widths = columns.map((column, at) =>
    Math.min(
      column.most,
      rows.reduce((most, row) => Math.max(most, cells(row[at].text)), cells(column.title)),
    ),
  );
  const before = widths.slice(0, -1).reduce((sum, size) => sum + size + gap, 0);
  const last = columns.length - 1;
  widths[last] = Math.max(cells(columns[last].title), Math.min(widths[last], width - before));
  const line = (row: readonly Cell[]): string => {
    let text = '';
    let owed = 0;
    row.forEach((cell, at) => {
      const shown = fit(cell.text, widths[at]);
      const padding = widths[at] - cells(shown);
      const left = columns[at].align === 'right' ? padding : 0;
      if (shown !== '') {
        text += ' '.repeat(owed + left) + (cell.paint ?? ((plain) => plain))(shown);
        owed = padding - left + gap;
      } else {
        owed += widths[at] + gap;
      }
    });
    return text;
  };
  return [line(columns.map((column) => ({ text: column.title, paint: heading }))), ...rows.map(line)];
}

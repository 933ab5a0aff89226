/** The picture of a function's control flow. */

import { make, makeSvg } from './dom.ts';
import type { Block } from './instructions.ts';
import { drawGraph, type DrawnEdge, type Point } from './layers.ts';

/** Beyond these a picture helps nobody: the text is shown alone. */
const MOST_BLOCKS = 400;
/** Lines of a block, and letters of a line, that are drawn; the listing has the rest. */
const MOST_LINES = 24;
const MOST_LETTERS = 56;
/** Pixels: a letter of the page's monospaced font at 11 px, a line, the space around. */
const LETTER = 6.7;
const LINE = 14;
const PADDING = 8;
/** Steps of the buttons, and how far they go. */
const ZOOM = { step: 1.25, least: 0.1, most: 3 } as const;

/** @returns null where there is no picture worth drawing */
export function graphOf(blocks: readonly Block[], name: string): HTMLElement | null {
  if (blocks.length > MOST_BLOCKS) return null;
  const texts = blocks.map(textsOf);
  const boxes = texts.map((lines) => ({
    width: Math.max(...lines.map((line) => line.length), 6) * LETTER + 2 * PADDING,
    height: lines.length * LINE + 2 * PADDING,
  }));
  const edges = blocks.flatMap(({ successors }, from) => successors.map((to) => [from, to] as const));
  const picture = drawGraph(boxes, edges);
  if (picture === null) return null;
  const svg = makeSvg('svg', {
    viewBox: `0 0 ${picture.width} ${picture.height}`,
    role: 'img',
    'aria-label': `Control flow of ${name}: ${blocks.length} blocks, ${edges.length} edges`,
  });
  svg.append(arrowHead());
  for (const edge of picture.edges) {
    const kind = kindOf(edge, blocks[edge.from].successors.length);
    svg.append(makeSvg('path', { class: `edge ${kind}`, d: curve(edge), 'marker-end': 'url(#arrow)' }));
  }
  picture.places.forEach(({ x, y }, at) => {
    const { width, height } = boxes[at];
    const group = makeSvg('g', { class: 'block', transform: `translate(${x} ${y})` });
    group.append(makeSvg('rect', { width, height, rx: 3 }));
    texts[at].forEach((line, row) => {
      const place = { x: PADDING, y: PADDING + (row + 0.75) * LINE };
      group.append(makeSvg('text', { ...place, ...(row === 0 && { class: 'address' }) }, line));
    });
    svg.append(group);
  });
  return framed(svg, picture.width, picture.height, picture.places[0].x + boxes[0].width / 2);
}

/** The lines of a block: its address, and its instructions. */
function textsOf({ instructions }: Block): string[] {
  const lines = instructions.slice(0, MOST_LINES).map(({ text, note }) => {
    const line = note === undefined ? text : `${text} ; ${note}`;
    return line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS - 1)}…` : line;
  });
  const left = instructions.length - lines.length;
  if (left > 0) lines.push(`… ${left} more`);
  return [instructions.at(0)?.address.toString(16) ?? '', ...lines];
}

/** Of two ways the next block is the one where the condition fails. */
function kindOf({ from, to, back }: DrawnEdge, ways: number): string {
  const branch = ways < 2 ? 'only' : to === from + 1 ? 'falls' : 'taken';
  return back ? `${branch} back` : branch;
}

/** A smooth line through the points, upright at each. */
function curve({ points, back }: DrawnEdge): string {
  const [first, ...rest] = points;
  let path = `M${at(first)}`;
  let before = first;
  rest.forEach((point, index) => {
    const turns = back && (index === 0 || index === rest.length - 1);
    const reach = turns ? 22 : (point.y - before.y) / 2;
    // A line that leads up leaves a box below, and enters one from above.
    const leaves = { x: before.x, y: before.y + (turns && index > 0 ? -reach : reach) };
    const enters = { x: point.x, y: point.y + (turns && index === 0 ? reach : -reach) };
    path += `C${at(leaves)} ${at(enters)} ${at(point)}`;
    before = point;
  });
  return path;
}

function at({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function arrowHead(): SVGElement {
  const shape = {
    id: 'arrow',
    viewBox: '0 0 8 8',
    refX: 7,
    refY: 4,
    markerWidth: 7,
    markerHeight: 7,
    orient: 'auto',
  };
  return makeSvg(
    'defs',
    {},
    makeSvg('marker', shape, makeSvg('path', { class: 'arrow', d: 'M0 0L8 4L0 8z' })),
  );
}

/** The picture in a frame that scrolls to its entry, with buttons for its size. */
function framed(svg: SVGElement, width: number, height: number, entry: number): HTMLElement {
  const frame = make(
    'div',
    { class: 'graph', tabindex: 0, role: 'region', 'aria-label': 'Control flow' },
    svg,
  );
  let zoom = 1;
  const resize = (to: number): void => {
    zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, to));
    svg.setAttribute('width', String(width * zoom));
    svg.setAttribute('height', String(height * zoom));
  };
  const fit = (): void => resize(Math.min(1, (frame.clientWidth - 4) / width));
  const button = (text: string, label: string, act: () => void) =>
    make('button', { type: 'button', 'aria-label': label, title: label, click: act }, text);
  resize(1);
  // The entry is what one looks for first; before it is in the page the frame has no width.
  requestAnimationFrame(() => (frame.scrollLeft = entry - frame.clientWidth / 2));
  return make(
    'div',
    {},
    make(
      'div',
      { class: 'tools' },
      button('−', 'Smaller', () => resize(zoom / ZOOM.step)),
      button('+', 'Larger', () => resize(zoom * ZOOM.step)),
      button('Fit', 'Fit the width', fit),
      make(
        'span',
        { class: 'legend' },
        make('i', { class: 'taken' }),
        ' taken ',
        make('i', { class: 'falls' }),
        ' not taken',
      ),
    ),
    frame,
  );
}

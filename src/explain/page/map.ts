/** The map: each function a dot, those that the model finds alike near each other. */

import { make } from './dom.ts';
import type { Row } from './rows.ts';
import { labelOf } from './table.ts';

/** Pixels: of a dot, of the chosen one, of the reach of a click, of the rim that stays free. */
const DOT = 2.2;
const CHOSEN = 6;
const REACH = 12;
const RIM = 14;
/** Colours by who names the function, as page.css has them. */
const COLOURS = { file: '--file', suggested: '--suggested', open: '--open' } as const;

export class FunctionMap {
  readonly element: HTMLElement;
  private readonly canvas = make('canvas', { role: 'img', 'aria-label': 'Map of the functions' });
  private readonly label = make('p', { class: 'faint', 'aria-live': 'polite' });
  private readonly rows: readonly Row[];
  private shown = new Set<Row>();
  private chosen: Row | undefined;

  constructor(rows: readonly Row[], choose: (row: Row) => void) {
    this.rows = rows.filter(({ entry }) => entry.place !== null);
    this.element = make('section', { class: 'map', 'aria-label': 'Map' });
    if (this.rows.length === 0) {
      this.element.append(
        make('p', { class: 'faint' }, 'The model gives no map: it has no places for functions.'),
      );
      return;
    }
    this.element.append(this.canvas, this.label);
    this.say(undefined);
    this.canvas.addEventListener('mousemove', (event) => this.say(this.near(event)));
    this.canvas.addEventListener('click', (event) => {
      const row = this.near(event);
      if (row) choose(row);
    });
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  /** Whether there is anything to see. */
  get empty(): boolean {
    return this.rows.length === 0;
  }

  /** Dims what a search does not list. */
  show(rows: readonly Row[]): void {
    this.shown = new Set(rows);
    this.draw();
  }

  choose(row: Row | undefined): void {
    this.chosen = row;
    this.draw();
  }

  private placeOf({ entry }: Row): [x: number, y: number] {
    const { x, y } = entry.place ?? { x: 0, y: 0 };
    const { clientWidth, clientHeight } = this.canvas;
    return [RIM + x * (clientWidth - 2 * RIM), RIM + y * (clientHeight - 2 * RIM)];
  }

  private near({ offsetX, offsetY }: MouseEvent): Row | undefined {
    let best: Row | undefined;
    let least = REACH;
    for (const row of this.rows) {
      const [x, y] = this.placeOf(row);
      const distance = Math.hypot(x - offsetX, y - offsetY);
      if (distance >= least) continue;
      least = distance;
      best = row;
    }
    return best;
  }

  private say(row: Row | undefined): void {
    this.label.textContent = row
      ? `${row.entry.address} ${labelOf(row.name)}`
      : `${this.rows.length.toLocaleString('en-US')} functions; near means alike. A click chooses one.`;
  }

  private draw(): void {
    const pen = this.canvas.getContext('2d');
    if (pen === null || this.empty) return;
    const { clientWidth, clientHeight } = this.canvas;
    this.canvas.width = clientWidth * devicePixelRatio;
    this.canvas.height = clientHeight * devicePixelRatio;
    pen.scale(devicePixelRatio, devicePixelRatio);
    const colours = getComputedStyle(this.element);
    const dot = (row: Row, size: number): void => {
      const [x, y] = this.placeOf(row);
      pen.beginPath();
      pen.arc(x, y, size, 0, 2 * Math.PI);
      pen.fill();
    };
    for (const row of this.rows) {
      pen.fillStyle = colours.getPropertyValue(COLOURS[row.name.origin]);
      pen.globalAlpha = this.shown.has(row) ? 0.8 : 0.12;
      dot(row, DOT);
    }
    if (this.chosen?.entry.place) {
      pen.globalAlpha = 1;
      pen.fillStyle = colours.getPropertyValue('--accent');
      dot(this.chosen, CHOSEN);
    }
  }
}

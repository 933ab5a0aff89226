/** The list of functions: only the rows that are in view exist, so that 100,000 are as quick as ten. */

import { percent } from '../render/columns.ts';
import { make } from './dom.ts';
import { buildOf, type Row, type SortKey, workOf } from './rows.ts';

/** Pixels of a row, as page.css has it. */
const ROW = 26;
/** Rows above and below what is in view, so that scrolling meets no emptiness. */
const SPARE = 12;

interface Column {
  key: SortKey;
  title: string;
  /** What a click on its title sorts first. */
  descending: boolean;
  text: (row: Row) => string;
}

const COLUMNS: readonly Column[] = [
  { key: 'interest', title: '#', descending: false, text: ({ entry }) => String(entry.interest) },
  { key: 'address', title: 'Address', descending: false, text: ({ entry }) => entry.address },
  { key: 'size', title: 'Bytes', descending: true, text: ({ entry }) => entry.size.toLocaleString('en-US') },
  { key: 'name', title: 'Name', descending: false, text: ({ name }) => labelOf(name) },
  { key: 'score', title: 'Sure', descending: true, text: ({ entry, name }) => sureness(entry.symbol, name) },
  { key: 'label', title: 'Kind', descending: false, text: ({ entry }) => workOf(entry) },
  {
    key: 'arguments',
    title: 'Args',
    descending: true,
    text: ({ entry }) => (entry.arguments === null ? '' : String(entry.arguments.count)),
  },
  { key: 'build', title: 'Build', descending: false, text: ({ entry }) => buildOf(entry) },
];

/** `name`, `name?` for a suggestion, `·` for none. */
export function labelOf({ text, origin }: Row['name']): string {
  if (origin === 'open') return '·';
  return origin === 'suggested' ? `${text}?` : text;
}

function sureness(symbol: string | null, { origin, score }: Row['name']): string {
  if (origin === 'open') return '';
  if (origin === 'file') return symbol === null ? 'certain' : 'symbol';
  return percent(score);
}

export interface TableActions {
  choose: (row: Row) => void;
  sort: (key: SortKey, descending: boolean) => void;
}

export class FunctionTable {
  readonly element: HTMLElement;
  private readonly body: HTMLElement;
  private readonly window: HTMLElement;
  private readonly heads = new Map<SortKey, HTMLElement>();
  private readonly actions: TableActions;
  private rows: readonly Row[] = [];
  private chosen: Row | undefined;

  constructor(actions: TableActions) {
    this.actions = actions;
    this.window = make('div', { class: 'window', role: 'rowgroup' });
    this.body = make(
      'div',
      { class: 'rows', tabindex: 0, 'aria-label': 'Functions' },
      make('div', {}, this.window),
    );
    this.body.addEventListener('scroll', () => this.draw());
    this.body.addEventListener('click', (event) => {
      const index = (event.target as Element).closest<HTMLElement>('[data-row]')?.dataset['row'];
      if (index !== undefined) actions.choose(this.rows[Number(index)]);
    });
    this.body.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.body);
    const heads = COLUMNS.map((column) => this.head(column));
    this.element = make(
      'div',
      { class: 'table', role: 'table', 'aria-label': 'Functions' },
      make('div', { class: 'row head', role: 'row' }, ...heads),
      this.body,
    );
  }

  /** Shows `rows`, from the first on. */
  show(rows: readonly Row[], sort: SortKey, descending: boolean): void {
    this.rows = rows;
    for (const [key, head] of this.heads) {
      head.setAttribute('aria-sort', key !== sort ? 'none' : descending ? 'descending' : 'ascending');
    }
    this.element.setAttribute('aria-rowcount', String(rows.length + 1));
    (this.body.firstElementChild as HTMLElement).style.height = `${rows.length * ROW}px`;
    this.body.scrollTop = 0;
    this.draw();
  }

  /** Marks a row and brings it into view. */
  choose(row: Row | undefined): void {
    this.chosen = row;
    const place = row === undefined ? -1 : this.rows.indexOf(row);
    const { scrollTop, clientHeight } = this.body;
    if (place >= 0 && (place * ROW < scrollTop || (place + 1) * ROW > scrollTop + clientHeight)) {
      this.body.scrollTop = place * ROW - clientHeight / 2;
    }
    this.draw();
  }

  focus(): void {
    this.body.focus();
  }

  get focused(): boolean {
    return document.activeElement === this.body;
  }

  /** Chooses the row that is `by` rows further. */
  move(by: number): void {
    const place = this.chosen === undefined ? -1 : this.rows.indexOf(this.chosen);
    const next = this.rows.at(Math.min(this.rows.length - 1, Math.max(0, place < 0 ? 0 : place + by)));
    if (next !== undefined) this.actions.choose(next);
  }

  private key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.body.clientHeight / ROW) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.rows.length,
      End: this.rows.length,
    };
    if (!Object.hasOwn(steps, event.key)) return;
    event.preventDefault();
    this.move(steps[event.key]);
  }

  private head({ key, title, descending }: Column): HTMLElement {
    const head = make('span', { role: 'columnheader', class: key });
    const click = (): void => {
      const now = head.getAttribute('aria-sort');
      this.actions.sort(key, now === 'none' || now === null ? descending : now === 'ascending');
    };
    head.append(make('button', { type: 'button', click }, title));
    this.heads.set(key, head);
    return head;
  }

  private draw(): void {
    const first = Math.max(0, Math.floor(this.body.scrollTop / ROW) - SPARE);
    const last = Math.ceil((this.body.scrollTop + this.body.clientHeight) / ROW) + SPARE;
    this.window.style.transform = `translateY(${first * ROW}px)`;
    this.window.replaceChildren(
      ...this.rows.slice(first, last).map((row, at) => {
        const attributes = {
          class: `row ${row.name.origin}`,
          role: 'row',
          'data-row': first + at,
          // The titles are the first row.
          'aria-rowindex': first + at + 2,
          'aria-current': row === this.chosen ? 'true' : 'false',
        };
        const cells = COLUMNS.map(({ key, text }) => {
          const shown = text(row);
          return make(
            'span',
            { role: 'cell', class: key, title: key === 'name' || key === 'label' ? shown : '' },
            shown,
          );
        });
        return make('div', attributes, ...cells);
      }),
    );
  }
}

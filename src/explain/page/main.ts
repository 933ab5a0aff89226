/** The page: a list of functions, a map, and the function that is chosen. The address after # says which it is. */

import { Codes, openReport } from './data.ts';
import { codeOf, detailOf } from './detail.ts';
import { make } from './dom.ts';
import { FunctionMap } from './map.ts';
import { addressOf, listed, type Query, type Row, rowAt, rowsOf, type Show, SHOWS } from './rows.ts';
import { FunctionTable } from './table.ts';

const HELP =
  'Keys: / search · j k or arrows next, previous · Enter to the function · Esc back to the list · m map';
/** Milliseconds without a letter before a search of 100,000 functions begins. */
const PAUSE = 80;

void openPage();

async function openPage(): Promise<void> {
  const page = document.getElementById('page') ?? document.body;
  if (typeof DecompressionStream === 'undefined') {
    page.replaceChildren('This browser cannot open the data of this page: one of 2023 or later is needed.');
    return;
  }
  const report = await openReport();
  const rows = rowsOf(report.functions);
  const names = new Map(rows.map(({ address, name }) => [address, name.text]));
  const nameAt = (address: number): string | undefined => names.get(address);
  const codes = new Codes();
  const query: Query = { text: '', show: 'functions', sort: 'interest', descending: false };
  let chosen: Row | undefined;

  const table = new FunctionTable({
    choose: (row) => goTo(row),
    sort(key, descending) {
      query.sort = key;
      query.descending = descending;
      search();
    },
  });
  const map = new FunctionMap(rows, (row) => goTo(row));
  const input = make('input', {
    type: 'search',
    placeholder: 'Search names, strings, calls, addresses',
    'aria-label': 'Search functions',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  const options = Object.entries(SHOWS).map(([value, text]) => make('option', { value }, text));
  const show = make('select', { 'aria-label': 'Which functions' }, ...options);
  const found = make('span', { class: 'faint', role: 'status' });
  const mapped = make('button', { type: 'button', 'aria-pressed': 'false' }, 'Map');
  const detail = make('section', { class: 'detail', 'aria-label': 'The chosen function' });
  detail.append(make('p', { class: 'faint' }, 'Choose a function in the list.'));

  function search(): void {
    const result = listed(rows, query);
    table.show(result, query.sort, query.descending);
    table.choose(chosen);
    map.show(result);
    found.textContent = `${result.length.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')}`;
  }

  /** Chooses by the address bar, so that Back and copied links work. */
  function goTo(row: Row): void {
    if (location.hash === `#${row.entry.address}`) followHash();
    else location.hash = row.entry.address;
  }

  function followHash(): void {
    const address = addressOf(location.hash.slice(1));
    const row = address === undefined ? undefined : rowAt(rows, address);
    if (row !== undefined && row !== chosen) void choose(row);
  }

  async function choose(row: Row): Promise<void> {
    chosen = row;
    table.choose(row);
    map.choose(row);
    const facts = detailOf(row, nameAt);
    detail.replaceChildren(facts);
    detail.scrollTop = 0;
    const code = await codes.of(row.index);
    // Somebody may have gone on meanwhile.
    if (chosen === row) detail.append(codeOf(row, code, nameAt));
  }

  let pending = 0;
  input.addEventListener('input', () => {
    clearTimeout(pending);
    pending = setTimeout(() => {
      query.text = input.value;
      search();
    }, PAUSE);
  });
  show.addEventListener('change', () => {
    query.show = show.value as Show;
    search();
  });
  const toggleMap = (): void => {
    map.element.hidden = !map.element.hidden;
    mapped.setAttribute('aria-pressed', String(!map.element.hidden));
    map.show(listed(rows, query));
  };
  mapped.addEventListener('click', toggleMap);
  map.element.hidden = true;

  addEventListener('hashchange', followHash);
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      if (event.target === input) input.value = query.text = '';
      search();
      table.focus();
      return;
    }
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) {
      if (event.key === 'Enter') table.move(0);
      return;
    }
    const acts: Record<string, () => void> = {
      '/': () => input.focus(),
      j: () => table.move(1),
      k: () => table.move(-1),
      m: toggleMap,
    };
    if (event.key === 'Enter' && table.focused) detail.querySelector('h2')?.focus();
    else if (Object.hasOwn(acts, event.key)) acts[event.key]();
    else return;
    event.preventDefault();
  });

  const tools = make('div', { class: 'tools' }, input, show, mapped, found);
  const list = make(
    'section',
    { class: 'list', 'aria-label': 'Functions' },
    tools,
    map.element,
    table.element,
  );
  page.replaceChildren(list, detail);
  document.body.append(
    make('footer', { class: 'faint' }, `${HELP} — ${report.tool.name} ${report.tool.version}`),
  );
  search();
  followHash();
  if (chosen === undefined) {
    const first = rows.find(({ entry }) => entry.interest === 1);
    if (first !== undefined) void choose(first);
  }
}

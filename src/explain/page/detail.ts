/** One function with all that is known of it: answers, evidence, picture, code. */

import { percent } from '../render/columns.ts';
import type { PackedCode } from '../render/html/packed.ts';
import { doneBy, restsOn, speaksFor } from '../render/reasons.ts';
import type { FunctionReport } from '../schema.ts';
import { make } from './dom.ts';
import { graphOf } from './graph.ts';
import { blocksOf, instructionsOf, withoutFilling } from './instructions.ts';
import { listingOf, type NameAt } from './listing.ts';
import type { Row } from './rows.ts';
import { labelOf } from './table.ts';

const KINDS = { function: 'function', thunk: 'import stub', fragment: 'cold part of a function' } as const;
const MATCHES = { exact: 'same bytes', normalized: 'same code', similar: 'similar' } as const;
/** What a model may leave open of what the page shows; that it answers nothing else is no news. */
const FIELDS = new Map<string, string>([
  ['names', 'name'],
  ['compiler', 'compiler'],
  ['optimization', 'level'],
  ['arguments', 'number of arguments'],
]);

/** What is shown of a function before its code is there. */
export function detailOf(row: Row, nameAt: NameAt): HTMLElement {
  const { entry } = row;
  const copied = make('span', { role: 'status', class: 'faint' });
  const copy = (): void => {
    const link = `${location.href.split('#')[0]}#${entry.address}`;
    navigator.clipboard.writeText(link).then(
      () => (copied.textContent = 'copied'),
      () => (copied.textContent = 'the address bar has it'),
    );
  };
  return make(
    'div',
    {},
    make('h2', { class: row.name.origin, tabindex: -1 }, headingOf(row)),
    make(
      'p',
      { class: 'faint' },
      `${entry.address}, ${KINDS[entry.kind]}, ${entry.size.toLocaleString('en-US')} bytes, `,
      `${entry.instructions.toLocaleString('en-US')} instructions in ${entry.blocks.toLocaleString('en-US')} blocks, `,
      `found by ${entry.foundBy} `,
      ...partOf(entry, nameAt),
      make('button', { type: 'button', click: copy }, 'Copy link'),
      ' ',
      copied,
    ),
    entry.capabilities.length === 0 ? null : make('p', {}, doneBy(entry)),
    answersOf(entry),
    sourceOf(entry),
    neighboursOf(entry),
    wordsOf('Calls', entry.calls, (text) => text),
    wordsOf('Says', entry.strings, (text) => `"${text}"`),
  );
}

/** The name, and the address of what has none. */
function headingOf({ entry, name }: Row): string {
  return name.origin === 'open' ? `${entry.address}, no name known` : labelOf(name);
}

/** The picture and the listing. */
export function codeOf(row: Row, code: PackedCode | null, nameAt: NameAt): HTMLElement {
  if (code === null) return make('p', { class: 'faint' }, 'This page has no code of it.');
  const instructions = instructionsOf(code, row.address);
  const blocks = blocksOf(code, instructions);
  const graph = blocks.length > 1 ? graphOf(withoutFilling(blocks), headingOf(row)) : null;
  const box = make('div', {});
  if (code.incomplete) {
    box.append(make('p', { class: 'faint' }, 'An indirect jump leaves ways open that are not drawn.'));
  }
  if (graph !== null) box.append(make('details', { open: true }, make('summary', {}, 'Control flow'), graph));
  else if (blocks.length > 1) {
    box.append(make('p', { class: 'faint' }, `${blocks.length} blocks are too many for a picture.`));
  }
  box.append(make('details', { open: true }, make('summary', {}, 'Code'), listingOf(blocks, nameAt)));
  return box;
}

function partOf({ parent }: FunctionReport, nameAt: NameAt): (Node | string)[] {
  if (parent === null) return [];
  const name = nameAt(Number(parent));
  return ['of ', make('a', { href: `#${parent}` }, name ? `${parent} ${name}` : parent), ' '];
}

function answersOf({
  names,
  compiler,
  optimization,
  arguments: count,
  labels,
  summary,
  noSummary,
  abstained,
}: FunctionReport) {
  const list = make('dl', { class: 'answers' });
  const add = (what: string, text: string, score: number, because = ''): void => {
    const share = percent(score);
    const meter = make('meter', { value: score, min: 0, max: 1, 'aria-label': `probability ${share}` });
    list.append(
      make('dt', {}, what),
      make('dd', {}, make('span', {}, text), ' ', meter, ` ${share}${because}`),
    );
  };
  for (const { name, score } of names) add('name', name, score);
  if (compiler) add('compiler', compiler.label, compiler.score);
  if (optimization) add('level', optimization.label, optimization.score);
  if (count) add('arguments', String(count.count), count.score);
  for (const given of labels) add('label', given.label, given.score, `, ${speaksFor(given)}`);
  if (summary) add('summary', summary.text, summary.score, `, ${restsOn(summary)}`);
  if (noSummary !== undefined) {
    list.append(make('dt', {}, 'summary'), make('dd', { class: 'faint' }, `none: ${noSummary}`));
  }
  const open = abstained.flatMap((field) => FIELDS.get(field) ?? []);
  if (open.length > 0) {
    list.append(make('dt', {}, 'left open'), make('dd', { class: 'faint' }, open.join(', ')));
  }
  return list;
}

/** A draft, or why there is none where one was asked for. */
function sourceOf({ source, noSource }: FunctionReport): HTMLElement | null {
  if (source === null) {
    return noSource === undefined
      ? null
      : make('p', { class: 'faint' }, `No draft of its source: ${noSource}.`);
  }
  return make(
    'details',
    { open: true },
    make('summary', {}, `Source, a draft that does the same with a probability of ${percent(source.score)}`),
    make('p', { class: 'faint' }, `${source.match}.`),
    make('pre', {}, source.text),
  );
}

function neighboursOf({ neighbours }: FunctionReport): HTMLElement | null {
  if (neighbours.length === 0) return null;
  const titles = ['Resembles', 'Similarity', 'Found as', 'Package', 'Version', 'Compiler', 'Level'];
  const body = make('tbody');
  for (const { name, score, match, package: origin, version, compiler, optimization } of neighbours) {
    const cells = [name, score.toFixed(3), MATCHES[match], origin, version, compiler, optimization];
    body.append(make('tr', {}, ...cells.map((text) => make('td', {}, text))));
  }
  const head = make('tr', {}, ...titles.map((title) => make('th', { scope: 'col' }, title)));
  return make(
    'div',
    { class: 'wide', tabindex: 0, role: 'region', 'aria-label': 'Functions that it resembles' },
    make('table', { class: 'neighbours' }, make('thead', {}, head), body),
  );
}

function wordsOf(
  title: string,
  texts: readonly string[],
  show: (text: string) => string,
): HTMLElement | null {
  if (texts.length === 0) return null;
  const words = make('p', { class: 'words' }, make('b', {}, title));
  for (const text of texts) words.append(' ', make('code', {}, show(text)));
  return words;
}

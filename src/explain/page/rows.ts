/** The functions as the page lists them: searched, filtered, sorted. Nothing here knows of a browser. */

import { type ShownName, shownName } from '../render/name.ts';
import type { FunctionReport } from '../schema.ts';

export interface Row {
  /** Its place in the report. */
  index: number;
  entry: FunctionReport;
  address: number;
  name: ShownName;
  /** All that a search looks at, in small letters. */
  text: string;
}

export type SortKey = 'interest' | 'address' | 'size' | 'name' | 'score' | 'label' | 'arguments' | 'build';

export interface Query {
  /** Words that all must occur, in any order; an address also finds the function around it. */
  text: string;
  show: Show;
  sort: SortKey;
  descending: boolean;
}

/** Which functions are listed. */
export const SHOWS = {
  functions: 'functions',
  file: 'named by the file',
  suggested: 'name suggested',
  open: 'name left open',
  all: 'all, with stubs and fragments',
} as const;

export type Show = keyof typeof SHOWS;

export function rowsOf(functions: readonly FunctionReport[]): Row[] {
  return functions.map((entry, index) => {
    const name = shownName(entry);
    const texts = [
      entry.address,
      name.text,
      ...entry.names.map((one) => one.name),
      ...entry.labels.map(({ label }) => label),
      ...(entry.summary ? [entry.summary.text] : []),
      ...entry.capabilities.map(({ text }) => text),
      ...entry.calls,
      ...entry.strings,
      ...entry.neighbours.flatMap((near) => [near.name, near.package]),
    ];
    return { index, entry, address: Number(entry.address), name, text: texts.join('\n').toLowerCase() };
  });
}

/** The rows that a query wants, in its order. */
export function listed(rows: readonly Row[], { text, show, sort, descending }: Query): Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const around = words.length === 1 ? addressOf(words[0]) : undefined;
  const found = rows.filter(
    (row) =>
      isShown(row, show) &&
      (words.every((word) => row.text.includes(word)) || (around !== undefined && holds(row, around))),
  );
  const sign = descending ? -1 : 1;
  return found.sort((a, b) => sign * ORDERS[sort](a, b) || a.index - b.index);
}

/** The row at, or else around, an address. */
export function rowAt(rows: readonly Row[], address: number): Row | undefined {
  return rows.find((row) => row.address === address) ?? rows.find((row) => holds(row, address));
}

/** `0x4730` as a number; undefined for anything else. */
export function addressOf(text: string): number | undefined {
  return /^0x[0-9a-f]{1,13}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}

function holds({ address, entry }: Row, inside: number): boolean {
  return inside >= address && inside < address + entry.size;
}

function isShown({ entry, name }: Row, show: Show): boolean {
  if (show === 'all') return true;
  return entry.kind === 'function' && (show === 'functions' || name.origin === show);
}

/** How two rows stand to each other by each column. */
const ORDERS: Readonly<Record<SortKey, (a: Row, b: Row) => number>> = {
  interest: (a, b) => a.entry.interest - b.entry.interest,
  address: (a, b) => a.address - b.address,
  size: (a, b) => a.entry.size - b.entry.size,
  name: (a, b) => order(a.name.text, b.name.text),
  score: (a, b) => a.name.score - b.name.score,
  label: (a, b) => order(workOf(a.entry), workOf(b.entry)),
  arguments: (a, b) => (a.entry.arguments?.count ?? -1) - (b.entry.arguments?.count ?? -1),
  build: (a, b) => order(buildOf(a.entry), buildOf(b.entry)),
};

/** What has no text comes last. */
function order(a: string, b: string): number {
  if (a === '' || b === '') return Number(a === '') - Number(b === '');
  return a < b ? -1 : Number(a > b);
}

/** `networking?`: the kind of work that it is most likely to do; nothing where nobody knows. */
export function workOf({ labels: [best] }: FunctionReport): string {
  return best === undefined ? '' : `${best.label}?`;
}

/** `gcc-12 O2` */
export function buildOf({ compiler, optimization }: FunctionReport): string {
  return [compiler?.label, optimization?.label].filter(Boolean).join(' ');
}

/** The index of many reports: a page, a table. */

import type { Collection, CollectionRow, Explained } from '../collection.ts';
import { percent } from './columns.ts';
import { csvLine, LIST } from './csv.ts';
import { STYLE } from './generated.ts';
import { htmlDocument } from './html/document.ts';
import { escapeHtml } from '../../markup.ts';

const TITLES = [
  'Program',
  'Bytes',
  'Functions',
  'Named',
  'Suggested',
  'Compiler',
  'Level',
  'Like',
  'Algorithms',
  'Status',
] as const;

/** Columns of many words. */
const LONG: ReadonlySet<string> = new Set<(typeof TITLES)[number]>(['Like', 'Algorithms']);

/** The index as a page: links to the reports, the failures with their reasons. It has no script. */
export function* renderCollectionPage(collection: Collection): Generator<string> {
  const { programs } = collection;
  const title = `${programs.length.toLocaleString('en-US')} programs – binscribe`;
  yield* htmlDocument({ title, style: STYLE }, body());

  function* body(): Generator<string> {
    const failed = programs.filter(({ error }) => error !== null).length;
    yield `<header>\n<h1>${programs.length.toLocaleString('en-US')} programs</h1>\n`;
    yield `<p class="kind">${failed === 0 ? 'all explained' : `${failed.toLocaleString('en-US')} not explained`}</p>\n`;
    yield `<dl class="facts">\n<div><dt>model</dt><dd>${escapeHtml(collection.model)}</dd></div>\n`;
    yield `<div><dt>made by</dt><dd>${escapeHtml(collection.tool)}</dd></div>\n`;
    yield `<div><dt>passed over</dt><dd>${escapeHtml(passedOverText(collection))}</dd></div>\n</dl>\n</header>\n`;
    yield '<div class="index">\n<table class="neighbours">\n<thead><tr>';
    for (const heading of TITLES) yield `<th scope="col">${heading}</th>`;
    yield '</tr></thead>\n<tbody>\n';
    for (const row of programs) yield rowOf(row);
    yield '</tbody>\n</table>\n</div>\n';
  }
}

/** `3 text, 2 script` */
export function passedOverText({ passedOver }: Pick<Collection, 'passedOver'>): string {
  const parts = Object.entries(passedOver).map(([kind, count]) => `${count.toLocaleString('en-US')} ${kind}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function rowOf({ path, size, report, explained, error }: CollectionRow): string {
  const name = escapeHtml(path);
  // Our own names of files: letters, digits, `.`, `_`, `-`.
  const link = report === null ? name : `<a href="${escapeHtml(report)}">${name}</a>`;
  const cells = [link, size.toLocaleString('en-US')];
  const tallied = (answer: { label: string; share: number } | null): string =>
    answer === null ? '' : escapeHtml(`${answer.label} (${percent(answer.share)})`);
  if (explained === null) cells.push(...Array.from({ length: 7 }, () => ''));
  else {
    const { functions, named, suggested, compiler, level, like, algorithms } = explained;
    cells.push(...[functions, named, suggested].map((count) => count.toLocaleString('en-US')));
    cells.push(tallied(compiler), tallied(level));
    cells.push(escapeHtml(likeText(like).join(', ')), escapeHtml(algorithms.join(', ')));
  }
  cells.push(escapeHtml(statusOf({ explained, error })));
  return `<tr>${cells.map((cell, i) => `<td${LONG.has(TITLES[i]) ? ' class="long"' : ''}>${cell}</td>`).join('')}</tr>\n`;
}

/** `zlib 1.2.13 (56)` */
function likeText(like: Explained['like']): string[] {
  return like.map(({ label, functions }) => `${label} (${functions.toLocaleString('en-US')})`);
}

function statusOf({ explained, error }: Pick<CollectionRow, 'explained' | 'error'>): string {
  if (error !== null) return `${error.kind}: ${error.message}`;
  return explained?.partial ? 'in part' : 'explained';
}

/** The index as a table, with the rules of `renderCsv`. */
export function* renderCollectionCsv({ programs }: Collection): Generator<string> {
  yield csvLine(
    'file report size sha256 functions named suggested compiler compiler_share level level_share status seconds algorithms like'.split(
      ' ',
    ),
  );
  for (const { path, report, size, sha256, explained, error, seconds } of programs) {
    yield csvLine([
      path,
      report,
      size,
      sha256,
      explained?.functions ?? null,
      explained?.named ?? null,
      explained?.suggested ?? null,
      explained?.compiler?.label ?? null,
      explained?.compiler?.share ?? null,
      explained?.level?.label ?? null,
      explained?.level?.share ?? null,
      statusOf({ explained, error }),
      seconds,
      explained?.algorithms.join(LIST) ?? null,
      explained ? likeText(explained.like).join(LIST) : null,
    ]);
  }
}

/**
 * A report as one page that works from a disk, without a network: what stands here is readable without its script
 * too, the rest is data that the script (src/explain/page/) shows.
 */

import type { Report } from '../../schema.ts';
import { SCRIPT, STYLE } from '../generated.ts';
import { describeKind, factsOf } from '../header.ts';
import { htmlDocument } from './document.ts';
import { escapeHtml } from '../../../markup.ts';
import { pack } from './pack.ts';
import type { CodePacker } from './payload.ts';

/**
 * The page, in pieces.
 * @param codes was given to `explain` as `code: codes.add`; without it the page has no code
 */
export function* renderHtml(report: Report, codes?: CodePacker): Generator<string> {
  yield* htmlDocument({ title: `${report.file.path} – binscribe`, style: STYLE, script: SCRIPT }, body());

  function* body(): Generator<string> {
    yield* header(report);
    yield '<main id="page"><noscript>The list of functions needs JavaScript; nothing is fetched.</noscript></main>\n';
    yield `<script type="text/plain" id="report">${pack(report)}</script>\n`;
    for (const { first, data } of codes?.chunks() ?? []) {
      yield `<script type="text/plain" class="code" data-first="${first}">${data}</script>\n`;
    }
  }
}

function* header(report: Report): Generator<string> {
  const { file, cuts, skipped } = report;
  yield `<header>\n<h1>${escapeHtml(file.path)}</h1>\n<p class="kind">${escapeHtml(describeKind(file))}</p>\n`;
  yield '<dl class="facts">\n';
  // What was left out has a place of its own below.
  for (const { what, text } of factsOf(report).filter(({ warning }) => !warning)) {
    yield `<div><dt>${what}</dt><dd>${escapeHtml(text)}</dd></div>\n`;
  }
  yield `<div><dt>sha256</dt><dd class="mono">${file.sha256}</dd></div>\n</dl>\n`;
  if (cuts.length + skipped.length > 0) {
    yield `<details class="left-out"><summary>Not in this report: ${countOf(cuts.length, 'part')} left out, `;
    yield `${countOf(skipped.length, 'function')} skipped</summary>\n<ul>\n`;
    for (const { where, reason } of cuts) yield `<li>${escapeHtml(`${where}: ${reason}`)}</li>\n`;
    for (const { address, reason } of skipped) yield `<li>${escapeHtml(`${address}: ${reason}`)}</li>\n`;
    yield '</ul>\n</details>\n';
  }
  yield '</header>\n';
}

function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

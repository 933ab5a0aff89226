/**
 * Documentation in Markdown, as the archive of Stack Overflow Documentation has it: `TOPIC/PAGE.md` with a front matter,
 * examples under `## headings`, and code indented by four spaces. A text is an example's heading and the prose between a
 * code block and the one before it.
 */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BinscribeError } from '../../error.ts';
import { C17, CPP17 } from '../fragments/dialect.ts';
import { languageOf } from '../posts/language.ts';
import { decodeText, filesIn, folderEntry, isFolder } from './input.ts';
import { LONGEST_CODE, type Collection, type Snippet } from './snippet.ts';

export const MARKDOWN_INPUT = 'a folder with a folder of .md files for each topic';

/** Pages have 100 kB at most. */
const LARGEST_PAGE = 4 * 2 ** 20;

export function openMarkdown(input: string, topics: readonly string[]): Collection {
  if (!isFolder(input, MARKDOWN_INPUT)) {
    throw new BinscribeError('unreadable', `${input}: ${MARKDOWN_INPUT} expected, got a file`);
  }
  const pages = function* (): Generator<string> {
    for (const topic of topics) {
      if (!isFolder(join(input, topic), `a folder of the topic ${topic}`)) continue;
      for (const path of filesIn(join(input, topic), '.md')) yield `${topic}/${path}`;
    }
  };
  return {
    notes: [
      "A text is an example's heading and the prose before the code; a group is a page.",
      'Texts and code are by Stack Overflow contributors, CC BY-SA 3.0.',
    ],
    files: async () => [await folderEntry(input, pages())],
    snippets: () => blocksOfPages(input, pages()),
  };
}

async function* blocksOfPages(root: string, pages: Iterable<string>): AsyncGenerator<Snippet, void> {
  for (const page of pages) {
    const path = join(root, page);
    if (statSync(path).size > LARGEST_PAGE) continue;
    const [topic] = page.split('/');
    let number = 0;
    for (const block of blocksOf(decodeText(readFileSync(path)))) {
      const id = `${page}#${number++}`;
      const language = languageOf({ code: block.code, hint: block.hint }, [topic]);
      if (language !== 'c' && language !== 'c++') continue;
      const text = [block.heading, block.prose].filter((part) => part !== '').join('\n\n');
      yield {
        id,
        group: page,
        code: block.code.slice(0, LONGEST_CODE + 1),
        dialects: language === 'c' ? [C17, CPP17] : [CPP17],
        text:
          text === ''
            ? null
            : {
                text,
                kind: 'documentation',
                author: 'Stack Overflow contributors',
                reference: block.heading === '' ? page : `${page}: ${block.heading}`,
                licence: 'CC BY-SA 3.0',
              },
      };
    }
    await Promise.resolve();
  }
}

export interface CodeBlock {
  /** Of the example; the page's title before the first. */
  heading: string;
  /** Paragraphs since the heading or the block before, parted by empty lines. */
  prose: string;
  code: string;
  /** Language, where a comment or a fence names it. */
  hint: string | undefined;
}

/** The code blocks of a page. Text without any form is prose. */
export function blocksOf(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const { title, lines } = withoutFrontMatter(page.replaceAll('\r\n', '\n').split('\n'));
  let heading = title;
  let prose: string[] = [];
  let hint: string | undefined;
  /** Whether an indented line would go on with a paragraph or an item of a list. */
  let inParagraph = false;
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    const fence = /^(```+|~~~+)\s*([\w+#-]*)/.exec(line);
    if (fence || (isIndented(line) && !inParagraph)) {
      const end = fence ? endOfFence(lines, at, fence[1]) : endOfIndented(lines, at);
      const code = fence ? lines.slice(at + 1, end) : lines.slice(at, end).map(unindent);
      const named = (fence && fence[2] !== '' ? fence[2] : hint)?.toLowerCase();
      blocks.push({ heading, prose: paragraphs(prose), code: `${code.join('\n').trimEnd()}\n`, hint: named });
      [prose, hint, inParagraph] = [[], undefined, false];
      at = fence ? end + 1 : end;
      continue;
    }
    at++;
    const title = /^#{1,6}\s+(.*?)\s*#*$/.exec(line);
    const language = /^\s*<!--\s*language(?:-all)?:\s*(?:lang-)?([\w+#-]+)\s*-->/.exec(line);
    if (title) [heading, prose, inParagraph] = [title[1], [], false];
    else if (language) hint = language[1];
    else if (!/^\s*<!--.*-->\s*$/.test(line)) prose.push(line);
    if (!title) inParagraph = line.trim() !== '' && !language;
  }
  return blocks.filter(({ code }) => code.trim() !== '');
}

function withoutFrontMatter(lines: readonly string[]): { title: string; lines: readonly string[] } {
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1;
  if (end < 0) return { title: '', lines };
  const title = lines.slice(0, end).find((line) => line.startsWith('title:')) ?? '';
  return {
    title: title
      .slice('title:'.length)
      .trim()
      .replace(/^"(.*)"$/, '$1'),
    lines: lines.slice(end + 1),
  };
}

function isIndented(line: string): boolean {
  return line.trim() !== '' && (line.startsWith('    ') || line.startsWith('\t'));
}

function unindent(line: string): string {
  return line.startsWith('\t')
    ? line.slice(1)
    : line.slice(Math.min(4, line.length - line.trimStart().length));
}

/** Empty lines belong to a block where it goes on after them. */
function endOfIndented(lines: readonly string[], start: number): number {
  let end = start;
  for (let at = start; at < lines.length; at++) {
    if (isIndented(lines[at])) end = at + 1;
    else if (lines[at].trim() !== '') break;
  }
  return end;
}

/** At its closing line, or at the end of the page. */
function endOfFence(lines: readonly string[], start: number, fence: string): number {
  const end = lines.findIndex((line, at) => at > start && line.startsWith(fence));
  return end < 0 ? lines.length : end;
}

function paragraphs(lines: readonly string[]): string {
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
}

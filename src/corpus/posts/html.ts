/**
 * A post's body as text and code blocks. The body is HTML that the site made of Markdown: few elements, no scripts.
 * One pass over it, and no search that can be made to start over: bodies come from strangers.
 */

import { decodeEntities } from './entities.ts';

export interface CodeBlock {
  code: string;
  /** Language as the author named it: `c`, `cpp`, `none`; undefined where it was left to be guessed. */
  hint: string | undefined;
}

export interface Body {
  /** Prose without code blocks; code inside a line is kept as its text. Paragraphs are set apart by a blank line. */
  text: string;
  blocks: CodeBlock[];
}

/** Longest tag; beyond it a `<` is text. A link's address has at most 2,000 characters, and it has a title too. */
const MAX_TAG = 8192;

/** Elements that begin on a line of their own, and those that have a blank line around them. */
const LINES = new Set(['br', 'li', 'tr', 'dd', 'dt']);
const PARAGRAPHS = new Set(
  'p div h1 h2 h3 h4 h5 h6 hr blockquote ul ol dl table pre section article'.split(' '),
);

/** Space, tab, line feed, form feed, return. */
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13 && code !== 11);

export function readBody(html: string): Body {
  const blocks: CodeBlock[] = [];
  const prose = new Prose();
  /** The text of the block that is open. */
  let block: string[] | undefined;
  let blockHint: string | undefined;
  /** Named by a comment for the next block, and for all of the post. */
  let nextHint: string | undefined;
  let allHint: string | undefined;
  const closeBlock = (): void => {
    if (block) blocks.push({ code: trimLines(decodeEntities(block.join(''))), hint: blockHint });
    block = undefined;
  };
  for (const piece of cut(html)) {
    if (piece.kind === 'text') {
      if (block) block.push(piece.text);
      else prose.add(decodeEntities(piece.text));
    } else if (piece.kind === 'comment') {
      const hint = commentHint(piece.text);
      if (hint?.all) allHint = hint.language;
      else if (hint) nextHint = hint.language;
    } else if (piece.name === 'pre') {
      closeBlock();
      prose.break(2);
      if (piece.closes) continue;
      block = [];
      blockHint = classHint(piece.text) ?? nextHint ?? allHint;
      nextHint = undefined;
    } else if (block) {
      if (piece.name === 'br') block.push('\n');
      else if (piece.name === 'code' && !piece.closes) blockHint = classHint(piece.text) ?? blockHint;
    } else if (PARAGRAPHS.has(piece.name)) prose.break(2);
    else if (LINES.has(piece.name)) prose.break(1);
  }
  closeBlock();
  return { text: prose.text, blocks };
}

type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'comment'; text: string }
  | { kind: 'tag'; name: string; closes: boolean; text: string };

/** Tags, comments and the text between them. */
function* cut(html: string): Generator<Piece> {
  let from = 0;
  let commentsEnd = true;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
    let piece: Piece | undefined;
    let end = at;
    if (html.startsWith('<!--', at)) {
      const close: number = commentsEnd ? html.indexOf('-->', at + 4) : -1;
      // Where this one has no end, no later one has.
      commentsEnd = close >= 0;
      if (close >= 0) {
        end = close + 3;
        piece = { kind: 'comment', text: html.slice(at + 4, close) };
      }
    } else {
      end = endOfTag(html, at);
      if (end > at) piece = readTag(html.slice(at, end));
    }
    if (!piece) {
      at++;
      continue;
    }
    if (at > from) yield { kind: 'text', text: html.slice(from, at) };
    yield piece;
    from = end;
    at = end;
  }
  if (from < html.length) yield { kind: 'text', text: html.slice(from) };
}

/** Behind the `>` that ends the tag, or `start` where none begins there. */
function endOfTag(html: string, start: number): number {
  const first = html.charCodeAt(html[start + 1] === '/' ? start + 2 : start + 1) | 0x20;
  if (!(first >= 0x61 && first <= 0x7a)) return start;
  const limit = Math.min(html.length, start + MAX_TAG);
  let quote = '';
  for (let i = start + 1; i < limit; i++) {
    const character = html[i];
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '>') return i + 1;
    else if (character === '<') return start;
    // An apostrophe elsewhere is no quote: `<don't know>`.
    else if ((character === '"' || character === "'") && html[i - 1] === '=') quote = character;
  }
  return start;
}

function readTag(text: string): Piece {
  const closes = text[1] === '/';
  let end = closes ? 2 : 1;
  while (/[a-zA-Z0-9]/.test(text[end] ?? '')) end++;
  return { kind: 'tag', name: text.slice(closes ? 2 : 1, end).toLowerCase(), closes, text };
}

/** `class="lang-c prettyprint-override"` names a language. */
function classHint(tag: string): string | undefined {
  for (const prefix of ['lang-', 'language-']) {
    const at = tag.indexOf(prefix);
    if (at >= 0) return /^[a-z0-9+#.-]*/i.exec(tag.slice(at + prefix.length))![0].toLowerCase();
  }
  return undefined;
}

/** `<!-- language: lang-c -->` before a block, `<!-- language-all: lang-c -->` for the whole post. */
function commentHint(comment: string): { language: string; all: boolean } | undefined {
  const [key, value, ...rest] = comment.split(':');
  const name = key.trim();
  if (value === undefined || rest.length > 0 || !(name === 'language' || name === 'language-all'))
    return undefined;
  return {
    language: value
      .trim()
      .toLowerCase()
      .replace(/^lang-/, ''),
    all: name === 'language-all',
  };
}

/** Without the empty lines at the start and the end; the first line keeps its indentation. */
function trimLines(code: string): string {
  const lines = code.replaceAll('\r\n', '\n').split('\n');
  let first = 0;
  let last = lines.length;
  while (first < last && lines[first].trim() === '') first++;
  while (last > first && lines[last - 1].trim() === '') last--;
  return lines.slice(first, last).join('\n');
}

/** Text with its spaces as a browser shows them. */
class Prose {
  private readonly parts: string[] = [];
  private breaks = 0;
  private space = false;

  get text(): string {
    return this.parts.join('');
  }

  /** @param lines 1 for a new line, 2 for a new paragraph */
  break(lines: number): void {
    this.breaks = Math.max(this.breaks, lines);
  }

  add(text: string): void {
    let from = 0;
    while (from < text.length) {
      while (from < text.length && isSpace(text.charCodeAt(from))) {
        this.space = true;
        from++;
      }
      let to = from;
      while (to < text.length && !isSpace(text.charCodeAt(to))) to++;
      if (to > from) this.addWord(text.slice(from, to));
      from = to;
    }
  }

  private addWord(word: string): void {
    if (this.parts.length > 0) {
      if (this.breaks > 0) this.parts.push('\n'.repeat(this.breaks));
      else if (this.space) this.parts.push(' ');
    }
    this.breaks = 0;
    this.space = false;
    this.parts.push(word);
  }
}

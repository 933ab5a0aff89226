/**
 * The functions that a C file defines, with their text and the comment above, from its tokens alone: a grammar gives
 * up on the macros, branches of `#if` and old-style declarations of which the sources of programs are full.
 */

import { KIND, type Tokens, tokensOf } from './lexer.ts';

export interface CFunction {
  readonly name: string;
  /** Of the name, from 1: what DWARF calls the line of the declaration. */
  readonly line: number;
  /** Definition, from its first word to the closing brace. */
  readonly text: string;
  /** The comment that stands above as it is written, several lines of `//` as one; null where there is none. */
  readonly comment: string | null;
}

/** Words before brackets that are no function's name. */
const NO_NAMES = new Set(
  (
    'if for while switch return sizeof do else case defined typeof alignas asm static_assert _Static_assert ' +
    '__attribute__ __attribute __declspec _Alignas _Noreturn __typeof__ __extension__ __asm__ __asm ' +
    'void char short int long float double signed unsigned const volatile'
  ).split(' '),
);

const OPENS_TYPE = new Set(['struct', 'union', 'enum']);

/** Lines between a comment and what it describes: one may be empty. */
const MOST_LINES_BETWEEN = 2;

export function functionsOf(text: string): CFunction[] {
  return new Outline(tokensOf(text)).functions();
}

class Outline {
  private readonly tokens: Tokens;
  /** Numbers of the tokens that are neither comments nor directives. */
  private readonly code: number[] = [];
  private readonly lines: number[] = [];
  /** At each token, brackets taken as pairs over all branches of `#if`: place in `code` of the other one, or -1. */
  private readonly pairs: Int32Array;

  constructor(tokens: Tokens) {
    this.tokens = tokens;
    for (let at = 0; at >= 0; at = tokens.text.indexOf('\n', at) + 1 || -1) this.lines.push(at);
    this.pairs = this.pairBrackets();
  }

  private textOf(token: number): string {
    return this.tokens.text.slice(this.tokens.starts[token], this.tokens.ends[token]);
  }

  /** The character of a mark in `code`; '' for another token. */
  private mark(place: number): string {
    const token = this.code[place];
    if (token === undefined || this.tokens.kinds[token] !== KIND.mark) return '';
    return this.tokens.text[this.tokens.starts[token]];
  }

  /**
   * Fills `code` and finds which bracket closes which. Where branches of `#if` open different ones, only the first
   * branch's count: each branch begins with those that were open before the first.
   */
  private pairBrackets(): Int32Array {
    const { kinds } = this.tokens;
    const pairs: number[] = [];
    let open: number[] = [];
    const branches: { before: number[]; after: number[] | null }[] = [];
    for (let token = 0; token < kinds.length; token++) {
      if (kinds[token] === KIND.comment) continue;
      if (kinds[token] === KIND.directive) {
        const directive = /^#\s*(\w*)/.exec(this.textOf(token))?.[1] ?? '';
        if (directive.startsWith('if')) branches.push({ before: [...open], after: null });
        const branch = branches.at(-1);
        if (!branch || !/^(el|endif)/.test(directive)) continue;
        branch.after ??= open;
        open = directive === 'endif' ? branch.after : [...branch.before];
        if (directive === 'endif') branches.pop();
        continue;
      }
      const place = this.code.push(token) - 1;
      pairs.push(-1);
      const mark = this.mark(place);
      if (mark === '(' || mark === '{' || mark === '[') open.push(place);
      const opening = { ')': '(', '}': '{', ']': '[' }[mark];
      if (opening === undefined) continue;
      // A brace also closes what was forgotten inside it; another bracket without its partner closes nothing.
      const from = open.findLastIndex((other) => this.mark(other) === opening);
      if (from < 0 || (opening !== '{' && from < open.length - 1)) continue;
      const partner = open[from];
      open = open.slice(0, from);
      pairs[partner] = place;
      pairs[place] = partner;
    }
    return Int32Array.from(pairs);
  }

  functions(): CFunction[] {
    const found: CFunction[] = [];
    // Where the declaration that is being read began, and those before it that have ended with `;`.
    let [start, previous] = [0, [] as number[]];
    for (let place = 0; place < this.code.length;) {
      const mark = this.mark(place);
      const partner = this.pairs[place];
      if (mark === ';') {
        previous = [...previous, start].slice(-MOST_OLD_STYLE);
        start = ++place;
      } else if (mark === '{' && this.isExternC(place)) {
        [start, previous] = [++place, []];
      } else if (mark === '{') {
        const own = this.definition(start, place, previous);
        if (own) found.push(own);
        place = partner < 0 ? place + 1 : partner + 1;
        // The braces of a type or of values belong to a declaration that goes on.
        const goesOn = !own && (this.mark(place) === ';' || this.isDeclarator(place));
        if (!goesOn) [start, previous] = [place, []];
      } else if (mark === '}') {
        [start, previous] = [++place, []];
      } else {
        // What stands in round brackets cannot begin a definition.
        place = mark === '(' && partner > place ? partner + 1 : place + 1;
      }
    }
    return found;
  }

  private isExternC(place: number): boolean {
    return (
      place >= 2 &&
      this.textOf(this.code[place - 1]) === '"C"' &&
      this.textOf(this.code[place - 2]) === 'extern'
    );
  }

  private isDeclarator(place: number): boolean {
    const mark = this.mark(place);
    return mark === ',' || mark === '=' || mark === ')' || mark === '[';
  }

  /** The function whose body opens at `brace`, if it is one's. */
  private definition(start: number, brace: number, previous: readonly number[]): CFunction | null {
    let head = start;
    // Old style: `int f (a) char *a; {`, of varargs.h also `… va_dcl {`. The declarations between belong to it.
    const isMacro = start === brace - 1 && !OPENS_TYPE.has(this.textOf(this.code[start]));
    if (start === brace || isMacro) {
      const from = previous.findLastIndex((place) => this.isOldStyle(place, brace));
      if (from < 0) return null;
      head = previous[from];
    }
    const name = this.namePlace(head, brace);
    if (name < 0) return null;
    const close = this.pairs[brace];
    const { starts, ends, text } = this.tokens;
    const [first, last] = [this.code[head], this.code[close < 0 ? this.code.length - 1 : close]];
    return {
      name: this.textOf(this.code[name]),
      line: this.lineOf(starts[this.code[name]]),
      text: text.slice(starts[first], ends[last]),
      comment: this.commentAbove(first),
    };
  }

  /** Whether the first parameter's declaration follows the names of all. */
  private isOldStyle(start: number, end: number): boolean {
    const name = this.namePlace(start, end);
    const close = name < 0 ? -1 : this.pairs[name + 1];
    return close >= 0 && close + 1 < end && this.tokens.kinds[this.code[close + 1]] === KIND.name;
  }

  /** Of the name that brackets follow, the first one in a declaration; -1 where there is none, or where `=` says no. */
  private namePlace(start: number, end: number): number {
    let name = -1;
    for (let place = start; place < end; place++) {
      const mark = this.mark(place);
      if (mark === '=' || (mark === '{' && name < 0)) return -1;
      if (mark === ';') break;
      if (mark !== '(') continue;
      const before = this.code[place - 1];
      const isName = place > start && this.tokens.kinds[before] === KIND.name;
      if (name < 0 && isName && !NO_NAMES.has(this.textOf(before)) && !this.isMacroCall(place, end)) {
        name = place - 1;
      }
      const partner = this.pairs[place];
      if (partner < place) continue;
      // `int (*f (int a)) (int)` is a function that returns a pointer to another.
      if (name < 0 && this.mark(place + 1) === '*') name = this.namePlace(place + 2, partner);
      place = partner;
    }
    return name;
  }

  /** `EXPORT(int) f (int a)`: a second name with brackets follows, and it is not the same in another branch of `#if`. */
  private isMacroCall(open: number, end: number): boolean {
    const next = this.pairs[open] + 1;
    if (next === 0 || next + 1 >= end || this.mark(next + 1) !== '(') return false;
    if (this.tokens.kinds[this.code[next]] !== KIND.name) return false;
    const name = this.textOf(this.code[next]);
    return !NO_NAMES.has(name) && name !== this.textOf(this.code[open - 1]);
  }

  private lineOf(offset: number): number {
    let [low, high] = [0, this.lines.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.lines[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  private commentAbove(token: number): string | null {
    const { kinds, starts, ends, text } = this.tokens;
    const last = token - 1;
    if (kinds[last] !== KIND.comment) return null;
    if (this.lineOf(starts[token]) - this.lineOf(ends[last] - 1) > MOST_LINES_BETWEEN) return null;
    // One that ends the line of something else describes that.
    if (!this.ownsLine(last)) return null;
    let first = last;
    while (
      text.startsWith('//', starts[first]) &&
      kinds[first - 1] === KIND.comment &&
      text.startsWith('//', starts[first - 1]) &&
      this.lineOf(starts[first]) - this.lineOf(starts[first - 1]) === 1 &&
      this.ownsLine(first - 1)
    ) {
      first--;
    }
    return text.slice(starts[first], ends[last]);
  }

  private ownsLine(token: number): boolean {
    const start = this.lines[this.lineOf(this.tokens.starts[token]) - 1];
    return this.tokens.text.slice(start, this.tokens.starts[token]).trim() === '';
  }
}

/** Parameters that an old-style function declares one by one: more declarations than that before a brace are others. */
const MOST_OLD_STYLE = 32;

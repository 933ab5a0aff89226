/** The parts of a block at its outermost level: what may stand outside of a function in C, and what may not. */

import type { Token } from './lex.ts';

export interface Item {
  kind: 'directive' | 'declaration' | 'statement';
  start: number;
  end: number;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const STATEMENT_WORDS = words(
  'if else for while do switch return break continue goto case default throw try catch delete cout cin cerr assert asm',
);
const DECLARATION_WORDS = words(
  'struct class union enum typedef template namespace using extern static inline const unsigned signed int char void ' +
    'long short float double bool auto constexpr virtual explicit friend typename volatile register public private ' +
    'protected size_t FILE string std',
);

/** Cuts at `;` and `}` outside of all brackets, and at directives. A bracket that is never closed ends with the block. */
export function cutItems(tokens: readonly Token[]): Item[] {
  const items: Item[] = [];
  let first = -1;
  let depth = 0;
  const close = (last: number): void => {
    if (first < 0) return;
    const kind = isDeclaration(tokens, first, last) ? 'declaration' : 'statement';
    items.push({ kind, start: tokens[first].start, end: tokens[last].end });
    first = -1;
  };
  for (const [i, token] of tokens.entries()) {
    if (token.kind === 'directive') {
      if (depth > 0) continue;
      close(i - 1);
      items.push({ kind: 'directive', start: token.start, end: token.end });
      continue;
    }
    if (first < 0) first = i;
    if (token.text === '{' || token.text === '(' || token.text === '[') depth++;
    else if (token.text === '}' || token.text === ')' || token.text === ']') depth = Math.max(0, depth - 1);
    if (depth > 0) continue;
    if (token.text === ';') close(i);
    // `struct x { … } y;` and `do { … } while (…);` go on; so does an initialiser.
    else if (token.text === '}' && !goesOn(tokens, first, i)) close(i);
  }
  close(tokens.length - 1);
  return items;
}

function goesOn(tokens: readonly Token[], first: number, at: number): boolean {
  const next = tokens[at + 1]?.text;
  if (next === ';' || next === ',' || next === ')') return true;
  const head = tokens[first].text;
  if (head === 'typedef' || (head === 'do' && next === 'while')) return true;
  if (head === 'if' && next === 'else') return true;
  // `struct p { … } q;` names a variable; after a function another item begins.
  const isType = head === 'struct' || head === 'union' || head === 'enum' || head === 'class';
  return isType && !hasParameters(tokens, first, at) && /^[;,=[]$/.test(tokens[at + 2]?.text ?? '');
}

/** Whether the tokens may stand outside of a function. */
function isDeclaration(tokens: readonly Token[], first: number, last: number): boolean {
  const head = tokens[first];
  const second = tokens[first + 1];
  if (head.kind !== 'word' || STATEMENT_WORDS.has(head.text)) return false;
  if (tokens[last].text === '}')
    return hasParameters(tokens, first, last) || DECLARATION_WORDS.has(head.text);
  if (head.text === 'std' && second?.text === '::') {
    return !/^(cout|cin|cerr|sort|copy|for_each|swap)$/.test(tokens[first + 2]?.text ?? '');
  }
  if (DECLARATION_WORDS.has(head.text)) return true;
  // `Name name`, `Name *name`: a variable or a prototype.
  return (
    second?.kind === 'word' ||
    (second?.text === '*' && tokens[first + 2]?.kind === 'word' && last - first > 2)
  );
}

/** `name(…) {` with at most initialisers between: the head of a function. */
function hasParameters(tokens: readonly Token[], first: number, last: number): boolean {
  for (let i = first; i <= last; i++) {
    if (tokens[i].text === '{') return false;
    if (tokens[i].text === '=') return false;
    if (tokens[i].text === '(') return i > first && tokens[i - 1].kind === 'word';
  }
  return false;
}

/**
 * The language of a code block: what its author said, else what the block shows, helped by the question's tags. The
 * rule counts distinct signs, each of which occurs in one family of languages and hardly in the others, and names no
 * language without one: in doubt a block is `other`.
 */

import type { CodeBlock } from './html.ts';
import { assemblyShare } from './assembly.ts';
import type { SourceLanguage } from '../fragments/candidates.ts';
import { lex, type Token } from '../fragments/lex.ts';

export type Language = SourceLanguage | 'other';

const HINTS: Readonly<Record<string, Language>> = {
  c: 'c',
  cpp: 'c++',
  'c++': 'c++',
  cc: 'c++',
  cxx: 'c++',
  asm: 'assembly',
  assembly: 'assembly',
  nasm: 'assembly',
  x86asm: 'assembly',
};

/** Hints that name no language. */
const EMPTY_HINTS = new Set(['', 'default']);

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Words of C and C++ that the languages beside them lack. */
const C_WORDS = words(
  'printf fprintf sprintf snprintf scanf sscanf malloc calloc realloc memcpy memset memmove strlen strcpy strcmp ' +
    'strncpy strcat strstr sizeof typedef unsigned struct extern NULL FILE size_t uint8_t uint16_t uint32_t uint64_t ' +
    'int32_t int64_t fopen fclose fgets putchar getchar volatile asm __asm__ __attribute__ argc argv wchar_t goto union ' +
    'register gettimeofday free inline',
);
const CPP_WORDS = words(
  'std cout cin cerr endl template typename virtual nullptr constexpr static_cast dynamic_cast reinterpret_cast ' +
    'const_cast friend decltype noexcept unique_ptr shared_ptr iostream ostream istream mutable boost explicit',
);
/** Words of others: C#, Java, PHP, JavaScript, Python, Basic, SQL, Go, Ruby and shells. */
const OTHER_WORDS = words(
  'def elif import function var let foreach echo println System Console String package func extends implements final ' +
    'instanceof readonly internal sealed override async await yield lambda None True False self elsif then fi done sub ' +
    'my our print Dim End Sub Function SELECT FROM WHERE INSERT UPDATE CREATE TABLE VARCHAR select from where insert ' +
    'begin end unless require null boolean sudo object params out ref DateTime List IEnumerable Exception throws super ' +
    'this_module document window jQuery alert val nil puts except raise pass not and or in is ArrayList synchronized ' +
    'abstract interface byte decimal',
);
/** Types with which a declaration of C begins; other languages have most of them too. */
const TYPES = words('int char long short float double void bool const static signed auto');

/** Tags that say C, C++ or assembly, each with its spellings and its versions. */
const isCTag = (tag: string): boolean => /^(c|c\d\d|ansi-c|gcc|libc|glibc|malloc|pointers)$/.test(tag);
const isCppTag = (tag: string): boolean => /^(c\+\+.*|visual-c\+\+|g\+\+|stl|boost.*|qt\d?|mfc)$/.test(tag);
const isAssemblyTag = (tag: string): boolean => /^(assembly|x86.*|nasm|masm|gas|inline-assembly)$/.test(tag);

export function languageOf(block: CodeBlock, tags: readonly string[]): Language {
  if (block.hint !== undefined && !EMPTY_HINTS.has(block.hint)) return HINTS[block.hint] ?? 'other';
  const assembly = assemblyShare(block.code);
  if (assembly > (tags.some(isAssemblyTag) ? 0.4 : 0.7)) return 'assembly';
  return languageOfTokens(lex(block.code), block.code, tags);
}

function languageOfTokens(tokens: readonly Token[], code: string, tags: readonly string[]): Language {
  const signs = readSigns(tokens, code);
  const cTag = tags.some(isCTag);
  const cppTag = tags.some(isCppTag);
  const family = signs.c + signs.cpp;
  // A tag of the family is worth one sign, and lets a declaration or a call that ends in `;` count as code.
  if (cTag || cppTag) {
    if (signs.other > family || (signs.other > 0 && family === 0)) return 'other';
  } else if (family < 2 || signs.other >= family) return 'other';
  // A program's output has names too, but no statements; a head of a class has none either, but several signs.
  if (!signs.statements && family < 2) return 'other';
  if (signs.cpp > 0) return 'c++';
  return cppTag && !cTag && !tags.includes('c') ? 'c++' : 'c';
}

/** Of a block with a name that C does not have: PHP's variables, Java's annotations, Objective-C's keywords. */
const NOTHING: Signs = { c: 0, cpp: 0, other: 0, statements: false };

interface Signs {
  /** Distinct signs of each family. */
  c: number;
  cpp: number;
  other: number;
  /** Whether something ends in `;`, is a block in braces or a directive. */
  statements: boolean;
}

function readSigns(tokens: readonly Token[], code: string): Signs {
  const c = new Set<string>();
  const cpp = new Set<string>();
  const other = new Set<string>();
  const inside = (text: string): boolean => tokens.some((token) => token.text === text);
  // A page, a session, a script; awk's programs look like C.
  if (/^\s*(<[?!a-zA-Z/]|\$ |# ?!|>>> )/.test(code)) return { ...NOTHING, other: 1 };
  for (const [i, { kind, text }] of tokens.entries()) {
    const next = tokens[i + 1]?.text;
    if (kind === 'directive') {
      const included = /^#\s*include\s*[<"]([^>"\n]*)/.exec(text)?.[1];
      if (included !== undefined) (included.includes('.h') ? c : cpp).add('#include');
      else if (/^#\s*(define|ifdef|ifndef|if|undef|pragma|error)\b/.test(text)) c.add('directive');
      else other.add('comment with #');
    } else if (kind === 'word') {
      if (text[0] === '$' || text[0] === '@') return { ...NOTHING, other: 1 };
      else if (text === 'extern' && tokens[i + 1]?.kind === 'string') cpp.add('extern "C"');
      else if (C_WORDS.has(text)) c.add(text);
      else if (CPP_WORDS.has(text)) cpp.add(text);
      else if (OTHER_WORDS.has(text)) other.add(text);
      // `public:` is C++, `public int` is Java or C#.
      else if (text === 'public' || text === 'private' || text === 'protected') {
        if (next === ':') cpp.add('public:');
        else if (!isBaseList(tokens, i)) other.add('public');
      } else if (text === 'using') (next === 'namespace' ? cpp : other).add('using');
      else if (text === 'delete' && (next === '[]' || tokens[i + 1]?.kind === 'word')) cpp.add('delete');
      else if (TYPES.has(text) && next === '*') c.add('type *');
      else if (TYPES.has(text) && next === '[]') other.add('type []');
      else if (text === 'main' && next === '(' && tokens[i - 1]?.text === 'int') c.add('int main');
    } else if (text === '->') c.add('->');
    // `[key bytes]` sends a message in Objective-C.
    else if (text === '[' && isName(tokens[i + 1]) && isName(tokens[i + 2])) return { ...NOTHING, other: 1 };
    else if (text === '::') cpp.add('::');
    else if (text === '=>' || (text === '==' && next === '=')) other.add(text);
    else if (text === '&' && TYPES.has(tokens[i - 2]?.text ?? '') && tokens[i - 1]?.kind === 'word')
      cpp.add('&');
  }
  const statements = inside(';') || inside('{') || tokens.some(({ kind }) => kind === 'directive');
  return { c: c.size, cpp: cpp.size, other: other.size, statements };
}

const isName = (token: Token | undefined): boolean =>
  token?.kind === 'word' && token.text !== 'sizeof' && !TYPES.has(token.text);

/** `class A : public B`. */
function isBaseList(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]?.text;
  return before === ':' || before === ',';
}

/** Why sources do not compile, as a few kinds that can be counted: the words of gcc, clang and the assembler. */

export type Cause =
  | 'too large'
  | 'header missing'
  | 'name not declared'
  | 'declarations conflict'
  | 'types do not fit'
  | 'not C by syntax'
  | 'assembler'
  | 'too deep'
  | 'time, memory or size'
  | 'no function'
  | 'not readable'
  | 'other';

/** In the order of asking: an assembler's message may have the words of others in it. */
const WORDS: readonly (readonly [Cause, RegExp])[] = [
  [
    'time, memory or size',
    /exit status 1[0-9][0-9]|out of memory|memory exhausted|cannot allocate|bad_alloc|[Kk]illed|size limit|too large|signal|File too big/,
  ],
  ['too deep', /nested too deeply|depth exceeds|instantiation depth|bracket nesting level/],
  ['header missing', /No such file or directory|file not found|is a (block|character) device|is a directory/],
  [
    'assembler',
    /Assembler|: Error: |inline asm|<inline|invalid instruction|unknown token|impossible constraint|invalid (output|input) constraint/,
  ],
  [
    'name not declared',
    /undeclared|not declared|has not been declared|unknown type name|does not name a type|no member named|has no member|is not a member|no template named|no type named|not a class or namespace|incomplete type|unknown attribute/,
  ],
  [
    'declarations conflict',
    /redefinition|redeclar|conflicting|ambiguous|previous(ly)? (declar|defin)|different (return )?type|duplicate/,
  ],
  [
    'types do not fit',
    /incompatible|cannot convert|invalid conversion|invalid operands|no match|cannot initialize|lvalue|not assignable|cannot bind|(few|many) arguments|must return|invalid (static_)?cast|read-only/,
  ],
  [
    'not C by syntax',
    /expected|stray|missing terminating|unterminated|extraneous|invalid preprocessing|#error|unbalanced|numeric constant|invalid suffix/,
  ],
];

/** @param complaint the compiler's first, one line */
export function causeOf(complaint: string): Cause {
  return WORDS.find(([, words]) => words.test(complaint))?.[0] ?? 'other';
}

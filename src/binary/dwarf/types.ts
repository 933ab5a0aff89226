/**
 * Types as a C or C++ programmer writes them, in the spelling of llvm-dwarfdump: `const char *`,
 * `int (*)(const void *, const void *)`, `ns::box<int> &`. DWARF 5 chapter 5.
 *
 * A declarator stands around its name: what a type puts before the name and what behind it are kept apart, so
 * that a pointer to it can stand between the two.
 */

import { corrupt } from '../../error.ts';
import { AT, ONE_BASED_LANGUAGES, TAG } from './constants.ts';
import type { Entry } from './entry.ts';
import { MAX_NAME } from './sections.ts';

interface TypeText {
  before: string;
  after: string;
  /** Whether `before` ends in a word, which a pointer's star keeps a blank from. */
  word: boolean;
  /** Whether a pointer to it needs parentheses: `int (*)[3]`. */
  parenthesised: boolean;
  /** Whether a qualifier stands behind it: `char *const`, yet `const char`. */
  qualifiedBehind: boolean;
}

const VOID: TypeText = named('void');

/** What a type without a name is called. */
const UNNAMED: ReadonlyMap<number, string> = new Map([
  [TAG.structureType, 'structure '],
  [TAG.classType, 'class '],
  [TAG.unionType, 'union '],
  [TAG.enumerationType, 'enumeration '],
]);

const QUALIFIERS: ReadonlyMap<number, string> = new Map([
  [TAG.constType, 'const'],
  [TAG.volatileType, 'volatile'],
  [TAG.restrictType, 'restrict'],
]);

/** Also the order in which several are written. */
const QUALIFIER_ORDER = [...QUALIFIERS.values()];

/** The types of a file; each is put into words once. */
export class TypeNames {
  private readonly known = new Map<number, TypeText>();

  /**
   * A type in words; `void` for none.
   * @throws BinscribeError of kind `corrupt` or `budget`: types that contain themselves are nested without end.
   */
  of(type: Entry | null): string {
    const { before, after } = this.describe(type, 0);
    return before + after;
  }

  private describe(type: Entry | null, depth: number): TypeText {
    if (!type) return VOID;
    const known = this.known.get(type.key);
    if (known) return known;
    type.unit.units.sections.budget.checkDepth(depth);
    const text = this.compose(type, depth + 1);
    // Each parameter of a function type may repeat the whole of another type: 40 levels would fill memory.
    if (text.before.length + text.after.length > MAX_NAME) {
      throw corrupt(`${type.unit.bytes.where}: the type at 0x${type.offset.toString(16)} is too long`);
    }
    this.known.set(type.key, text);
    return text;
  }

  private compose(type: Entry, depth: number): TypeText {
    switch (type.tag) {
      case TAG.pointerType:
        return pointerTo(this.describe(type.type(), depth), '*');
      case TAG.referenceType:
        return pointerTo(this.describe(type.type(), depth), '&');
      case TAG.rvalueReferenceType:
        return pointerTo(this.describe(type.type(), depth), '&&');
      case TAG.ptrToMemberType:
        return this.memberPointer(type, depth);
      case TAG.subroutineType:
        return this.functionType(type, depth, [], false);
      case TAG.arrayType:
        return this.arrayType(type, depth);
      case TAG.constType:
      case TAG.volatileType:
      case TAG.restrictType:
        return this.qualified(type, depth);
      case TAG.atomicType: {
        const inner = this.describe(type.type(), depth);
        return named(`_Atomic(${inner.before}${inner.after})`);
      }
      case TAG.typedef:
        return named(nameOf(type));
      case TAG.unspecifiedType: {
        const name = nameOf(type);
        return named(name === 'decltype(nullptr)' ? 'std::nullptr_t' : name);
      }
      default:
        return named(qualifiedName(type));
    }
  }

  /** A run of const, volatile and restrict, which stands as one word group. */
  private qualified(type: Entry, depth: number): TypeText {
    const found = new Set<string>();
    let inner: Entry | null = type;
    for (let nested = depth; inner; nested++) {
      const qualifier = QUALIFIERS.get(inner.tag);
      if (qualifier === undefined) break;
      inner.unit.units.sections.budget.checkDepth(nested);
      found.add(qualifier);
      inner = inner.type();
    }
    const words = QUALIFIER_ORDER.filter((word) => found.has(word));
    if (inner?.tag === TAG.subroutineType) return this.functionType(inner, depth, words, false);
    const text = this.describe(inner, depth);
    return text.qualifiedBehind
      ? { ...text, before: text.before + words.join(' '), word: true, qualifiedBehind: false }
      : { ...text, before: `${words.join(' ')} ${text.before}` };
  }

  private functionType(type: Entry, depth: number, qualifiers: string[], isMember: boolean): TypeText {
    const result = this.describe(type.type(), depth);
    const parameters: string[] = [];
    const behind = new Set(qualifiers);
    let first = true;
    for (const child of type.children()) {
      if (child.tag === TAG.unspecifiedParameters) parameters.push('...');
      if (child.tag !== TAG.formalParameter) continue;
      if (first && isMember && child.flag(AT.artificial)) {
        // `this`: what it points to is what the member function is qualified by.
        for (const word of qualifiersOfPointee(child.type())) behind.add(word);
      } else {
        const parameter = this.describe(child.type(), depth);
        parameters.push(parameter.before + parameter.after);
      }
      first = false;
    }
    let after = `(${parameters.join(', ')})`;
    for (const word of QUALIFIER_ORDER) if (behind.has(word)) after += ` ${word}`;
    if (type.has(AT.reference)) after += ' &';
    if (type.has(AT.rvalueReference)) after += ' &&';
    return {
      before: result.word ? `${result.before} ` : result.before,
      after: after + result.after,
      word: false,
      parenthesised: true,
      qualifiedBehind: false,
    };
  }

  private arrayType(type: Entry, depth: number): TypeText {
    const element = this.describe(type.type(), depth);
    let bounds = '';
    for (const child of type.children()) if (child.tag === TAG.subrangeType) bounds += boundText(child);
    return { ...element, after: bounds + element.after, parenthesised: true };
  }

  private memberPointer(type: Entry, depth: number): TypeText {
    const target = type.type();
    const inner =
      target?.tag === TAG.subroutineType
        ? this.functionType(target, depth, [], true)
        : this.describe(target, depth);
    const owner = type.type(AT.containingType);
    const star = owner ? `${qualifiedName(owner)}::*` : '*';
    return pointerTo(inner, star);
  }
}

function named(name: string): TypeText {
  return { before: name, after: '', word: true, parenthesised: false, qualifiedBehind: false };
}

function pointerTo(inner: TypeText, star: string): TypeText {
  const blank = inner.word ? ' ' : '';
  return {
    before: inner.before + blank + (inner.parenthesised ? '(' : '') + star,
    after: (inner.parenthesised ? ')' : '') + inner.after,
    word: false,
    parenthesised: false,
    qualifiedBehind: !star.startsWith('&'),
  };
}

function nameOf(type: Entry): string {
  return type.text(AT.name) ?? UNNAMED.get(type.tag) ?? '';
}

/**
 * With the namespaces and types around it; typedefs and base types are written without them. So is what GCC
 * puts into type units, where it defines a type outside of its scopes.
 */
function qualifiedName(type: Entry): string {
  const name = nameOf(type);
  if (!UNNAMED.has(type.tag)) return name;
  const scopes = type.unit.contents.scopes.around(type.offset);
  return [...scopes.map((offset) => scopeName(type.unit.entryAt(offset))).toReversed(), name].join('::');
}

function scopeName(scope: Entry): string {
  if (scope.tag === TAG.namespace) return scope.text(AT.name) ?? '(anonymous namespace)';
  // Clang leaves the name to the type unit.
  return nameOf(scope.reference(AT.signature) ?? scope);
}

function qualifiersOfPointee(pointer: Entry | null): string[] {
  const found: string[] = [];
  if (pointer?.tag !== TAG.pointerType) return found;
  let type = pointer.type();
  // At most two that matter: const and volatile.
  for (let i = 0; i < 2 && type; i++) {
    const qualifier = QUALIFIERS.get(type.tag);
    if (qualifier === undefined) break;
    found.push(qualifier);
    type = type.type();
  }
  return found;
}

/**
 * One dimension: `[4]`, `[]` where it is unknown or only known at run time, `[[2, 6)]` where it does not start
 * where the language's arrays do.
 */
function boundText(subrange: Entry): string {
  const unsigned = (attribute: number): number | null => {
    const value = subrange.number(attribute);
    return value === null || value < 0 ? null : value;
  };
  const language = subrange.unit.root.number(AT.language);
  const usual = language !== null && ONE_BASED_LANGUAGES.has(language) ? 1 : 0;
  const lower = unsigned(AT.lowerBound) ?? usual;
  const count = unsigned(AT.count);
  const upper = unsigned(AT.upperBound);
  if (lower === usual) {
    if (count !== null) return `[${count}]`;
    // An empty array's upper bound is -1 in 64 bits.
    return upper === null ? '[]' : `[${(upper - usual + 1) % 2 ** 64}]`;
  }
  const end = count !== null ? lower + count : upper !== null ? upper + 1 : '?';
  return `[[${lower}, ${end})]`;
}

/** What kind of value a type is, seen through its names and qualifiers: the label that type inference predicts. */

import { AT, ATE, TAG } from './constants.ts';
import type { Entry } from './entry.ts';

/**
 * References, arrays and functions count as pointers, which they are when they are passed; `_Bool` as an
 * integer; `other` is what C does not have.
 */
export type TypeClass = 'char' | 'int' | 'float' | 'pointer' | 'enum' | 'struct' | 'union' | 'other';

/** @throws BinscribeError of kind `corrupt`, or `budget` for a type that is a name of itself. */
export function typeClassOf(type: Entry | null): TypeClass {
  let target = type;
  for (let depth = 0; target && isTransparent(target.tag); depth++) {
    target.unit.units.sections.budget.checkDepth(depth);
    target = target.type();
  }
  switch (target?.tag) {
    case TAG.pointerType:
    case TAG.referenceType:
    case TAG.rvalueReferenceType:
    case TAG.ptrToMemberType:
    case TAG.arrayType:
    case TAG.subroutineType:
      return 'pointer';
    case TAG.structureType:
    case TAG.classType:
      return 'struct';
    case TAG.unionType:
      return 'union';
    case TAG.enumerationType:
      return 'enum';
    case TAG.baseType:
      return classOfEncoding(target?.number(AT.encoding) ?? 0);
    default:
      return 'other';
  }
}

function isTransparent(tag: number): boolean {
  switch (tag) {
    case TAG.typedef:
    case TAG.constType:
    case TAG.volatileType:
    case TAG.restrictType:
    case TAG.atomicType:
      return true;
    default:
      return false;
  }
}

function classOfEncoding(encoding: number): TypeClass {
  switch (encoding) {
    case ATE.signedChar:
    case ATE.unsignedChar:
    case ATE.utf:
    case ATE.ucs:
    case ATE.ascii:
      return 'char';
    case ATE.float:
    case ATE.complexFloat:
    case ATE.imaginaryFloat:
    case ATE.decimalFloat:
      return 'float';
    default:
      return 'int';
  }
}

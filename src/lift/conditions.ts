/** What flags say: the conditions of branches, from the instruction that set them. */

import { CannotLift, FLAG_LEFT, FLAG_RIGHT } from './code.ts';
import { constant, type Expr, variable } from './expressions.ts';
import { truncate } from './integers.ts';
import { asFloat } from './rebuild.ts';
import { compare, logic, opposite } from './truths.ts';

/**
 * How the flags were made: by comparing two values (also `sub`, and `test` and `and`, which compare with 0), by a shift, from a sum and what
 * was added, from a carry alone, or by comparing floats. What was compared is in `FLAG_LEFT` and `FLAG_RIGHT`.
 */
export interface Flags {
  readonly kind: 'difference' | 'shift' | 'sum' | 'carry' | 'floats';
  readonly bits: number;
}

/** @param code as in `jle`: `le` @throws CannotLift */
export function condition(code: string, flags: Flags | undefined): Expr {
  if (flags === undefined) throw new CannotLift('flags of which it is not known what set them');
  const { kind, bits } = flags;
  const left = truncate(variable(FLAG_LEFT, 64), bits);
  const right = truncate(variable(FLAG_RIGHT, 64), bits);
  const zero = constant(0, bits);
  const found =
    kind === 'floats'
      ? floatCondition(code, asFloat(left), asFloat(right))
      : kind === 'difference'
        ? differenceCondition(code, left, right)
        : resultCondition(code, kind, left, right, zero);
  if (found === undefined) throw new CannotLift(`the condition ${code} after an instruction of kind ${kind}`);
  return found;
}

function differenceCondition(code: string, left: Expr, right: Expr): Expr | undefined {
  switch (code) {
    case 'e':
      return compare('eq', left, right);
    case 'ne':
      return compare('ne', left, right);
    case 'l':
      return compare('slt', left, right);
    case 'ge':
      return compare('sle', right, left);
    case 'le':
      return compare('sle', left, right);
    case 'g':
      return compare('slt', right, left);
    case 'b':
      return compare('ult', left, right);
    case 'ae':
      return compare('ule', right, left);
    case 'be':
      return compare('ule', left, right);
    case 'a':
      return compare('ult', right, left);
    case 's':
      return compare('slt', difference(left, right), constant(0, left.bits));
    case 'ns':
      return compare('sle', constant(0, left.bits), difference(left, right));
    default:
      return undefined;
  }
}

function difference(left: Expr, right: Expr): Expr {
  return { kind: 'binary', op: 'sub', bits: left.bits, left, right };
}

function resultCondition(
  code: string,
  kind: Flags['kind'],
  result: Expr,
  added: Expr,
  zero: Expr,
): Expr | undefined {
  if (kind === 'carry') {
    if (code === 'b') return compare('ne', result, zero);
    return code === 'ae' ? compare('eq', result, zero) : undefined;
  }
  switch (code) {
    case 'e':
      return compare('eq', result, zero);
    case 'ne':
      return compare('ne', result, zero);
    case 's':
      return compare('slt', result, zero);
    case 'ns':
      return compare('sle', zero, result);
    default:
      break;
  }
  if (kind === 'sum') {
    if (code === 'b') return compare('ult', result, added);
    return code === 'ae' ? compare('ule', added, result) : undefined;
  }
  return undefined;
}

/** Of what is not comparable, `ucomisd` says that it is below, equal and of even parity at once. */
function floatCondition(code: string, left: Expr, right: Expr): Expr | undefined {
  switch (code) {
    case 'a':
      return compare('flt', right, left);
    case 'ae':
      return compare('fle', right, left);
    case 'be':
      return opposite(compare('flt', right, left));
    case 'b':
      return opposite(compare('fle', right, left));
    case 'p':
      return unordered(left, right);
    case 'np':
      return opposite(unordered(left, right));
    case 'ne':
      return logic('or', compare('flt', left, right), compare('flt', right, left));
    case 'e':
      return opposite(logic('or', compare('flt', left, right), compare('flt', right, left)));
    default:
      return undefined;
  }
}

function unordered(left: Expr, right: Expr): Expr {
  const isNaN = (one: Expr): Expr => opposite(compare('feq', one, one));
  return logic('or', isNaN(left), isNaN(right));
}

/** Addresses as C: a pointer with an index, an element of an array, or a variable. */

import { type CType, sizeOf } from './ctype.ts';
import { CannotLift } from './code.ts';
import { constant, type Expr, signedValue } from './expressions.ts';
import { binary, truncate } from './integers.ts';
import { BYTE, POSTFIX, type Printed, UNARY, wrap } from './printed.ts';
import { type AddressTerm, addressTerms, type Types } from './types.ts';
import type { Names } from './write-expression.ts';

/** Writes what addresses are made of. */
interface Writer {
  write(expr: Expr): Printed;
  cast(type: CType, printed: Printed): Printed;
  number(expr: Expr): Printed;
}

export class AddressWriter {
  private readonly types: Types;
  private readonly names: Pick<Names, 'global' | 'region'>;
  private readonly writer: Writer;

  constructor(types: Types, names: Pick<Names, 'global' | 'region'>, writer: Writer) {
    this.types = types;
    this.names = names;
    this.writer = writer;
  }

  isPointerSum(expr: Expr): boolean {
    const base = this.types.base(expr);
    if (base === undefined) return false;
    // The difference of two pointers is a number.
    const isSubtracted = addressTerms(expr).some(
      ({ expr: one, factor }) =>
        factor < 0n && one.kind === 'var' && this.types.variable(one.id).kind === 'pointer',
    );
    return !isSubtracted && this.writer.write(base).type.kind === 'pointer';
  }

  /** An address as a pointer with an offset. */
  address(expr: Expr): Printed {
    const parts = this.baseOf(expr);
    if (!parts) throw new CannotLift('an address outside of the frame');
    const { base, rest } = parts;
    if (rest.length === 0) return base;
    const size = elementSize(base.type);
    const index = this.index(rest, size);
    if (index !== undefined) {
      const [sign, text] =
        index.text.startsWith('-') && index.tight >= 13 ? ['-', index.text.slice(1)] : ['+', wrap(index, 13)];
      return { text: `${wrap(base, 12)} ${sign} ${text}`, tight: 12, type: base.type };
    }
    const bytes = this.writer.cast({ kind: 'pointer', to: undefined }, base);
    const offset = this.index(rest, 1)!;
    return {
      text: `${wrap(bytes, 12)} + ${wrap(offset, 13)}`,
      tight: 12,
      type: { kind: 'pointer', to: undefined },
    };
  }

  private baseOf(address: Expr): { base: Printed; rest: AddressTerm[] } | undefined {
    const base = this.types.base(address);
    if (base === undefined) return undefined;
    const terms = addressTerms(address);
    const at = terms.findIndex(({ expr, factor }) => expr === base && factor === 1n);
    const rest = terms.filter((_, i) => i !== at);
    if (base.kind === 'stack') {
      const region = this.types.regionAt(base.offset);
      if (!region) return undefined;
      const offset = base.offset - region.offset;
      if (offset !== 0) rest.push({ expr: constant(offset, 64), factor: 1n });
      const to = this.types.region(region);
      return {
        base: { text: this.names.region(region), tight: POSTFIX, type: { kind: 'pointer', to } },
        rest: merged(rest),
      };
    }
    if (base.kind === 'global') {
      const { text, type } = this.names.global(base.address);
      return { base: { text, tight: POSTFIX, type }, rest };
    }
    const printed = this.writer.write(base);
    const isVoid = base.kind === 'call' && printed.type.kind === 'pointer' && printed.type.to === undefined;
    // What a function of the C library gives back may be a `void *`.
    const text = isVoid ? `(char *)${wrap(printed, UNARY)}` : printed.text;
    return { base: isVoid ? { ...printed, text, tight: UNARY } : printed, rest };
  }

  /** An offset in elements; undefined where it is no whole number of them. */
  private index(rest: readonly AddressTerm[], size: number): { text: string; tight: number } | undefined {
    let sum: Expr = constant(0, 64);
    for (const { expr, factor } of rest) {
      const by = BigInt(size);
      const whole = expr.kind === 'const' ? signedValue(expr.value, 64) * factor : factor;
      if (whole % by !== 0n) return undefined;
      const part =
        expr.kind === 'const' ? constant(whole / by, 64) : binary('mul', expr, constant(whole / by, 64));
      sum = binary('add', sum, part);
    }
    return this.writer.number(this.indexed(sum));
  }

  /** In an index an int is as good as the long that it becomes, since it does not overflow. */
  private indexed(sum: Expr): Expr {
    const terms = addressTerms(sum);
    const isSigned = ({ expr }: AddressTerm): boolean =>
      expr.kind === 'const'
        ? BigInt.asIntN(32, signedValue(expr.value, 64)) === signedValue(expr.value, 64)
        : expr.kind === 'extend' && expr.signed && expr.value.bits === 32;
    return terms.length > 1 && terms.every(isSigned) ? truncate(sum, 32) : sum;
  }

  /** `p[i]` or `*p`, where the pointer's type fits. */
  element(address: Expr, bits: number): { text: string; type: CType } | undefined {
    const parts = this.baseOf(address);
    if (!parts || parts.base.type.kind !== 'pointer') return undefined;
    const { base, rest } = parts;
    if (address.kind === 'global' && this.isNamedVariable(address.address)) {
      const { text, type } = this.names.global(address.address);
      return { text, type };
    }
    const type = base.type.kind === 'pointer' ? (base.type.to ?? BYTE) : BYTE;
    if (8 * sizeOf(type) !== bits) return undefined;
    if (rest.length === 0) {
      if (address.kind === 'stack') return { text: `${base.text}[0]`, type };
      return base.text.startsWith('&')
        ? { text: base.text.slice(1), type }
        : { text: `*${wrap(base, UNARY)}`, type };
    }
    const index = this.index(rest, sizeOf(type));
    return index && { text: `${wrap(base, POSTFIX)}[${index.text}]`, type };
  }

  private isNamedVariable(address: number): boolean {
    return (
      !this.names.global(address).text.startsWith('&') &&
      /^std(in|out|err)$/.test(this.names.global(address).text)
    );
  }
}

function merged(rest: AddressTerm[]): AddressTerm[] {
  const constants = rest.filter(({ expr }) => expr.kind === 'const');
  if (constants.length < 2) return rest;
  const total = constants.reduce(
    (sum, { expr, factor }) => sum + (expr.kind === 'const' ? signedValue(expr.value, 64) * factor : 0n),
    0n,
  );
  const others = rest.filter(({ expr }) => expr.kind !== 'const');
  return total === 0n ? others : [...others, { expr: constant(total, 64), factor: 1n }];
}

function elementSize(type: CType): number {
  return type.kind === 'pointer' && type.to ? sizeOf(type.to) : 1;
}

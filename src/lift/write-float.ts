/** Values of floating point as C, and the same bits as another type. */

import { type CType, typeName } from './ctype.ts';
import { type Expr, isFloat } from './expressions.ts';
import { BINARY, floatConstant, POSTFIX, type Printed, UNARY, wrap } from './printed.ts';
import type { Types } from './types.ts';
import type { Names } from './write-expression.ts';

/** Writes what is no value of floating point. */
interface Writer {
  write(expr: Expr): Printed;
  number(expr: Expr): Printed;
  exact(expr: Expr, signed: boolean): Printed;
  place(address: Expr, bits: number, wished: CType | undefined): { text: string; type: CType };
  call(expr: Extract<Expr, { kind: 'call' }>): Printed;
}

export class FloatWriter {
  private readonly types: Types;
  private readonly names: Pick<Names, 'variable' | 'calls'>;
  private readonly writer: Writer;

  constructor(types: Types, names: Pick<Names, 'variable' | 'calls'>, writer: Writer) {
    this.types = types;
    this.names = names;
    this.writer = writer;
  }

  /** A value of floating point; what is not one is taken bit by bit. */
  write(expr: Expr, bits: number): Printed {
    const type: CType = { kind: 'float', bits };
    if (expr.kind === 'asFloat') return this.write(expr.value, bits);
    if (expr.kind === 'asBits') return this.write(expr.value, bits);
    if (expr.kind === 'const') return floatConstant(expr.value, bits);
    if (expr.kind === 'var') {
      const own = this.types.variable(expr.id);
      const name = { text: this.names.variable(expr.id), tight: POSTFIX, type: own };
      return own.kind === 'float' && own.bits === bits ? name : reinterpreted(name, type);
    }
    if (expr.kind === 'load') {
      const place = this.writer.place(expr.address, bits, type);
      return { text: place.text, tight: place.text.startsWith('*') ? UNARY : POSTFIX, type };
    }
    if (expr.kind === 'select') {
      const [a, b] = [this.write(expr.yes, bits), this.write(expr.no, bits)];
      const condition = wrap(this.writer.write(expr.test), 4);
      return { text: `${condition} ? ${wrap(a, 4)} : ${wrap(b, 3)}`, tight: 3, type };
    }
    if (expr.kind === 'toFloat') {
      const value = isFloat(expr.value)
        ? this.write(expr.value, expr.value.bits)
        : this.writer.exact(expr.value, true);
      return { text: `(${typeName(type)})${wrap(value, UNARY)}`, tight: UNARY, type };
    }
    if (expr.kind === 'float') return this.operation(expr, type);
    if (expr.kind === 'call' && expr.float) return this.writer.call(expr);
    return reinterpreted(this.writer.number(expr), type);
  }

  private operation({ op, operands, bits }: Extract<Expr, { kind: 'float' }>, type: CType): Printed {
    const values = operands.map((one) => this.write(one, bits));
    if (op === 'neg') return { text: `-${wrap(values[0], UNARY + 1)}`, tight: UNARY, type };
    if (op === 'abs' || op === 'sqrt') {
      const name = `${op === 'abs' ? 'fabs' : 'sqrt'}${bits === 32 ? 'f' : ''}`;
      this.names.calls(name);
      return { text: `${name}(${values[0].text})`, tight: POSTFIX, type };
    }
    const { sign, tight } = BINARY[op];
    return {
      text: `${wrap(values[0], tight)} ${sign} ${wrap(values[1], tight + 1)}`,
      tight,
      type,
    };
  }
}

/** The same bits as another type: a union does that in C. */
export function reinterpreted({ text, type: from }: Printed, to: CType): Printed {
  const [a, b] = [typeName(from), typeName(to)].map((name) => (name.endsWith('*') ? name : `${name} `));
  return { text: `((union { ${a}from; ${b}to; }){ ${text} }).to`, tight: POSTFIX, type: to };
}

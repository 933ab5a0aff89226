/** A function's C text: names, declarations, and statements with the shorthands that people write. */

import { type CType, sameType, sizeOf, typeName } from './ctype.ts';
import type { AddressSpace } from '../binary/memory.ts';
import type { VisibleNames } from '../tokens/visible-names.ts';
import { type Statement, statementValues } from './code.ts';
import { type Expr, same, some } from './expressions.ts';
import { binary } from './integers.ts';
import { declaration, Preamble, type Signature } from './preamble.ts';
import { prototypeOf } from './prototypes.ts';
import type { Parameter, Result } from './signature.ts';
import type { Region } from './slots.ts';
import type { Node } from './structure.ts';
import type { Types } from './types.ts';
import { ExpressionWriter, type Names } from './write-expression.ts';

export interface Draft {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly parameters: readonly Parameter[];
  readonly result: Result;
  readonly types: Types;
  readonly regions: readonly Region[];
  readonly memory: AddressSpace | undefined;
  readonly names: VisibleNames;
  readonly own: { readonly parameters: string; readonly result: string };
  /** Where the function begins. */
  readonly start: number;
}

export function writeFunction(draft: Draft): string {
  return new FunctionWriter(draft).write();
}

const INDENT = '    ';
const COUNTERS = ['i', 'j', 'k', 'm', 'n'];

class FunctionWriter implements Names {
  private readonly draft: Draft;
  private readonly expressions: ExpressionWriter;
  private readonly preamble: Preamble;
  private readonly variables = new Map<number, string>();
  private readonly taken = new Set<string>();
  private readonly locals: number[] = [];
  private readonly usedRegions = new Set<Region>();
  private readonly counters = new Set<number>();
  private returned: CType | undefined;

  constructor(draft: Draft) {
    this.draft = draft;
    this.preamble = new Preamble(draft);
    this.expressions = new ExpressionWriter(draft.types, this);
    this.taken.add(draft.name);
  }

  write(): string {
    const { draft } = this;
    const { result } = draft;
    this.findCounters(draft.nodes);
    const parameters = draft.parameters.map((parameter, i) => {
      const type: CType =
        parameter.web !== undefined
          ? draft.types.variable(parameter.web)
          : parameter.isFloat
            ? { kind: 'float', bits: parameter.bits }
            : { kind: 'int', bits: parameter.bits, signed: true };
      const name = this.fresh(
        type.kind === 'pointer' ? ['p', 'q', 's', 't'] : ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
        `arg${i + 1}`,
      );
      if (parameter.web !== undefined) this.variables.set(parameter.web, name);
      return declaration(this.type(type), name);
    });
    if (result.kind === 'float') this.returned = { kind: 'float', bits: result.bits };
    else if (result.kind === 'int') this.returned = this.returnType(draft.nodes, result.bits);
    const body = this.lines(draft.nodes, INDENT);
    if (body.at(-1) === `${INDENT}return;`) body.pop();
    const head = declaration(
      this.returned && this.type(this.returned),
      `${draft.name}(${parameters.join(', ') || 'void'})`,
    );
    const declared = [...this.declareRegions(), ...this.declareLocals()];
    const before = this.preamble.lines();
    return [
      ...before,
      ...(before.length > 0 ? [''] : []),
      head,
      '{',
      ...declared.map((line) => INDENT + line),
      ...(declared.length > 0 ? [''] : []),
      ...body,
      '}',
      '',
    ].join('\n');
  }

  /** Of all that is returned: a pointer where one is. */
  private returnType(nodes: readonly Node[], bits: number): CType {
    let found: CType = { kind: 'int', bits, signed: true };
    walk(nodes, (node) => {
      if (node.kind !== 'return') return;
      const [value] = node.values;
      if (value === undefined) return;
      if (value.kind === 'var') {
        const type = this.draft.types.variable(value.id);
        if (type.kind === 'pointer' || (type.kind === 'int' && type.bits === bits && !type.signed))
          found = type;
      }
      if (value.kind === 'stack' || value.kind === 'global') found = { kind: 'pointer', to: undefined };
      if (value.kind === 'call' && bits === 64) {
        const letter = this.signature(value.name)?.result ?? prototypeOf(value.name)?.result;
        if (letter === 's' || letter === 'p') found = { kind: 'pointer', to: undefined };
      }
      if (value.kind === 'binary' && bits === 64 && found.kind !== 'pointer') {
        const base = this.draft.types.base(value);
        const type = base?.kind === 'var' ? this.draft.types.variable(base.id) : undefined;
        if (type?.kind === 'pointer' && (value.op === 'add' || value.op === 'sub')) found = type;
      }
    });
    return found;
  }

  private findCounters(nodes: readonly Node[]): void {
    walk(nodes, (node) => {
      if (node.kind === 'for' && node.step.kind === 'set') this.counters.add(node.step.to);
    });
  }

  private fresh(wished: readonly string[], otherwise: string): string {
    let name = wished.find((one) => !this.taken.has(one)) ?? otherwise;
    for (let n = 1; this.taken.has(name); n++) name = `${otherwise}_${n}`;
    this.taken.add(name);
    return name;
  }

  variable(id: number): string {
    let name = this.variables.get(id);
    if (name === undefined) {
      name = this.fresh(this.counters.has(id) ? COUNTERS : [], `v${this.locals.length + 1}`);
      this.variables.set(id, name);
      this.locals.push(id);
    }
    return name;
  }

  region(region: Region): string {
    this.usedRegions.add(region);
    return `buf${this.draft.regions.length > 1 ? this.draft.regions.indexOf(region) + 1 : ''}`;
  }

  type(type: CType): string {
    return this.preamble.type(type);
  }

  alias(type: string): string {
    return this.preamble.alias(type);
  }

  calls(name: string, signature?: Signature): void {
    this.preamble.calls(name, signature);
  }

  signature(name: string): Signature | undefined {
    return name === this.draft.name ? this.draft.own : undefined;
  }

  global(address: number): { text: string; type: CType } {
    return this.preamble.global(address);
  }

  private declareRegions(): string[] {
    return [...this.usedRegions].map((region) => {
      const type = this.draft.types.region(region);
      const size = type ? sizeOf(type) : 1;
      const element: CType = type ?? { kind: 'int', bits: 8, signed: true };
      return `${declaration(typeName(element), this.region(region))}[${Math.ceil(region.size / size)}]${type ? '' : ' __attribute__((aligned(16)))'};`;
    });
  }

  private declareLocals(): string[] {
    const byType = new Map<string, string[]>();
    for (const id of this.locals) {
      const type = this.draft.types.variable(id);
      const key = this.type(type);
      byType.set(key, [...(byType.get(key) ?? []), this.variables.get(id)!]);
    }
    return [...byType].map(([type, names]) => {
      const stars = /\*+$/.exec(type)?.[0] ?? '';
      const base = type.slice(0, type.length - stars.length).trim();
      return `${base} ${names.map((name) => stars + name).join(', ')};`;
    });
  }

  private lines(nodes: readonly Node[], indent: string): string[] {
    return nodes.flatMap((node) => this.node(node, indent));
  }

  private block(head: string, nodes: readonly Node[], indent: string): string[] {
    return [`${indent}${head} {`, ...this.lines(nodes, indent + INDENT), `${indent}}`];
  }

  private node(node: Node, indent: string): string[] {
    const { expressions } = this;
    switch (node.kind) {
      case 'statement':
        return [`${indent}${this.statement(node.statement)};`];
      case 'if':
        return this.conditional(node, indent);
      case 'loop':
        return this.block('while (1)', node.body, indent);
      case 'while':
        return this.block(`while (${expressions.test(node.test)})`, node.body, indent);
      case 'do': {
        const lines = this.block('do', node.body, indent);
        lines[lines.length - 1] += ` while (${expressions.test(node.test)});`;
        return lines;
      }
      case 'for': {
        const head = `for (${this.statement(node.start)}; ${expressions.test(node.test)}; ${this.statement(node.step)})`;
        return this.block(head, node.body, indent);
      }
      case 'switch':
        return this.switch(node, indent);
      case 'label':
        return [`L${node.block}:;`];
      case 'goto':
        return [`${indent}goto L${node.block};`];
      case 'break':
        return [`${indent}break;`];
      case 'continue':
        return [`${indent}continue;`];
      default: {
        const [value] = node.values;
        if (value === undefined || this.returned === undefined) return [`${indent}return;`];
        return [`${indent}return ${expressions.assigned(value, this.returned)};`];
      }
    }
  }

  private conditional({ test, yes, no }: Extract<Node, { kind: 'if' }>, indent: string): string[] {
    const lines = this.block(`if (${this.expressions.test(test)})`, yes, indent);
    if (no.length === 0) return lines;
    const [only] = no;
    const others =
      no.length === 1 && only.kind === 'if' ? this.conditional(only, indent) : this.block('', no, indent);
    lines[lines.length - 1] += ` else ${others[0].trimStart()}`;
    return [...lines, ...others.slice(1)];
  }

  private switch({ value, cases }: Extract<Node, { kind: 'switch' }>, indent: string): string[] {
    const lines = [`${indent}switch (${this.expressions.test(value)}) {`];
    for (const { values, isDefault, body } of cases) {
      for (const one of values) lines.push(`${indent}case ${BigInt.asIntN(32, one)}:`);
      if (isDefault) lines.push(`${indent}default:`);
      const inner = this.lines(body, indent + INDENT);
      lines.push(...(inner.length > 0 ? inner : [`${indent}${INDENT};`]));
    }
    return [...lines, `${indent}}`];
  }

  statement(statement: Statement): string {
    const { expressions } = this;
    if (statement.kind === 'do') return expressions.write(statement.value).text;
    const { value } = statement;
    if (statement.kind === 'set') {
      const type = this.draft.types.variable(statement.to);
      const name = this.variable(statement.to);
      const isSelf = (one: Expr): boolean => one.kind === 'var' && one.id === statement.to;
      return this.shorthand(name, type, value, isSelf) ?? `${name} = ${expressions.assigned(value, type)}`;
    }
    const wished: CType | undefined = isFloatBits(value, this.draft.types)
      ? { kind: 'float', bits: value.bits }
      : undefined;
    const { text, type } = expressions.place(statement.address, value.bits, wished);
    const isSelf = (one: Expr): boolean =>
      one.kind === 'load' && one.bits === value.bits && same(one.address, statement.address);
    const isPure = !statementValues(statement).some((one) => some(one, ({ kind }) => kind === 'call'));
    return (
      (isPure ? this.shorthand(text, type, value, isSelf) : undefined) ??
      `${text} = ${expressions.assigned(value, type)}`
    );
  }

  /** The same of a pointer variable. */
  private moved(name: string, type: CType, value: Expr): string | undefined {
    if (value.kind !== 'binary' || !/^\w+$/.test(name)) return undefined;
    const printed = this.expressions.write(value);
    const sign = [' + ', ' - '].find((one) => printed.text.startsWith(name + one));
    if (sign === undefined || !sameType(printed.type, type)) return undefined;
    const by = printed.text.slice(name.length + sign.length);
    // A sum would end elsewhere.
    if (!/^(?:\w+|\([^()]*\))$/.test(by)) return undefined;
    return by === '1'
      ? `${name}${sign.trim().repeat(2)}`
      : `${name} ${sign.trim()}= ${by.replace(/^\((.*)\)$/, '$1')}`;
  }

  /** `x++`, `x += y`. */
  private shorthand(
    name: string,
    type: CType,
    value: Expr,
    isSelf: (expr: Expr) => boolean,
  ): string | undefined {
    if (type.kind === 'float') {
      const inner = value.kind === 'asBits' ? value.value : value;
      if (inner.kind !== 'float' || inner.operands.length !== 2) return undefined;
      const [left, right] = inner.operands;
      if (left.kind !== 'asFloat' || !isSelf(left.value)) return undefined;
      const sign = { add: '+', sub: '-', mul: '*', div: '/' }[inner.op as 'add'];
      return `${name} ${sign}= ${this.expressions.write(right).text}`;
    }
    if (type.kind === 'pointer') return this.moved(name, type, value);
    if (type.kind !== 'int' || value.kind !== 'binary' || value.bits !== type.bits) return undefined;
    if (!isSelf(value.left)) {
      const added = addedTo(value, isSelf);
      return added && `${name} += ${this.expressions.assigned(added, type)}`;
    }
    const { op, right } = value;
    const signs: Partial<Record<typeof op, string>> = {
      add: '+',
      sub: '-',
      mul: '*',
      and: '&',
      or: '|',
      xor: '^',
    };
    const sign = signs[op];
    if (sign === undefined) return undefined;
    if ((op === 'add' || op === 'sub') && right.kind === 'const' && right.value === 1n) {
      return `${name.startsWith('*') ? `(${name})` : name}${op === 'add' ? '++' : '--'}`;
    }
    return `${name} ${sign}= ${this.expressions.assigned(right, type)}`;
  }
}

/** y + z, of `x + y + z` that is put into x. */
function addedTo(value: Expr, isSelf: (expr: Expr) => boolean): Expr | undefined {
  if (value.kind !== 'binary' || (value.op !== 'add' && value.op !== 'sub')) return undefined;
  const { op, left, right } = value;
  if (left.kind !== 'binary' || some(right, isSelf)) return undefined;
  if (left.op === 'add' && isSelf(left.left)) {
    return some(left.right, isSelf) ? undefined : binary(op, left.right, right);
  }
  const inner = addedTo(left, isSelf);
  return inner && binary(op, inner, right);
}

function isFloatBits(value: Expr, types: Types): boolean {
  if (value.kind === 'asBits') return true;
  if (value.kind === 'select') return isFloatBits(value.yes, types) && isFloatBits(value.no, types);
  return value.kind === 'var' && types.variable(value.id).kind === 'float';
}

function walk(nodes: readonly Node[], see: (node: Node) => void): void {
  const open = [...nodes];
  for (let node = open.pop(); node; node = open.pop()) {
    see(node);
    if (node.kind === 'if') open.push(...node.yes, ...node.no);
    else if (node.kind === 'switch') open.push(...node.cases.flatMap(({ body }) => body));
    else if ('body' in node) open.push(...node.body);
  }
}

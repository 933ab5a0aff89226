/** A function's C text: names, declarations, and statements with the shorthands that people write. */

import type { AddressSpace } from '../binary/memory.ts';
import type { VisibleNames } from '../tokens/visible-names.ts';
import { CannotLift, type Statement, statementValues } from './code.ts';
import { binary, type Expr, same, some } from './expressions.ts';
import { headerOf } from './headers.ts';
import { prototypeOf } from './prototypes.ts';
import type { Parameter, Result } from './signature.ts';
import type { Region } from './slots.ts';
import type { Node } from './structure.ts';
import { type CType, sizeOf, typeName, type Types } from './types.ts';
import { ExpressionWriter, floatConstant, type Names, TYPES_OF_LETTERS } from './write-expression.ts';

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

/** Bytes of variables that are 0 at the beginning. */
const MOST_ZEROES = 2 ** 24;
/** Of data of which it is not known how it is read. */
const BYTE: CType = { kind: 'int', bits: 8, signed: true };

const LONG: CType = { kind: 'int', bits: 64, signed: true };

const INDENT = '    ';
/** Bytes of data that are written into a draft. */
const MOST_DATA = 4096;

const COUNTERS = ['i', 'j', 'k', 'm', 'n'];

class FunctionWriter implements Names {
  private readonly draft: Draft;
  private readonly expressions: ExpressionWriter;
  private readonly variables = new Map<number, string>();
  private readonly taken = new Set<string>();
  private readonly locals: number[] = [];
  private readonly usedRegions = new Set<Region>();
  private readonly headers = new Set<string>();
  private readonly data = new Map<number, string>();
  private readonly aliases = new Map<string, string>();
  private readonly externals = new Map<string, string>();
  private readonly counters = new Set<number>();
  private returned: CType | undefined;

  constructor(draft: Draft) {
    this.draft = draft;
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
    const before = [
      ...[...this.headers].sort().map((header) => `#include <${header}>`),
      ...[...this.externals.keys()].sort().map((name) => this.externals.get(name)!),
      ...[...this.aliases].map(
        ([name, type]) => `typedef ${type} __attribute__((may_alias, aligned(1))) ${name};`,
      ),
      ...this.declareData(),
    ];
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

  /**
   * Pointers lead to what others wrote: where it is not known by which type, as of a long, which may be a `long long`, and of
   * a pointer to what nobody looks at, compilers are told that it may be any.
   */
  type(type: CType): string {
    if (type.kind !== 'pointer' || type.to === undefined) return typeName(type);
    const { to } = type;
    const isAny = to.kind === 'pointer' ? isUnknown(to) : to.kind === 'int' && to.bits === 64;
    const inner = isAny ? this.alias(this.type(to)) : this.type(to);
    return inner.endsWith('*') ? `${inner}*` : `${inner} *`;
  }

  alias(type: string): string {
    const name = `any_${type.replaceAll('*', 'pointer').replaceAll(' ', '_')}`;
    this.aliases.set(name, type);
    return name;
  }

  calls(name: string, signature?: { parameters: string; result: string }): void {
    const header = headerOf(name);
    if (header) this.headers.add(header);
    else if (name !== this.draft.name && !name.startsWith('__builtin')) this.declareFunction(name, signature);
  }

  private declareFunction(name: string, signature: { parameters: string; result: string } | undefined): void {
    const { parameters, result } = signature ?? prototypeOf(name) ?? { parameters: '', result: 'l' };
    const types = TYPES_OF_LETTERS;
    // Without a prototype a float is handed over as a double.
    const list = parameters.includes('f')
      ? Array.from(parameters, (letter) => typeName(types[letter]).trim()).join(', ')
      : '';
    const returned = types[result] ?? LONG;
    if (!this.externals.has(name) || list !== '') {
      this.externals.set(name, `extern ${declaration(typeName(returned), `${name}(${list})`)};`);
    }
  }

  signature(name: string): { parameters: string; result: string } | undefined {
    return name === this.draft.name ? this.draft.own : undefined;
  }

  global(address: number): { text: string; type: CType } {
    const { names, memory, types } = this.draft;
    const name = names.get(address);
    const bytes: CType = { kind: 'pointer', to: undefined };
    if (name !== undefined) {
      if (/^std(in|out|err)$/.test(name)) this.headers.add('stdio.h');
      else this.calls(name);
      return { text: name, type: bytes };
    }
    const region = memory?.find(address);
    if (!region) throw new CannotLift('an address that is not in the file');
    if (region.executable) {
      const text = address === this.draft.start ? this.draft.name : `sub_${address.toString(16)}`;
      this.calls(text);
      return { text, type: bytes };
    }
    const element = types.global(address);
    const isText = element === undefined || (element.kind === 'int' && element.bits === 8);
    const text = isText && !region.writable ? stringAt(memory!, address) : undefined;
    if (text !== undefined)
      return { text, type: { kind: 'pointer', to: { kind: 'int', bits: 8, signed: true } } };
    this.data.set(address, `data_${address.toString(16)}`);
    return { text: `data_${address.toString(16)}`, type: { kind: 'pointer', to: element } };
  }

  private declareData(): string[] {
    const addresses = [...this.data.keys()].sort((a, b) => a - b);
    // Pointers may lead to data that is declared by then.
    const lines: string[] = [];
    for (let i = addresses.length - 1; i >= 0; i--)
      lines.unshift(this.declareOne(addresses[i], addresses[i + 1]));
    for (const address of this.data.keys()) {
      if (!addresses.includes(address)) lines.unshift(this.declareOne(address, undefined));
    }
    return lines;
  }

  private declareOne(address: number, next: number | undefined): string {
    const { memory, types } = this.draft;
    const region = memory!.find(address)!;
    const end = Math.min(region.address + region.size, next ?? Infinity);
    const isZero = address >= region.address + region.bytes.length;
    if (end - address > (isZero ? MOST_ZEROES : MOST_DATA)) {
      return this.declareElsewhere(address);
    }
    const type: CType = types.global(address) ?? BYTE;
    const size = sizeOf(type);
    const count = Math.max(1, Math.floor((end - address) / size));
    if (isZero) return `static ${declaration(typeName(type), this.data.get(address)!)}[${count}];`;
    const held = memory!.slice(address, count * size);
    if (
      region.name.startsWith('.data.rel') &&
      (type.kind !== 'pointer' || held.every((byte) => byte === 0))
    ) {
      return this.declareElsewhere(address);
    }
    const numbers = Array.from({ length: count }, (_, n) => {
      let value = 0n;
      for (let k = size - 1; k >= 0; k--) value = (value << 8n) | BigInt(held[n * size + k] ?? 0);
      return value;
    });
    const leads = (value: bigint): boolean => value === 0n || memory!.find(Number(value)) !== undefined;
    if (type.kind === 'pointer' && !numbers.every(leads)) return this.declareElsewhere(address);
    const values = numbers.map((value) => this.initial(value, type));
    const kind = region.writable || type.kind === 'pointer' ? 'static' : 'static const';
    const name = this.data.get(address)!;
    return `${kind} ${declaration(typeName(type), name)}[${count}] = {${values.join(', ')}};`;
  }

  /** Data that is not written into the draft: it is too large, or holds addresses of which only the loader knows. */
  private declareElsewhere(address: number): string {
    return `extern ${declaration(typeName(this.draft.types.global(address) ?? BYTE), this.data.get(address)!)}[];`;
  }

  private initial(value: bigint, type: CType): string {
    if (type.kind === 'float') return floatConstant(value, type.bits).text;
    if (type.kind === 'int') {
      return `${type.signed ? BigInt.asIntN(type.bits, value) : value}${type.bits === 64 ? (type.signed ? 'L' : 'UL') : ''}`;
    }
    if (value === 0n) return '0';
    const { text } = this.global(Number(value));
    return `(${typeName(type)})${text}`;
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

function isUnknown(type: CType): boolean {
  return type.kind === 'pointer' && (type.to === undefined || isUnknown(type.to));
}

function isFloatBits(value: Expr, types: Types): boolean {
  if (value.kind === 'asBits') return true;
  if (value.kind === 'select') return isFloatBits(value.yes, types) && isFloatBits(value.no, types);
  return value.kind === 'var' && types.variable(value.id).kind === 'float';
}

function declaration(text: string | undefined, name: string): string {
  if (text === undefined) return `void ${name}`;
  return text.endsWith('*') ? `${text}${name}` : `${text} ${name}`;
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

/** A literal of the text at an address, up to its end; undefined where it has none. */
function stringAt(memory: AddressSpace, address: number): string | undefined {
  const bytes = memory.slice(address, MOST_DATA);
  const end = bytes.indexOf(0);
  if (end < 0) return undefined;
  let text = '"';
  for (const [i, byte] of bytes.subarray(0, end).entries()) {
    const escape = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' }[byte];
    if (escape) text += escape;
    else if (byte < 32 || byte > 126) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else if (byte === 63 && bytes[i + 1] === 63) text += '\\?';
    else text += String.fromCharCode(byte);
  }
  return `${text}"`;
}

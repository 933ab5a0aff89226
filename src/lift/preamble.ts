/** What stands before a draft's function: headers, types, other functions, and the data that it reads. */

import { type CType, sizeOf, typeName } from './ctype.ts';
import type { AddressSpace } from '../binary/memory.ts';
import { CannotLift } from './code.ts';
import { headerOf } from './headers.ts';
import { prototypeOf } from './prototypes.ts';
import type { Draft } from './text.ts';
import { floatConstant, TYPES_OF_LETTERS } from './printed.ts';

/** By the letters of prototypes.ts. */
export interface Signature {
  readonly parameters: string;
  readonly result: string;
}

/** Bytes of variables that are 0 at the beginning. */
const MOST_ZEROES = 2 ** 24;
/** Bytes of data that are written into a draft. */
const MOST_DATA = 4096;

/** Of data of which it is not known how it is read. */
const BYTE: CType = { kind: 'int', bits: 8, signed: true };

const LONG: CType = { kind: 'int', bits: 64, signed: true };

export class Preamble {
  private readonly draft: Draft;
  private readonly headers = new Set<string>();
  private readonly externals = new Map<string, string>();
  private readonly aliases = new Map<string, string>();
  private readonly data = new Map<number, string>();

  constructor(draft: Draft) {
    this.draft = draft;
  }

  /** All that the function's text has asked for until now. */
  lines(): string[] {
    const data = this.declareData();
    return [
      ...[...this.headers].sort().map((header) => `#include <${header}>`),
      ...[...this.externals.keys()].sort().map((name) => this.externals.get(name)!),
      ...[...this.aliases].map(
        ([name, type]) => `typedef ${type} __attribute__((may_alias, aligned(1))) ${name};`,
      ),
      ...data,
    ];
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

  calls(name: string, signature?: Signature): void {
    const header = headerOf(name);
    if (header) this.headers.add(header);
    else if (name !== this.draft.name && !name.startsWith('__builtin')) this.declareFunction(name, signature);
  }

  private declareFunction(name: string, signature: Signature | undefined): void {
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
    const isText =
      element === undefined ||
      (element.kind === 'int' && element.bits === 8) ||
      (element.kind === 'pointer' && !this.holdsPointer(address));
    const text = isText && !region.writable ? stringAt(memory!, address) : undefined;
    if (text !== undefined)
      return { text, type: { kind: 'pointer', to: { kind: 'int', bits: 8, signed: true } } };
    this.data.set(address, `data_${address.toString(16)}`);
    return { text: `data_${address.toString(16)}`, type: { kind: 'pointer', to: element } };
  }

  private holdsPointer(address: number): boolean {
    const memory = this.draft.memory!;
    const bytes = memory.slice(address, 8);
    if (bytes.length < 8) return false;
    const value = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
    return value === 0 || memory.find(value) !== undefined;
  }

  /** Data that others lead to stands before them. */
  private declareData(): string[] {
    const made = new Map<number, string>();
    // Pointers may lead to data of which nobody has known until then.
    for (let before = -1; before < made.size;) {
      before = made.size;
      const addresses = [...this.data.keys()].sort((a, b) => a - b);
      for (const [i, address] of addresses.entries()) {
        if (!made.has(address)) made.set(address, this.declareOne(address, addresses[i + 1]));
      }
    }
    const lines: string[] = [];
    const done = new Set<number>();
    for (const start of [...made.keys()].sort((a, b) => a - b)) {
      const open = [start];
      for (let address = open.at(-1); address !== undefined; address = open.at(-1)) {
        const line = made.get(address)!;
        const leads = [...line.matchAll(/\bdata_([0-9a-f]+)/g)].map(([, at]) => Number.parseInt(at, 16));
        const next = leads.find((at) => made.has(at) && !done.has(at) && !open.includes(at));
        if (next !== undefined) {
          open.push(next);
          continue;
        }
        if (!done.has(address)) lines.push(line);
        done.add(address);
        open.pop();
      }
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
}

/** As C writes a variable or a function of a type. */
export function declaration(text: string | undefined, name: string): string {
  if (text === undefined) return `void ${name}`;
  return text.endsWith('*') ? `${text}${name}` : `${text} ${name}`;
}

function isUnknown(type: CType): boolean {
  return type.kind === 'pointer' && (type.to === undefined || isUnknown(type.to));
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

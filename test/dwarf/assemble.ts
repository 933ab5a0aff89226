/** Puts debugging information together that no compiler writes: what is odd, hostile or of other compilers. */

import { Budget, type Limits } from '../../src/binary/budget.ts';
import { FORM } from '../../src/binary/dwarf/constants.ts';
import type { DebugSource } from '../../src/binary/dwarf/index.ts';
import { AddressSpace } from '../../src/binary/memory.ts';

/** A value: a number, a text, the name of another entry, or bytes as they are. */
export type Value = number | string | { to: string } | Uint8Array;

export interface EntryPlan {
  tag: number;
  /** For references to it. */
  label?: string;
  attributes?: [attribute: number, form: number, value: Value][];
  children?: EntryPlan[];
}

export interface UnitPlan {
  root: EntryPlan;
  version?: number;
}

/** Executable addresses of the files made here. */
export const CODE = { start: 0x1000, size: 0x1000 };

/** The sections `.debug_info` and `.debug_abbrev` of some DWARF 4 units, and more as given. */
export function assemble(
  units: UnitPlan[],
  limits: Partial<Limits> = {},
  more: Record<string, Uint8Array> = {},
): DebugSource {
  const abbrev: number[] = [];
  const info: number[] = [];
  let codes = 0;
  for (const { root, version = 4 } of units) {
    const start = info.length;
    info.push(0, 0, 0, 0, ...little(version, 2), 0, 0, 0, 0, 8);
    const labels = new Map<string, number>();
    const holes: { at: number; label: string }[] = [];
    const write = (entry: EntryPlan): void => {
      if (entry.label !== undefined) labels.set(entry.label, info.length - start);
      const code = ++codes;
      info.push(...uleb(code));
      abbrev.push(...uleb(code), ...uleb(entry.tag), entry.children ? 1 : 0);
      for (const [attribute, form, value] of entry.attributes ?? []) {
        abbrev.push(...uleb(attribute), ...uleb(form));
        if (typeof value === 'object' && 'to' in value) holes.push({ at: info.length, label: value.to });
        info.push(...encode(form, value));
      }
      abbrev.push(0, 0);
      for (const child of entry.children ?? []) write(child);
      if (entry.children) info.push(0);
    };
    write(root);
    for (const { at, label } of holes) info.splice(at, 4, ...little(labels.get(label) ?? 0, 4));
    info.splice(start, 4, ...little(info.length - start - 4, 4));
  }
  abbrev.push(0);
  return sourceOf(
    { '.debug_info': new Uint8Array(info), '.debug_abbrev': new Uint8Array(abbrev), ...more },
    limits,
  );
}

/** A file of these sections and a stretch of code. */
export function sourceOf(sections: Record<string, Uint8Array>, limits: Partial<Limits> = {}): DebugSource {
  const code = { address: CODE.start, size: CODE.size, bytes: new Uint8Array(0), executable: true };
  return {
    sectionData: (name) => sections[name],
    memory: new AddressSpace([{ ...code, writable: false, name: '.text' }]),
    budget: new Budget(limits),
  };
}

function encode(form: number, value: Value): number[] {
  if (value instanceof Uint8Array) return [...value];
  if (typeof value === 'object') return [0, 0, 0, 0];
  if (typeof value === 'string') return [...new TextEncoder().encode(value), 0];
  switch (form) {
    case FORM.addr:
      return little(value, 8);
    case FORM.data4:
    case FORM.ref4:
    case FORM.secOffset:
      return little(value, 4);
    case FORM.flagPresent:
      return [];
    default:
      return [value];
  }
}

export function little(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

function uleb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)];
}

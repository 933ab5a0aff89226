/** The dynamic segment (gABI "Dynamic Section"): what the loader reads, and all there is without sections. */

import type { BinarySymbol, Segment } from '../binary.ts';
import type { Budget } from '../budget.ts';
import { Bytes } from '../bytes.ts';
import type { AddressSpace } from '../memory.ts';
import { DT, PT } from './constants.ts';
import { readSymbols, SYMBOL_SIZE } from './symbols.ts';
import { readName } from './tables.ts';

/** Tag → value; of a tag that occurs several times (DT_NEEDED), the last. */
export interface Dynamic {
  values: ReadonlyMap<number, number>;
  libraries: string[];
}

const ENTRY_SIZE = 16;

export function readDynamic(segments: Segment[], memory: AddressSpace, budget: Budget): Dynamic {
  const values = new Map<number, number>();
  const needed: number[] = [];
  const segment = segments.find((s) => s.type === PT.DYNAMIC);
  if (segment) {
    const data = new Bytes(memory.slice(segment.address, segment.fileSize), 'dynamic segment');
    for (let at = 0; at + ENTRY_SIZE <= data.length; at += ENTRY_SIZE) {
      budget.spend('entries');
      const tag = data.u64(at);
      if (tag === DT.NULL) break;
      if (tag === DT.NEEDED) needed.push(data.u64(at + 8));
      values.set(tag, data.u64(at + 8));
    }
  }
  const strings = dynamicStrings(values, memory);
  return {
    values,
    libraries: needed.map((offset) => readName(strings, offset, budget)).filter((n) => n !== ''),
  };
}

function dynamicStrings(values: ReadonlyMap<number, number>, memory: AddressSpace): Bytes {
  return tableAt(values, memory, DT.STRTAB, DT.STRSZ);
}

/** The table whose address and size stand under two tags; empty where there is none. */
export function tableAt(
  values: ReadonlyMap<number, number>,
  memory: AddressSpace,
  addressTag: number,
  sizeTag: number,
): Bytes {
  const address = values.get(addressTag);
  const data = address === undefined ? new Uint8Array(0) : memory.slice(address, values.get(sizeTag) ?? 0);
  return new Bytes(data, `dynamic table ${addressTag}`);
}

/** The dynamic symbols of a file without section headers: their number stands only in the hash tables. */
export function readDynamicSymbols(dynamic: Dynamic, memory: AddressSpace, budget: Budget): BinarySymbol[] {
  const symbols: BinarySymbol[] = [];
  const address = dynamic.values.get(DT.SYMTAB);
  if (address === undefined) return symbols;
  budget.attempt(
    'dynamic symbols',
    () => {
      const count = countByHash(dynamic, memory, budget);
      const data = new Bytes(memory.slice(address, count * SYMBOL_SIZE), 'dynamic symbols');
      readSymbols(symbols, data, dynamicStrings(dynamic.values, memory), 'dynsym', undefined, budget);
    },
    undefined,
  );
  return symbols;
}

function countByHash(dynamic: Dynamic, memory: AddressSpace, budget: Budget): number {
  const all = (address: number): Bytes => new Bytes(memory.slice(address, Infinity), 'symbol hash table');
  const sysv = dynamic.values.get(DT.HASH);
  if (sysv !== undefined) return all(sysv).u32(4);
  const gnu = dynamic.values.get(DT.GNU_HASH);
  if (gnu === undefined) return 0;
  const table = all(gnu);
  const [buckets, firstHashed, bloomWords] = [table.u32(0), table.u32(4), table.u32(8)];
  const bucketsAt = 16 + bloomWords * 8;
  let last = 0;
  for (let i = 0; i < buckets; i++) {
    budget.spend('entries');
    last = Math.max(last, table.u32(bucketsAt + i * 4));
  }
  if (last < firstHashed) return firstHashed;
  const chainsAt = bucketsAt + buckets * 4;
  while ((table.u32(chainsAt + (last - firstHashed) * 4) & 1) === 0) {
    budget.spend('entries');
    last++;
  }
  return last + 1;
}

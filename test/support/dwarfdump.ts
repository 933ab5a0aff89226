/** Reads what `llvm-dwarfdump --debug-info` prints back into trees, for differential tests. */

import { tool } from './compile.ts';

export interface DumpedEntry {
  offset: number;
  tag: string;
  /** The text between the parentheses, by name without its DW_AT_. */
  attributes: Map<string, string>;
  children: DumpedEntry[];
  unit: DumpedEntry;
}

export interface DumpedParameter {
  name: string | null;
  type: string;
}

/** What llvm-dwarfdump says about a subprogram with code, under the names of our `Subprogram`. */
export interface DumpedSubprogram {
  name: string | null;
  linkageName: string | null;
  ranges: { start: number; end: number }[];
  declFile: string | null;
  declLine: number | null;
  parameters: DumpedParameter[];
  returnType: string;
  variadic: boolean;
  external: boolean;
  producer: string | null;
  compilationUnit: string | null;
}

const ENTRY = /^0x([0-9a-f]+):( +)(DW_TAG_\w+|NULL)/;
const ATTRIBUTE = /^ +DW_AT_(\w+)\t\((.*)$/;
const RANGE = /\[0x([0-9a-f]+), 0x([0-9a-f]+)\)/g;

/** All entries of a file by offset; those of type units too. */
export function dumpEntries(path: string, dumper = 'llvm-dwarfdump-19'): Map<number, DumpedEntry> {
  const entries = new Map<number, DumpedEntry>();
  const open: { indent: number; entry: DumpedEntry }[] = [];
  let last: DumpedEntry | undefined;
  let attribute = '';
  for (const line of tool(dumper, '--debug-info', path).split('\n')) {
    const start = ENTRY.exec(line);
    if (start) {
      const indent = start[2].length;
      while (open.length > 0 && open[open.length - 1].indent >= indent) open.pop();
      if (start[3] === 'NULL') continue;
      const parent = open.at(-1)?.entry;
      const entry = {
        offset: parseInt(start[1], 16),
        tag: start[3].slice('DW_TAG_'.length),
        attributes: new Map<string, string>(),
        children: [],
      } as Omit<DumpedEntry, 'unit'> as DumpedEntry;
      entry.unit = parent?.unit ?? entry;
      parent?.children.push(entry);
      entries.set(entry.offset, entry);
      open.push({ indent, entry });
      last = entry;
      continue;
    }
    const found = ATTRIBUTE.exec(line);
    if (found && last) {
      attribute = found[1];
      last.attributes.set(attribute, found[2].replace(/\)$/, ''));
    } else if (last && /^ +\[/.test(line)) {
      // Range lists go on over several lines.
      last.attributes.set(attribute, `${last.attributes.get(attribute) ?? ''}\n${line}`);
    }
  }
  return entries;
}

/** The subprograms with code, their facts gathered over abstract origins and specifications. */
export function dumpSubprograms(path: string, dumper?: string): DumpedSubprogram[] {
  const entries = dumpEntries(path, dumper);
  return [...entries.values()]
    .filter(
      ({ tag, attributes }) => tag === 'subprogram' && (attributes.has('low_pc') || attributes.has('ranges')),
    )
    .map((entry) => subprogramOf(entry, entries));
}

function subprogramOf(entry: DumpedEntry, entries: Map<number, DumpedEntry>): DumpedSubprogram {
  const find = (attribute: string): string | null => findIn(entry, attribute, entries);
  const line = find('decl_line');
  return {
    name: quoted(find('name')),
    linkageName: quoted(find('linkage_name')),
    ranges: rangesOf(entry),
    declFile: quoted(find('decl_file')),
    declLine: line === null ? null : Number(line),
    parameters: entry.children
      .filter((child) => child.tag === 'formal_parameter')
      .map((child) => ({ name: quoted(findIn(child, 'name', entries)), type: typeOf(child, entries) })),
    returnType: typeOf(entry, entries),
    variadic: entry.children.some((child) => child.tag === 'unspecified_parameters'),
    // DW_FORM_flag is printed as a number.
    external: /^(true|0x01)$/.test(find('external') ?? ''),
    producer: quoted(entry.unit.attributes.get('producer') ?? null),
    compilationUnit: quoted(entry.unit.attributes.get('name') ?? null),
  };
}

function typeOf(entry: DumpedEntry, entries: Map<number, DumpedEntry>): string {
  return quoted(findIn(entry, 'type', entries)) ?? 'void';
}

function findIn(start: DumpedEntry, attribute: string, entries: Map<number, DumpedEntry>): string | null {
  let entry: DumpedEntry | undefined = start;
  for (let steps = 0; entry && steps < 8; steps++) {
    const value = entry.attributes.get(attribute);
    if (value !== undefined) return value;
    const next: string | undefined =
      entry.attributes.get('abstract_origin') ?? entry.attributes.get('specification');
    entry = next === undefined ? undefined : entries.get(parseInt(next, 16));
  }
  return null;
}

/** The text in quotes; llvm-dwarfdump puts an offset before it. */
function quoted(value: string | null): string | null {
  return value === null ? null : (/"(.*)"/s.exec(value)?.[1] ?? null);
}

function rangesOf({ attributes }: DumpedEntry): { start: number; end: number }[] {
  const list = attributes.get('ranges');
  if (list !== undefined) {
    return [...list.matchAll(RANGE)].map((match) => ({
      start: parseInt(match[1], 16),
      end: parseInt(match[2], 16),
    }));
  }
  const start = parseInt(attributes.get('low_pc') ?? '', 16);
  return [{ start, end: parseInt(attributes.get('high_pc') ?? '', 16) }];
}

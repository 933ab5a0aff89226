/**
 * Whether what code tells by itself (src/capabilities/) is so. Library calls, instructions and whole functions are what they
 * are; that a number is an algorithm's may be chance. Programmers' own words judge that: the function's name, its source
 * file, its package. They need not name an algorithm that is there, so that the figures are lower than the truth.
 */

import { capabilitiesOf, type CapabilityKind, CAPABILITY_KINDS } from '../../capabilities/capabilities.ts';
import { openDataset } from '../../corpus/dataset.ts';
import { BinscribeError } from '../../error.ts';

/** By which words a capability is known, without regard to capitals; those of names are cut as programmers cut them. */
const SPOKEN: readonly (readonly [capability: RegExp, words: RegExp])[] = [
  [/Base64/, /b(?:ase)?_?64/],
  [/CRC/, /crc|cksum|checksum/],
  [/Adler/, /adler/],
  [/digests/, /md[245]|sha|ripemd|rmd|blake|digest/],
  [/ChaCha/, /chacha|salsa/],
  [/FNV|Murmur|xxHash/, /fnv|murmur|xxh|hash/],
  [/golden ratio/, /hash|serpent|tea\b/],
  [/Mersenne/, /mersenne|twister|_mt|mt_/],
  [/random/, /rand|rng|lcg|noise/],
  [/ELF/, /elf/],
  [/ZIP/, /zip/],
  [/PNG/, /png/],
  [/dates/, /date|time|day|year|calendar/],
  [/Unicode/, /utf|unicode|unichr|ucs|uc_|u8_|u16_|u32_|wchar|codepoint/],
];

/** Functions of an algorithm that nothing names, which the report shows: to be looked at. */
const SHOWN = 8;

export interface AlgorithmFigures {
  readonly text: string;
  /** Different functions of the sources, in whichever build. */
  readonly functions: number;
  readonly packages: number;
  /** Of these, how many say so in their name, and in name, file or package. */
  readonly inName: number;
  readonly inPlace: number;
  /** Some of the others: `package/file/name`. */
  readonly unnamed: readonly string[];
}

export interface CapabilityReport {
  readonly functions: number;
  readonly packages: number;
  /** Functions of which anything is told, and by kind. */
  readonly told: number;
  readonly kinds: Readonly<Record<CapabilityKind, number>>;
  readonly algorithms: readonly AlgorithmFigures[];
}

interface SourceFunction {
  readonly package: string;
  readonly name: string;
  readonly place: string;
  readonly kinds: Set<CapabilityKind>;
  readonly algorithms: Set<string>;
}

/** @throws BinscribeError `usage` for data sets without functions */
export async function studyCapabilities(
  folders: readonly string[],
  progress: (rows: number, all: number) => void,
): Promise<CapabilityReport> {
  const found = new Map<string, SourceFunction>();
  const datasets = folders.map(openDataset);
  const total = datasets.reduce(
    (sum, { manifest: { counts } }) => sum + counts.train.rows + counts.test.rows,
    0,
  );
  let rows = 0;
  for (const dataset of datasets) {
    for await (const row of dataset.rows(['package', 'name', 'source_file', 'assembly'])) {
      if (++rows % 4096 === 0) progress(rows, total);
      const place = `${row.package}/${row.source_file ?? ''}/${row.name}`;
      let one = found.get(place);
      if (!one) {
        one = { package: row.package, name: row.name, place, kinds: new Set(), algorithms: new Set() };
        found.set(place, one);
      }
      for (const { kind, text } of capabilitiesOf(row.assembly)) {
        one.kinds.add(kind);
        if (kind === 'algorithm') one.algorithms.add(text);
      }
    }
  }
  const all = [...found.values()];
  if (all.length === 0)
    throw new BinscribeError('usage', `${folders.join(', ')}: functions expected, got none`);
  const kinds = Object.fromEntries(
    CAPABILITY_KINDS.map((kind) => [kind, all.filter((one) => one.kinds.has(kind)).length]),
  ) as Record<CapabilityKind, number>;
  const texts = [...new Set(all.flatMap(({ algorithms }) => [...algorithms]))];
  return {
    functions: all.length,
    packages: new Set(all.map((one) => one.package)).size,
    told: all.filter((one) => one.kinds.size > 0).length,
    kinds,
    algorithms: texts
      .map((text) =>
        figuresOf(
          text,
          all.filter(({ algorithms }) => algorithms.has(text)),
        ),
      )
      .sort((a, b) => b.functions - a.functions || (a.text < b.text ? -1 : 1)),
  };
}

function figuresOf(text: string, functions: readonly SourceFunction[]): AlgorithmFigures {
  const words = SPOKEN.find(([capability]) => capability.test(text))?.[1];
  const speaks = (told: string): boolean => words?.test(told.toLowerCase()) ?? false;
  const unnamed = functions.filter(({ place }) => !speaks(place));
  return {
    text,
    functions: functions.length,
    packages: new Set(functions.map((one) => one.package)).size,
    inName: functions.filter(({ name }) => speaks(name)).length,
    inPlace: functions.length - unnamed.length,
    unnamed: unnamed.slice(0, SHOWN).map(({ place }) => place),
  };
}

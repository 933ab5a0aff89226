/** What a study of capabilities says: a document with everything that decided it, and a table for people. */

import { table } from '../../corpus/table.ts';
import { count } from '../../numbers.ts';
import type { CapabilityReport } from './study.ts';

export interface CapabilityDocument extends CapabilityReport {
  readonly schema: 'binscribe.capability-study/1';
  readonly tool: string;
  /** By name, the hash of its manifest. */
  readonly datasets: Readonly<Record<string, string>>;
}

export function renderCapabilityStudy(document: CapabilityDocument): string {
  const { datasets, functions, packages, told, kinds, algorithms } = document;
  const sum = (of: 'functions' | 'inName' | 'inPlace'): number =>
    algorithms.reduce((total, one) => total + one[of], 0);
  const share = (part: number, whole: number): string =>
    whole === 0 ? '–' : ((100 * part) / whole).toFixed(1);
  return `${[
    '# What code tells by itself',
    `${count(functions)} functions of ${count(packages)} packages of ${Object.keys(datasets)
      .map((name) => `\`${name}\``)
      .join(
        ', ',
      )}, each in all its builds, as normalised assembly: tables in data are not in it. Of ${share(told, functions)} % something is told.`,
    table(
      ['read off', 'functions', '%'],
      Object.entries(kinds).map(([kind, told]) => [kind, count(told), share(told, functions)]),
    ),
    '## Algorithms by their numbers',
    "*Named so*: by the function's name; and by its name, its file or its package. Programmers need not name an algorithm that is " +
      'there, so that the figures are lower than the truth; of the others some are shown.',
    table(
      ['algorithm', 'functions', 'packages', 'named so, %', 'or in a file or package named so, %', 'others'],
      [
        ...algorithms.map((one) => [
          one.text,
          count(one.functions),
          count(one.packages),
          share(one.inName, one.functions),
          share(one.inPlace, one.functions),
          one.unnamed.map((place) => `\`${place}\``).join(', '),
        ]),
        [
          '**all**',
          count(sum('functions')),
          '',
          share(sum('inName'), sum('functions')),
          share(sum('inPlace'), sum('functions')),
          '',
        ],
      ],
    ),
  ].join('\n\n')}\n`;
}

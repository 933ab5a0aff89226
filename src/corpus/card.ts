/** `card.md` of a data set: what a person wants to know before using it. Made of the manifest alone. */

import type { Manifest } from './manifest.ts';
import { COLUMNS } from './row.ts';

export function renderCard(manifest: Manifest): string {
  const { counts } = manifest;
  const total = counts.train.rows + counts.test.rows;
  return [
    `# ${manifest.name}`,
    `${count(total)} functions of ${manifest.packages.length} Debian source packages, each with its machine code ` +
      'as linked and what its debug information (DWARF) says: name, declaration, parameters and their types. ' +
      `Built by ${manifest.compilers.map(({ name }) => name).join(', ')} at ${manifest.levels.join(', ')}` +
      `${manifest.sandboxed ? ', in a sandbox without network' : ', WITHOUT a sandbox'}.`,
    "Read it with DuckDB (`select * from 'data/*.parquet'`), pandas, Hugging Face `datasets`, or `openDataset`.",
    '## Split and leakage',
    'By package: all of a package lies on one side. A row is a *duplicate* where an earlier row of the same side, ' +
      'compiler and level has the same code; it *leaks* where a row of the other side has it. Exact: the same ' +
      'bytes. Normalised: the same instructions but for addresses, call targets and padding.',
    table(
      [
        'side',
        'rows',
        'without exact duplicates',
        'without normalised ones',
        'exact leaks',
        'normalised leaks',
        'with a text',
      ],
      (['train', 'test'] as const).map((side) => {
        const c = counts[side];
        return [
          side,
          count(c.rows),
          count(c.exactUnique),
          count(c.normalizedUnique),
          share(c.exactLeaks, c.rows),
          share(c.normalizedLeaks, c.rows),
          share(manifest.described[side].rows, c.rows),
        ];
      }),
    ),
    '## Packages',
    table(
      ['package', 'version', 'side', 'build', 'licences', 'rows', 'functions in its sources', 'described'],
      manifest.packages.map((entry) => [
        entry.name,
        entry.version,
        entry.split,
        entry.buildSystem ?? 'none worked',
        entry.licences.join(', ') || 'not declared',
        count(sum(manifest.table.filter((cell) => cell.package === entry.name).map((cell) => cell.rows))),
        entry.texts ? count(entry.texts.functions) : 'not read',
        entry.texts ? share(entry.texts.described, entry.texts.functions) : 'not read',
      ]),
    ),
    'The code stays under the licences of its authors; the licences are those that the package declares ' +
      'in `debian/copyright`, tests and build scripts included.',
    '## Rows by configuration',
    table(
      ['package', 'compiler', 'level', 'programs', 'rows', 'without normalised duplicates'],
      manifest.table.map((cell) => [
        cell.package,
        cell.compiler,
        cell.optimization,
        count(cell.programs),
        count(cell.rows),
        count(cell.normalizedUnique),
      ]),
    ),
    '## Compilers',
    table(
      ['name', 'version'],
      manifest.compilers.map(({ name, version }) => [name, version]),
    ),
    `Every compilation gets \`${manifest.flags.join(' ')}\` and the level after the package's own flags.`,
    '## Failures',
    manifest.failures.length === 0
      ? 'None.'
      : table(
          ['package', 'compiler', 'level', 'reason'],
          manifest.failures.map((f) => [f.package, f.compiler ?? 'all', f.optimization ?? 'all', f.reason]),
        ),
    manifest.cuts.length === 0
      ? 'All programs were read whole.'
      : `${manifest.cuts.length} times something in a program could not be read: see \`cuts\` in the manifest.`,
    '## Columns',
    table(
      ['column', 'what it is'],
      Object.entries(COLUMNS).map(([name, { description }]) => [`\`${name}\``, description]),
    ),
    '',
  ].join('\n\n');
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Reasons are compilers' words: they must not break the table. */
function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function share(part: number, whole: number): string {
  return whole === 0 ? '0' : `${count(part)} (${((100 * part) / whole).toFixed(1)} %)`;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** `card.md` of a data set: what a person wants to know before using it. Made of the manifest alone. */

import type { Manifest, ProgramsSummary, SnippetSummary } from './manifest.ts';
import { COLUMNS } from './row.ts';
import { count } from '../numbers.ts';
import { table } from './table.ts';

export function renderCard(manifest: Manifest): string {
  return [`# ${manifest.name}`, ...bodyParts(manifest), ...machineParts(manifest), ...columnParts(), ''].join(
    '\n\n',
  );
}

function bodyParts(manifest: Manifest): string[] {
  const { snippets, programs } = manifest;
  if (snippets) return snippetParts(manifest, snippets);
  return programs ? programsParts(manifest, programs) : packageParts(manifest);
}

function packageParts(manifest: Manifest): string[] {
  const project = manifest.packages.find(({ kind }) => kind === 'project');
  const what = project ? `the project ${project.name}` : `${manifest.packages.length} Debian source packages`;
  const split = project
    ? 'By project: all of a project lies on one side, by the hash of its name.'
    : 'By package: all of a package lies on one side.';
  const licences = project ? 'the recipe names' : 'the package declares in `debian/copyright`';
  const irColumns = manifest.table.some(({ ir }) => ir) ? ['with LLVM IR', 'sources without IR'] : [];
  return [
    `${rowsIn(manifest)} functions of ${what}, each with its machine code as linked and ${FACTS} ${builtBy(manifest)}`,
    READERS,
    ...splitParts(manifest, split),
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
    'The code stays under the licences of its authors; the licences are those that ' +
      `${licences}, tests and build scripts included.`,
    '## Rows by configuration',
    table(
      [
        'package',
        'compiler',
        'level',
        'programs',
        'rows',
        'without normalised duplicates',
        ...irColumns,
        ...liftedColumn(manifest.table),
      ],
      manifest.table.map((cell) => [
        cell.package,
        cell.compiler,
        cell.optimization,
        count(cell.programs),
        count(cell.rows),
        count(cell.normalizedUnique),
        ...irColumns.map((_, i) => (cell.ir ? irCells(cell.rows, cell.ir)[i] : '')),
        ...liftedCell(cell),
      ]),
    ),
    ...compilerParts(manifest, "the level after the package's own flags"),
    ...incompleteParts(manifest),
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
  ];
}

/** Builds of which a part failed, and their programs were made all the same. */
function incompleteParts({ table: cells }: Manifest): string[] {
  const rows = cells.flatMap(({ package: name, compiler, optimization, incomplete }) =>
    incomplete === undefined ? [] : [[name, compiler, optimization, incomplete]],
  );
  return rows.length === 0
    ? []
    : [
        '## Built in part',
        'Something else of these packages did not build; their rows are of the programs that did.',
        table(['package', 'compiler', 'level', 'what failed'], rows),
      ];
}

type IrCounts = NonNullable<Manifest['table'][number]['ir']>;

function irCells(rows: number, { rows: withIr, modules, failed }: IrCounts): string[] {
  return [share(withIr, rows), share(failed, modules + failed)];
}

type Lifted = Pick<Manifest['table'][number], 'rows' | 'lifted'>;

/** A column where drafts by rules were asked for. */
function liftedColumn(cells: readonly Lifted[]): string[] {
  return cells.some(({ lifted }) => lifted !== undefined) ? ['lifted by rules'] : [];
}

function liftedCell({ rows, lifted }: Lifted): string[] {
  return lifted === undefined ? [] : [share(lifted, rows)];
}

function snippetParts(manifest: Manifest, snippets: SnippetSummary): string[] {
  const { items, groups, sample, testShare } = snippets;
  const total = items.train + items.test;
  const split =
    testShare === null
      ? 'The collection has its own.'
      : `By group: all of a group lies on one side, ${percent(testShare)} of the groups by hash on the test side.`;
  return [
    `${rowsIn(manifest)} functions of ${count(total)} snippets (\`${snippets.kind}\`), each with its machine code as ` +
      `compiled, not linked, and ${FACTS} ${builtBy(manifest)}`,
    READERS,
    snippets.notes.map((note) => `- ${note}`).join('\n'),
    '## Collection',
    table(
      ['input', 'SHA-256'],
      snippets.inputs.map(({ name, sha256 }) => [name, sha256]),
    ),
    sample === 1
      ? 'All of it was taken.'
      : `A sample of ${percent(sample)} was taken, by the hash of its ids.`,
    table(
      ['side', 'snippets', 'groups'],
      SIDES.map((side) => [side, count(items[side]), count(groups[side])]),
    ),
    ...splitParts(manifest, split),
    '## Snippets by configuration',
    table(
      [
        'compiler',
        'level',
        'compiled',
        'rows',
        'without normalised duplicates',
        'failures',
        ...liftedColumn(snippets.table),
      ],
      snippets.table.map((cell) => [
        cell.compiler,
        cell.optimization,
        share(cell.compiled, total),
        count(cell.rows),
        count(cell.normalizedUnique),
        causes(cell.failures),
        ...liftedCell(cell),
      ]),
    ),
    'A snippet is compiled as it is, else with headers that it lacks, else as the body of a function `fragment`. That ' +
      `${manifest.compilers[0].name} takes none of these costs it all configurations: ${causes(snippets.rejected)}.`,
    ...compilerParts(manifest, "the level after the dialect's flags, which the column `flags` has"),
  ];
}

function programsParts(manifest: Manifest, programs: ProgramsSummary): string[] {
  const { manual, cuts, moreCuts } = programs;
  return [
    `${rowsIn(manifest)} functions of ${count(sum(programs.files.map((entry) => entry.programs)))} ready programs and ` +
      `members of archives, each with its machine code, its symbol and ${FACTS} Nothing was compiled.`,
    READERS,
    programs.notes.map((note) => `- ${note}`).join('\n'),
    '## Files',
    table(
      [
        'file',
        'SHA-256',
        'programs',
        'rows',
        'without normalised duplicates',
        'with a text',
        ...liftedColumn(programs.files),
      ],
      programs.files.map((entry) => [
        entry.file,
        entry.sha256,
        count(entry.programs),
        count(entry.rows),
        count(entry.normalizedUnique),
        share(entry.described, entry.rows),
        ...liftedCell(entry),
      ]),
    ),
    manual
      ? `Texts are from a manual with summaries of ${count(manual.functions)} functions (SHA-256 of these: ${manual.sha256}).`
      : 'Without a manual there are no texts.',
    ...splitParts(
      manifest,
      `${SPLITS[programs.splitBy]}: ${percent(programs.testShare)} of them, by the hash of their names, on the test side ` +
        `(${count(programs.groups.test)} of ${count(programs.groups.train + programs.groups.test)}).`,
    ),
    '## Failures',
    programs.failures.length === 0
      ? 'None.'
      : table(
          ['file', 'reason'],
          programs.failures.map(({ file, reason }) => [file, reason]),
        ),
    cuts.length === 0
      ? 'All programs were read whole.'
      : `${count(cuts.length + moreCuts)} times something in a program could not be read: see \`cuts\` in the manifest.`,
  ];
}

/** Nobody should take a machine's texts for a human's. */
function machineParts({ machineTexts }: Manifest): string[] {
  if (!machineTexts) return [];
  const { model, maker, modelHash, longest, beams, question, origin, ...counts } = machineTexts;
  const how =
    maker === 't5' ? `a network (files of SHA-256 ${modelHash}), ${beams} beams` : 'asked at an endpoint';
  return [
    '## Machine-made texts',
    `Texts of \`text_kind\` \`machine\` were written by ${model}, ${how}, of at most ${count(longest)} tokens, each of an ` +
      `input that all rows with it share. They are in ${count(counts.rows)} rows; of ${count(counts.inputs)} inputs` +
      `${counts.limit === null ? '' : `, a sample of at most ${count(counts.limit)},`} ${count(counts.failed)} were not answered, ` +
      `and ${count(counts.silent)} rows had an empty answer. ${counts.keepTexts ? 'Rows that had a text kept it.' : 'Texts that rows had before are not in it.'} ` +
      `The rows are those of the data set with the manifest of SHA-256 ${origin}. The question:`,
    question.replace(/^/gm, '    '),
  ];
}

const SIDES = ['train', 'test'] as const;

const SPLITS: Readonly<Record<ProgramsSummary['splitBy'], string>> = {
  text: 'By text: all functions of which the manual says the same lie on one side, and a function without a text goes with the first of its program',
  program: 'By program or member',
};

const FACTS = 'what its debug information (DWARF) says: name, declaration, parameters and their types.';
const READERS =
  "Read it with DuckDB (`select * from 'data/*.parquet'`), pandas, Hugging Face `datasets`, or `openDataset`.";

function rowsIn({ counts }: Manifest): string {
  return count(counts.train.rows + counts.test.rows);
}

function builtBy({ compilers, levels, sandboxed }: Manifest): string {
  const names = compilers.map(({ name }) => name).join(', ');
  return `Built by ${names} at ${levels.join(', ')}${sandboxed ? ', in a sandbox without network' : ', WITHOUT a sandbox'}.`;
}

function splitParts({ counts, described }: Manifest, how: string): string[] {
  return [
    '## Split and leakage',
    `${how} A row is a *duplicate* where an earlier row of the same side, ` +
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
      SIDES.map((side) => {
        const c = counts[side];
        return [
          side,
          count(c.rows),
          count(c.exactUnique),
          count(c.normalizedUnique),
          share(c.exactLeaks, c.rows),
          share(c.normalizedLeaks, c.rows),
          share(described[side].rows, c.rows),
        ];
      }),
    ),
  ];
}

function compilerParts({ compilers, flags }: Manifest, after: string): string[] {
  return [
    '## Compilers',
    table(
      ['name', 'version'],
      compilers.map(({ name, version }) => [name, version]),
    ),
    `Every compilation gets \`${flags.join(' ')}\` and ${after}.`,
  ];
}

function columnParts(): string[] {
  return [
    '## Columns',
    table(
      ['column', 'what it is'],
      Object.entries(COLUMNS).map(([name, { description }]) => [`\`${name}\``, description]),
    ),
  ];
}

function causes(counts: Readonly<Record<string, number>>): string {
  const list = Object.entries(counts).map(([cause, number]) => `${cause} ${count(number)}`);
  return list.length === 0 ? 'none' : list.join(', ');
}

function percent(part: number): string {
  return `${Number((100 * part).toFixed(2))} %`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? '0' : `${count(part)} (${((100 * part) / whole).toFixed(1)} %)`;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

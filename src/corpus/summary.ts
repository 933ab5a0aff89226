/** What a build of packages came to, in figures: what a paper or a README says of a data set. */

import { count } from '../numbers.ts';
import type { BuildTimes } from './build-options.ts';
import type { Manifest } from './manifest.ts';
import type { Split } from './recipe.ts';
import { table } from './table.ts';
import { compareText } from './text.ts';

/** Why builds fail, in the order of asking: who has no library says so in the words of a compiler. */
const CAUSES: readonly (readonly [string, RegExp])[] = [
  ['source not to be had', /^(?:apt-get|source of|unpack:)/],
  ['no known build system', /^no build system recognised/],
  ['links no program', /^the build links no program/],
  ['takes too long, too much memory or output', /: (?:took over|printed over|killed by) /],
  [
    'library or tool of the package missing',
    /not found|No such file|must have|is required|does not exist|were not met|No package|[Ii]nstall|cannot find -l|missing/,
  ],
  ['not configured', /^configure:/],
  ['does not compile', /\berror: /i],
  ['not built', /^build:/],
];
const OTHER = 'other';

export interface BuildSummary {
  readonly schema: 'binscribe.build-summary/1';
  readonly name: string;
  /** SHA-256 of the data set's manifest. */
  readonly manifest: string;
  readonly compilers: readonly string[];
  readonly levels: readonly string[];
  /** Packages asked for, with rows, and with rows in all configurations; the last two by side too. */
  readonly packages: {
    readonly asked: number;
    readonly built: Readonly<Record<Split, number>>;
    readonly whole: Readonly<Record<Split, number>>;
  };
  readonly builds: { readonly asked: number; readonly done: number; readonly inPart: number };
  /** Builds by why they failed, and the packages. */
  readonly failures: readonly {
    readonly cause: string;
    readonly builds: number;
    readonly packages: readonly string[];
  }[];
  /** Rows, those left without normalised duplicates and those of them with a human text, by side. */
  readonly functions: Readonly<
    Record<Split, { readonly rows: number; readonly unique: number; readonly described: number }>
  >;
  readonly times: BuildTimes;
}

/** @param sha256 of the manifest's file */
export function summarize(manifest: Manifest, sha256: string, times: BuildTimes): BuildSummary {
  const { compilers, levels, packages, table: cells, counts, described } = manifest;
  const configurations = compilers.length * levels.length;
  const failed = manifest.failures.map((failure) => ({
    ...failure,
    // What cannot be fetched fails once for all.
    builds: failure.compiler === null ? configurations : 1,
  }));
  const cellsOf = (name: string): number => cells.filter((cell) => cell.package === name).length;
  const bySide = (least: number): Record<Split, number> => {
    const chosen = packages.filter(({ name }) => cellsOf(name) >= least);
    return {
      train: chosen.filter(({ split }) => split === 'train').length,
      test: chosen.filter(({ split }) => split === 'test').length,
    };
  };
  const asked = new Set([...packages.map(({ name }) => name), ...failed.map((failure) => failure.package)])
    .size;
  const functionsOf = (split: Split) => ({
    rows: counts[split].rows,
    unique: counts[split].normalizedUnique,
    described: described[split].unique,
  });
  return {
    schema: 'binscribe.build-summary/1',
    name: manifest.name,
    manifest: sha256,
    compilers: compilers.map(({ version }) => version),
    levels,
    packages: { asked, built: bySide(1), whole: bySide(configurations) },
    builds: {
      asked: asked * configurations,
      done: cells.length,
      inPart: cells.filter(({ incomplete }) => incomplete !== undefined).length,
    },
    failures: failuresByCause(failed),
    functions: { train: functionsOf('train'), test: functionsOf('test') },
    times,
  };
}

function failuresByCause(
  failed: readonly { package: string; reason: string; builds: number }[],
): BuildSummary['failures'] {
  const causes = new Map<string, { builds: number; packages: Set<string> }>();
  for (const { package: name, reason, builds } of failed) {
    const [cause] = CAUSES.find(([, words]) => words.test(reason)) ?? [OTHER];
    const known = causes.get(cause) ?? { builds: 0, packages: new Set() };
    causes.set(cause, known);
    known.builds += builds;
    known.packages.add(name);
  }
  return [...causes]
    .map(([cause, { builds, packages }]) => ({ cause, builds, packages: [...packages].sort(compareText) }))
    .sort((a, b) => b.builds - a.builds);
}

export function renderSummary(summary: BuildSummary): string {
  const { name, manifest, compilers, levels, packages, builds, failures, functions, times } = summary;
  const share = (part: number, whole: number): string =>
    whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
  const sides = (['train', 'test'] as const).map((split) => {
    const { rows, unique, described } = functions[split];
    const { built, whole } = packages;
    return [
      split,
      count(built[split]),
      count(whole[split]),
      count(rows),
      count(unique),
      share(described, unique),
    ];
  });
  const parts = [
    `# ${name}`,
    `${count(packages.asked)} packages were asked for, each with ${compilers.join(', ')} at ${levels.join(', ')}: ${count(builds.done)} of ` +
      `${count(builds.asked)} builds gave functions, ${count(builds.inPart)} of them in part. Manifest SHA-256 \`${manifest.slice(0, 12)}\`.`,
    table(
      ['side', 'packages', 'in all configurations', 'functions', 'unique', 'unique with a human text'],
      sides,
    ),
    '*Unique*: without functions whose code, but for addresses, an earlier one of the same side, compiler and level has.',
    '## Failures by cause',
    failures.length === 0
      ? 'None.'
      : table(
          ['cause', 'builds', 'packages'],
          failures.map((failure) => [failure.cause, count(failure.builds), failure.packages.join(', ')]),
        ),
    '## Time',
    times.builds === 0
      ? 'Not measured: all builds were there from before.'
      : `${count(times.builds)} builds with ${count(times.rows)} functions took ${count(Math.round(times.seconds))} s of a worker each ` +
        `after the other, ${((1000 * times.seconds) / times.rows).toFixed(1)} s for 1,000 functions; two workers share a machine of two processors.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

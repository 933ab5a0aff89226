/** The report of `binscribe corpus check` as Markdown; of names that come from files the caller makes something printable. */

import type { CorpusCheck } from '../check.ts';
import type { Judgement } from './bars.ts';
import { type Measure, MEASURES, type SideLeakage, type Tally } from './leakage.ts';
import type { CodeLabel } from './survey.ts';
import { count } from '../../numbers.ts';

const TITLES: Readonly<Record<Measure, string>> = {
  exact: 'exact: the same bytes',
  normalized: 'normalized: the same instructions, addresses apart',
  near: 'near: the same instructions or similar ones',
  source: 'source: a definition of the same name and text',
  file: 'file: the same name in a file of the same name',
  text: 'text: the same text, of rows with one',
  any: 'exact, near or source',
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const cell = (text: string): string => text.replaceAll('|', '\\|');
const part = (some: number, of: number): string => (of === 0 ? '–' : percent(some / of));

export function renderCheck(check: CorpusCheck): string {
  const { damage, leakage, leakedNames, bars } = check;
  const { sides, near, pairs, examples } = leakage;
  return [
    `# ${check.name}: ${damage.length === 0 ? 'whole' : 'DAMAGED'}, ${bars.every(({ met }) => met) ? 'under every bar' : 'LEAKS'}`,
    '',
    ...damage.map((line) => `- ${line}`),
    ...(damage.length === 0 ? [] : ['']),
    ...sideTable(sides.train, sides.test),
    `Rows of the test side that training knows, as a share of all rows, of those without duplicates (the first of a code, compiler and level), and of those that are also not marked as a normalised leak. The bar is for those without duplicates.`,
    '',
    '| leak | rows | without duplicates | without marked leaks | bar | of the training side, without duplicates |',
    '| --- | --- | --- | --- | --- | --- |',
    ...MEASURES.map((measure) => leakRow(measure, sides.train, sides.test, bars)),
    '',
    `Near: a Jaccard similarity of ${near.similarity} and more of the shingles of ${near.shingle} instructions, in functions of ${near.shortest} instructions and more: ${count(near.compared)} of ${count(near.codes)} different codes. Candidates by MinHash, ${near.bands.bands} bands of ${near.bands.rows}; each was verified. Of ${count(near.recall.pairs)} near pairs in a sample looked at pair by pair, these found ${count(near.recall.found)}.`,
    '',
    ...(pairs.length === 0
      ? []
      : [
          '| test package | training package | its codes that the other has the same or near | its definitions that the other has |',
          '| --- | --- | --- | --- |',
          ...pairs.map(
            (pair) =>
              `| ${cell(pair.test)} | ${cell(pair.train)} | ${shared(pair.sharedCodes, pair.codes)} | ${shared(pair.sharedSources, pair.sources)} |`,
          ),
          '',
        ]),
    ...(examples.length === 0
      ? []
      : [
          'Some near codes of which neither occurs on the other side:',
          '',
          '| similarity | test | training |',
          '| --- | --- | --- |',
          ...examples.map(
            ({ similarity, test, train }) =>
              `| ${similarity.toFixed(2)} | ${label(test)} | ${label(train)} |`,
          ),
          '',
        ]),
    ...(leakedNames.length === 0
      ? []
      : [
          `Names behind most normalised leaks: ${leakedNames.map(({ name, rows }) => `${name} (${count(rows)})`).join(', ')}`,
          '',
        ]),
  ].join('\n');
}

function sideTable(train: SideLeakage, test: SideLeakage): string[] {
  const row = (side: string, { total, repeats, near, withoutSource }: SideLeakage): string =>
    `| ${side} | ${count(total.rows)} | ${count(total.unique)} | ${part(repeats.exact, total.rows)} | ${part(repeats.normalized, total.rows)} | ${part(near, total.unique)} | ${part(withoutSource, total.rows)} |`;
  return [
    '| side | rows | without duplicates | repeat exactly | repeat, normalised | of those without duplicates, near another of the same compiler and level | without source |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    row('train', train),
    row('test', test),
    '',
  ];
}

function leakRow(
  measure: Measure,
  train: SideLeakage,
  test: SideLeakage,
  bars: readonly Judgement[],
): string {
  const of = (side: SideLeakage, base: keyof Tally): string =>
    part(side.leaks[measure][base], (measure === 'text' ? side.described : side.total)[base]);
  const bar = bars.find((one) => one.measure === measure);
  const judged = bar === undefined ? '' : `${percent(bar.bar)}: ${bar.met ? 'met' : '**passed**'}`;
  return `| ${TITLES[measure]} | ${of(test, 'rows')} | ${of(test, 'unique')} | ${of(test, 'unmarked')} | ${judged} | ${of(train, 'unique')} |`;
}

function shared(some: number, of: number): string {
  return `${count(some)} of ${count(of)} (${part(some, of)})`;
}

function label({ package: of, compiler, optimization, name }: CodeLabel): string {
  return cell(`${name} of ${of}, ${compiler} ${optimization}`);
}

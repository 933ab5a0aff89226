/**
 * Sets of pairs side by side: each as it is, and beside it its twin, the same items with the outputs exchanged. Where
 * a set is known to be good its figure should lie far above its twin's.
 */

import type { EmbedOptions, FieldChoice } from './embed.ts';
import { spoilGroups } from '../../metrics/edc/groups.ts';
import { Random } from '../../random.ts';
import type { Items } from './items.ts';
import { type EdcReport, measureEdc, repeatsIn } from './measure.ts';
import type { Repeats } from './repeats.ts';
import { itemsOfSet, type PairSet } from './sets.ts';

/** What is kept of a measured set, and of its twin. */
export type StudyFigures = Pick<
  EdcReport,
  'n' | 'pearson' | 'interval' | 'null' | 'p' | 'partial' | 'spearman'
> & {
  readonly quality: EdcReport['verdict']['quality'];
};

export interface StudyLine {
  readonly set: string;
  readonly input: FieldChoice;
  readonly output: FieldChoice;
  readonly whole: StudyFigures;
  /** The same with every output exchanged for another's. */
  readonly twin: StudyFigures;
  /** Words of an output: quartiles. */
  readonly outputLength: EdcReport['measures']['outputLength'];
}

export interface StudyReport {
  readonly schema: 1;
  readonly seed: number;
  readonly resamples: number;
  readonly limit: number;
  readonly lines: readonly StudyLine[];
}

export interface StudyOptions extends EmbedOptions {
  readonly base: string;
  readonly limit: number;
  readonly resamples: number;
}

/** One way of embedding one set. @throws BinscribeError as reading and embedding do */
export async function studySet(
  set: PairSet,
  { input, output }: PairSet['embedders'][number],
  options: StudyOptions,
): Promise<StudyLine> {
  const { base, limit, seed } = options;
  const items = await itemsOfSet(set, base, limit, seed);
  const sides = {
    input: { field: set.input, embedder: input.embedder, model: input.model ?? null },
    output: { field: set.output, embedder: output.embedder, model: output.model ?? null },
  };
  const measure = (of: Items): ReturnType<typeof measureEdc> =>
    measureEdc(of, { ...options, ...sides, data: set.name, by: [] });
  const whole = await measure(items);
  const twin = await measure(exchanged(items, repeatsIn(items.items, sides), seed));
  return {
    set: set.name,
    ...sides,
    whole: figuresOf(whole),
    twin: figuresOf(twin),
    outputLength: whole.measures.outputLength,
  };
}

/** What was written once stays with all that repeats it: the builds of a function get one text, another function's. */
function exchanged({ items, ...rest }: Items, { blocks }: Repeats, seed: number): Items {
  const order = spoilGroups(blocks, items.length, 1, new Random(seed));
  return { ...rest, items: items.map((item, i) => ({ ...item, output: items[order[i]].output })) };
}

function figuresOf(report: Omit<EdcReport, 'ratings'>): StudyFigures {
  const { n, pearson, interval, null: shuffled, p, partial, spearman, verdict } = report;
  return { n, pearson, interval, null: shuffled, p, partial, spearman, quality: verdict.quality };
}

export function renderStudy({ lines, seed, resamples, limit }: StudyReport): string {
  const three = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : 'none');
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const side = ({ field, embedder }: FieldChoice): string => cell(`${field} (${embedder})`);
  const figure = ({ pearson, interval }: StudyFigures): string =>
    `${three(pearson)} (${interval.map(three).join(' to ')})`;
  return [
    '# Embedding Distance Correlation of data sets',
    '',
    `At most ${limit.toLocaleString('en-US')} items of a set, ${resamples} resamples, seed ${seed}. In brackets 95 % intervals by the`,
    'bootstrap over items; the twin has the same items with every output exchanged for another.',
    '',
    '| set | items | input | output | words of an output | EDC | twin | lengths fixed | verdict |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines.map(
      ({ set, input, output, whole, twin, outputLength }) =>
        `| ${cell(set)} | ${whole.n.toLocaleString('en-US')} | ${side(input)} | ${side(output)} | ` +
        `${outputLength[1]} | **${figure(whole)}** | ${figure(twin)} | ` +
        `${whole.partial === null ? 'none' : three(whole.partial)} | ${whole.quality}; twin: ${twin.quality} |`,
    ),
    '',
  ].join('\n');
}

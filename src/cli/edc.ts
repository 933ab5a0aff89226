/** `binscribe edc`: is a set of pairs worth training on? */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BinscribeError } from '../error.ts';
import { csvLine } from '../explain/render/csv.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import type { SentenceEncoder } from '../nn/import/sentence-encoder.ts';
import { embedderFor, type EmbedderName, type FieldChoice } from '../tasks/edc/embed.ts';
import { DATASET_FIELDS } from '../tasks/edc/fields.ts';
import { type Item, type ItemFields, type Items, readItems } from '../tasks/edc/items.ts';
import { type EdcReport, measureEdc } from '../tasks/edc/measure.ts';
import { renderEdcPage } from '../tasks/edc/page.ts';
import { chooseForRating, EMPTY_COLUMNS, QUESTION, ratingRow } from '../tasks/edc/rate.ts';
import { readRatings } from '../tasks/edc/ratings.ts';
import { renderEdc } from '../tasks/edc/render.ts';
import { isDataset, placeFields, rowsOf } from '../tasks/edc/rows.ts';
import { writeWhole } from './files.ts';
import { Steps } from './progress.ts';
import { publish } from './result.ts';
import type { Session } from './session.ts';

export interface EdcFlags {
  input?: string;
  output?: string;
  inputEmbedder?: EmbedderName;
  outputEmbedder?: EmbedderName;
  inputModel?: string;
  outputModel?: string;
  by?: string[];
  group?: string[];
  limit: number;
  resamples: number;
  seed: number;
  report?: string;
  rate?: number;
  ratings?: string[];
  json?: boolean;
}

export async function judgeData(data: string, flags: EdcFlags, session: Session): Promise<void> {
  const fields = fieldsOf(data, flags);
  const { seed, resamples } = flags;
  const items = await readItems(
    data,
    rowsOf({ path: data }, [fields.input, fields.output, ...fields.by, ...fields.definition]),
    fields,
    flags.limit,
    seed,
  );
  const [first] = items.items;
  const input = choiceOf(fields.input, first.input, flags.inputEmbedder, flags.inputModel);
  const output = choiceOf(fields.output, first.output, flags.outputEmbedder, flags.outputModel);
  if (flags.rate !== undefined) {
    await exportForRating(items, input, { ...flags, rate: flags.rate }, session);
    return;
  }
  // Before the long part: files may be wrong.
  const ratings = flags.ratings ? await readRatings(flags.ratings, items.items, seed) : null;
  const steps = new Steps(session);
  const measured = await measureEdc(items, {
    data,
    input,
    output,
    by: fields.by,
    seed,
    resamples,
    openModel: (folder) => session.openModel(folder),
    openSentences,
    progress: (step, done, total) => steps.update(step, done, total),
  });
  steps.end();
  const report = printable({ ...measured, ratings });
  const { report: path, json = false } = flags;
  await publish(
    session,
    { ...(path === undefined ? {} : { output: path }), json },
    renderEdc(report),
    renderJson(report),
  );
  if (path !== undefined) await writeWhole(`${path}.html`, [renderEdcPage(report)]);
}

/** A data set of ours says itself what is what. */
function fieldsOf(data: string, { input, output, by, group }: EdcFlags): ItemFields {
  const places = placeFields(data, group);
  if (isDataset(data)) {
    const known = DATASET_FIELDS;
    return { input: input ?? known.input, output: output ?? known.output, by: by ?? known.by, ...places };
  }
  if (input !== undefined && output !== undefined) return { input, output, by: by ?? [], ...places };
  throw new BinscribeError(
    'usage',
    `${data}: no data set of ours: --input and --output name its two fields`,
    {
      hint: '`binscribe edc --help` has examples.',
    },
  );
}

function choiceOf(
  field: string,
  value: unknown,
  embedder: EmbedderName | undefined,
  model: string | undefined,
): FieldChoice {
  return {
    field,
    embedder: embedder ?? (model === undefined ? embedderFor(value) : embedderOf(model)),
    model: model ?? null,
  };
}

/** What a model's folder is for: a document of ours, or files of others. */
function embedderOf(model: string): EmbedderName {
  return existsSync(join(model, 'model.json')) ? 'encoder' : 'sentences';
}

/** ONNX Runtime's package takes a fifth of a second to load: only who has a network pays. */
export async function openSentences(folder: string): Promise<SentenceEncoder> {
  const [{ nodeRuntime }, { diskFolder }, { SentenceEncoder }] = await Promise.all([
    import('../runtimes/node.ts'),
    import('../runtimes/folder.ts'),
    import('../nn/import/sentence-encoder.ts'),
  ]);
  return SentenceEncoder.open(nodeRuntime(), diskFolder(folder));
}

/** Excel takes a table without this mark for one of a code page. */
const UTF8_MARK = '\uFEFF';

async function exportForRating(
  { items }: Items,
  input: FieldChoice,
  { rate, report: path, seed }: EdcFlags & { rate: number },
  session: Session,
): Promise<void> {
  const isTable = path !== undefined && /\.csv$/i.test(path);
  if (path === undefined || !(isTable || /\.jsonl$/i.test(path))) {
    throw new BinscribeError('usage', `--rate writes a table: -o FILE.csv or FILE.jsonl expected`, {
      hint: '`binscribe edc --help` has an example.',
    });
  }
  const sliceOf = ({ slices }: Item): string => slices[0] ?? '';
  const chosen = chooseForRating(items, sliceOf, rate, seed);
  const rows = chosen.map((item) => ratingRow(item, sliceOf(item), input));
  const titles = [...Object.keys(rows[0]), ...EMPTY_COLUMNS];
  const lines = isTable
    ? [
        UTF8_MARK,
        csvLine(titles),
        ...rows.map((row) => csvLine([...Object.values(row), ...EMPTY_COLUMNS.map(() => null)])),
      ]
    : rows.map(
        (row) =>
          `${JSON.stringify({ ...row, ...Object.fromEntries(EMPTY_COLUMNS.map((name) => [name, null])) })}\n`,
      );
  await writeWhole(path, lines);
  session.stdout.write(
    `${path}: ${rows.length} items to rate. ${QUESTION}\n` +
      `A rater fills a column; further ones begin with "rating". Then: binscribe edc … --ratings FILE…\n`,
  );
}

/** Names come from the file that was judged, and may hold whatever a terminal acts upon. */
function printable(report: EdcReport): EdcReport {
  const { data, input, output, slices, ratings } = report;
  const name = (text: string): string => sanitize(text, LONGEST_NAME);
  const side = (choice: FieldChoice): FieldChoice => ({
    field: name(choice.field),
    embedder: choice.embedder,
    model: choice.model && name(choice.model),
  });
  return {
    ...report,
    data: name(data),
    input: side(input),
    output: side(output),
    slices: slices.map((one) => ({ ...one, by: name(one.by), slice: name(one.slice) })),
    ratings: ratings && {
      ...ratings,
      slices: ratings.slices.map((one) => ({ ...one, slice: name(one.slice) })),
    },
  };
}

const LONGEST_NAME = 120;

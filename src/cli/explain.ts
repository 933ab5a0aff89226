/** `binscribe explain` of files: programs to reports. */

import { BinscribeError, unsupported } from '../error.ts';
import type { Drafting } from '../explain/drafting.ts';
import { explain } from '../explain/explain.ts';
import type { CodePacker } from '../explain/render/html/payload.ts';
import { renderText } from '../explain/render/text.ts';
import type { Report } from '../explain/schema.ts';
import type { Labeller } from '../models/meaning/labels.ts';
import type { Model } from '../models/model.ts';
import type { SummaryModel } from '../models/summaries/model.ts';
import { Answer, type AnswerOptions } from './answer.ts';
import { concerning, tellFailure } from './failure.ts';
import { readInput } from './files.ts';
import { type FolderFlags, isFolder } from './folder/place.ts';
import { type Format, type FormatFlags, formatOf, joins, SHOWN } from './formats.ts';
import { eachProgram, type Input, LARGE, namesArchive } from './inputs.ts';
import { type LabelFlags, openLabeller } from './labels.ts';
import { Progress } from './progress.ts';
import { extrasFor, renderAs } from './render.ts';
import type { Session } from './session.ts';
import { openSummaries, type SummaryFlags } from './summaries.ts';

export interface ExplainOptions extends FormatFlags, FolderFlags, LabelFlags, SummaryFlags {
  function?: string[];
  source?: boolean;
  verbose?: boolean;
  all?: boolean;
}

/** Explains files one after another to one answer. */
export async function explainFiles(
  files: readonly string[],
  options: ExplainOptions,
  session: Session,
): Promise<void> {
  const format = formatOf(options);
  const model = await session.openModel(options.model, options.known);
  const labeller = await openLabeller(options, session);
  const summaries = await openSummaries(options, session);
  const drafts = options.source
    ? (await import('./drafting.ts')).openDrafting(options.function ?? [], session)
    : undefined;
  const several = files.length > 1 || (await namesArchive(files[0]));
  const answer = new Answer(session, { output: options.output, parts: partsOf(format, several) });
  try {
    for (const path of files) {
      try {
        if (isFolder(path)) {
          throw new BinscribeError('unreadable', 'this is a directory: a program file expected', {
            hint: 'To explain the programs in it, name a folder for the reports: -o DIR',
          });
        }
        if (several && !joins(format)) {
          throw unsupported(
            `an archive has a report for each member: --${format} is of one program`,
            'Take the members out (`ar x`), or ask for text, --json or --csv.',
          );
        }
        await eachProgram(path, session, async (input) => {
          const { codes, map } = extrasFor(format);
          const report = await explainProgram(
            input,
            model,
            { function: options.function, labeller, summaries, drafting: drafts, codes, map },
            session,
          );
          const first = answer.empty;
          answer.add(
            format === 'text' ? [textOf(report, options, answer)] : renderAs(format, report, codes, first),
          );
        });
      } catch (error) {
        const code = tellFailure(concerning(path, error), session);
        session.status ||= code;
      }
    }
  } finally {
    drafts?.close();
  }
  await answer.end();
}

function partsOf(format: Format, several: boolean): AnswerOptions['parts'] {
  if (format === 'csv') return 'lines';
  return format === 'json' && several ? 'array' : 'texts';
}

/** What of a program is wanted. */
export interface Wanted {
  function?: string[] | undefined;
  /** Gives functions labels. */
  labeller?: Labeller | undefined;
  /** Writes summaries of functions. */
  summaries?: SummaryModel | undefined;
  /** Gives functions drafts of their source. */
  drafting?: Drafting | undefined;
  /** Takes the code of its functions. */
  codes?: CodePacker | undefined;
  /** Whether functions get places on a map. */
  map?: boolean;
}

/** Explains one file, with progress where it takes long. */
export async function explainFile(
  path: string,
  model: Model,
  wanted: Wanted,
  session: Session,
): Promise<Report> {
  return explainProgram({ path, bytes: await readInput(path) }, model, wanted, session);
}

async function explainProgram(
  { path, bytes }: Input,
  model: Model,
  wanted: Wanted,
  session: Session,
): Promise<Report> {
  const progress = new Progress(session, `explaining ${path}`);
  if (bytes.length > LARGE) progress.begin();
  try {
    return await explain(bytes, model, {
      path,
      functions: wanted.function ?? [],
      ...(wanted.codes && { code: wanted.codes.add }),
      map: wanted.map === true,
      ...(wanted.labeller && { labels: wanted.labeller }),
      ...(wanted.summaries && { summaries: wanted.summaries }),
      ...(wanted.drafting && { source: wanted.drafting }),
      progress: (done, total, what) => {
        if (what === 'functions') progress.update(done, total);
        else progress.say(`explaining ${path}: ${done} of ${total} summaries`);
      },
    });
  } finally {
    progress.end();
  }
}

/** The report as this command prints it. */
export function textOf(
  report: Report,
  options: Pick<ExplainOptions, 'all' | 'function' | 'verbose'>,
  { width, style }: Pick<Answer, 'width' | 'style'>,
): string {
  const limit = options.all || options.function ? {} : { limit: SHOWN };
  return renderText(report, { width, style, verbose: options.verbose === true, ...limit });
}

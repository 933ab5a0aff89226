/** `binscribe explain`: programs to reports. */

import { Command } from 'commander';
import { BinscribeError, unsupported } from '../error.ts';
import { explain } from '../explain/explain.ts';
import type { CodePacker } from '../explain/render/html/payload.ts';
import { renderText } from '../explain/render/text.ts';
import type { Report } from '../explain/schema.ts';
import type { Model } from '../models/model.ts';
import { Answer, type AnswerOptions } from './answer.ts';
import { concerning, tellFailure } from './failure.ts';
import { readInput } from './files.ts';
import { explainFolder, type FolderFlags, isFolder, wantsFolder } from './folder/command.ts';
import {
  addFormatOptions,
  extrasFor,
  FORMAT_HELP,
  type Format,
  type FormatFlags,
  formatOf,
  joins,
  renderAs,
} from './formats.ts';
import { eachProgram, type Input, LARGE, namesArchive } from './inputs.ts';
import { collect, positive } from './options.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';

interface Options extends FormatFlags, FolderFlags {
  function?: string[];
  verbose?: boolean;
  all?: boolean;
}

/** As many functions as a reader takes in at a glance or two. */
const SHOWN = 40;

const EXAMPLES = `
Examples:
  $ binscribe explain /bin/ls                      the most interesting functions, a line each
  $ binscribe explain /bin/ls --function main -v   one function and all the evidence
  $ binscribe explain /usr/bin/git --json | jq '.functions[] | select(.names != [])'
  $ binscribe explain /usr/bin/git --html -o git.html
  $ binscribe explain ./firmware --html -o reports  every program of a folder, and an index of them
${FORMAT_HELP}

Of a folder, and of several files where -o names a folder or the format is not one for several, each program gets
a report of its own in the folder that -o names, with index.html, index.json and index.csv. Stopped or killed, the
same command goes on where it was; a report is made again only where its program, the model, binscribe or the
options are others.

A name with ? is a suggestion and SURE the probability that it is right; · is a function that resembles
nothing known. Exit codes: 0 done, 2 usage, 3 cannot read, 4 not a supported program, 5 corrupt,
6 budget exceeded, 7 model missing; of several files the first failure's; 130 interrupted.`;

export function explainCommand(session: Session): Command {
  const command = new Command('explain')
    .description('Explain programs: names, compiler, level and arguments of their functions, with evidence.')
    .argument(
      '<file...>',
      'ELF programs, libraries or object files for x86-64, static archives of them, or folders',
    );
  return addFormatOptions(command)
    .option('--function <name|address>', 'only this function; may be repeated', collect)
    .option('-a, --all', `all functions, not just the ${SHOWN} most interesting`)
    .option('-v, --verbose', 'the evidence for each function')
    .option('--model <dir>', 'model folder (default: the one that comes with binscribe)')
    .option('-o, --output <path>', 'write here instead of to standard output')
    .option('--jobs <number>', 'programs of a folder at a time (default: 2, or 1 on one core)', positive)
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: Options) => {
      if (wantsFolder(files, options)) await explainFolder(files, options, session);
      else await explainFiles(files, options, session);
    });
}

async function explainFiles(files: string[], options: Options, session: Session): Promise<void> {
  const format = formatOf(options);
  const model = await session.openModel(options.model);
  const several = files.length > 1 || (await namesArchive(files[0]));
  const answer = new Answer(session, { output: options.output, parts: partsOf(format, several) });
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
        const report = await explainProgram(input, model, { ...options, codes, map }, session);
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
  await answer.end();
}

function partsOf(format: Format, several: boolean): AnswerOptions['parts'] {
  if (format === 'csv') return 'lines';
  return format === 'json' && several ? 'array' : 'texts';
}

/** What of a program is wanted. */
export interface Wanted {
  function?: string[];
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
      progress: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.end();
  }
}

/** The report as this command prints it. */
export function textOf(
  report: Report,
  options: Pick<Options, 'all' | 'function' | 'verbose'>,
  { width, style }: Pick<Answer, 'width' | 'style'>,
): string {
  const limit = options.all || options.function ? {} : { limit: SHOWN };
  return renderText(report, { width, style, verbose: options.verbose === true, ...limit });
}

/** `binscribe explain`: programs to reports. */

import { Command } from 'commander';
import { explain } from '../explain/explain.ts';
import { renderJson } from '../explain/render/json.ts';
import { renderText } from '../explain/render/text.ts';
import type { Report } from '../explain/schema.ts';
import type { Model } from '../models/model.ts';
import { Answer } from './answer.ts';
import { concerning, tellFailure } from './failure.ts';
import { readInput } from './files.ts';
import { eachProgram, type Input, LARGE, namesArchive } from './inputs.ts';
import { collect } from './options.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';

interface Options {
  json?: boolean;
  function?: string[];
  model?: string;
  output?: string;
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

A name with ? is a suggestion and SURE the probability that it is right; · is a function that resembles
nothing known. Exit codes: 0 done, 2 usage, 3 cannot read, 4 not a supported program, 5 corrupt,
6 budget exceeded, 7 model missing; of several files the first failure's.`;

export function explainCommand(session: Session): Command {
  return new Command('explain')
    .description('Explain programs: names, compiler, level and arguments of their functions, with evidence.')
    .argument('<file...>', 'ELF programs, libraries or object files for x86-64, or static archives of them')
    .option('--json', 'print the whole report as JSON (several files, or an archive: an array)')
    .option('--function <name|address>', 'only this function; may be repeated', collect)
    .option('-a, --all', `all functions, not just the ${SHOWN} most interesting`)
    .option('-v, --verbose', 'the evidence for each function')
    .option('--model <dir>', 'model folder (default: the one that comes with binscribe)')
    .option('-o, --output <file>', 'write here instead of to standard output')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: Options) => explainFiles(files, options, session));
}

async function explainFiles(files: string[], options: Options, session: Session): Promise<void> {
  const model = await session.openModel(options.model);
  const answer = new Answer(session, {
    output: options.output,
    list: options.json === true && (files.length > 1 || (await namesArchive(files[0]))),
  });
  for (const path of files) {
    try {
      await eachProgram(path, session, async (input) => {
        const report = await explainProgram(input, model, options, session);
        answer.add(options.json ? renderJson(report) : [textOf(report, options, answer)]);
      });
    } catch (error) {
      const code = tellFailure(concerning(path, error), session);
      session.status ||= code;
    }
  }
  await answer.end();
}

/** Explains one file, with progress where it takes long. */
export async function explainFile(
  path: string,
  model: Model,
  options: Pick<Options, 'function'>,
  session: Session,
): Promise<Report> {
  return explainProgram({ path, bytes: await readInput(path) }, model, options, session);
}

async function explainProgram(
  { path, bytes }: Input,
  model: Model,
  options: Pick<Options, 'function'>,
  session: Session,
): Promise<Report> {
  const progress = new Progress(session, `explaining ${path}`);
  if (bytes.length > LARGE) progress.begin();
  try {
    return await explain(bytes, model, {
      path,
      functions: options.function ?? [],
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

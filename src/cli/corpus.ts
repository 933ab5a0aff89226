/** `binscribe corpus …`: makes data sets from source packages and judges them. */

import { Command } from 'commander';
import {
  buildCorpus,
  checkCorpus,
  readManifest,
  readRecipe,
  renderCard,
  renderCheck,
  type BuildProgress,
} from '../corpus/index.ts';
import { BinscribeError } from '../error.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { positive } from './options.ts';
import { type Session, widthOf } from './session.ts';

export function corpusCommand(session: Session): Command {
  return new Command('corpus')
    .description('Make data sets of functions from Debian source packages, and judge them.')
    .addCommand(buildCommand(session))
    .addCommand(checkCommand(session))
    .addCommand(showCommand(session));
}

interface BuildFlags {
  output?: string;
  work: string;
  jobs?: number;
  unsafeNoSandbox?: boolean;
  json?: boolean;
}

const BUILD_HELP = `
Examples:
  $ binscribe corpus build corpora/first.json
  $ duckdb -c "select compiler, optimization, count(*) from 'data/first/data/*.parquet' group by all"

A recipe names Debian source packages for training and for testing, compilers and levels:
  {"name": "mine", "train": ["hello"], "test": ["sed"], "compilers": ["gcc-12"], "levels": ["O0", "O2"]}

A package that cannot be built is listed in the data set's card, and the rest goes on. What is built is kept in the
working folder: a run that was stopped goes on where it was. \`binscribe doctor\` says what the machine lacks.`;

const JUDGE_HELP = `
Examples:
  $ binscribe corpus show data/first
  $ binscribe corpus check data/first`;

function buildCommand(session: Session): Command {
  return new Command('build')
    .description(
      'Fetch the packages of a recipe, build them in a sandbox, write their functions as a data set.',
    )
    .argument('<recipe>', 'recipe of a data set, a JSON file')
    .option(
      '-o, --output <dir>',
      'folder of the data set; one that is there is replaced (default: data/NAME of the recipe)',
    )
    .option('--work <dir>', 'folder of what is kept between runs', 'work/corpus')
    .option('--jobs <number>', 'builds at once (default: one for each processor)', positive)
    .option('--unsafe-no-sandbox', "run the packages' build scripts with your rights")
    .option('--json', 'print the manifest')
    .addHelpText('after', BUILD_HELP)
    .action(async (path: string, flags: BuildFlags) => {
      const recipe = readRecipe(path);
      const interruption = new AbortController();
      const interrupt = () => interruption.abort();
      process.once('SIGINT', interrupt);
      try {
        const manifest = await buildCorpus(recipe, {
          out: flags.output ?? `data/${recipe.name}`,
          workDir: flags.work,
          ...(flags.jobs !== undefined && { jobs: flags.jobs }),
          unsafeNoSandbox: flags.unsafeNoSandbox ?? false,
          onProgress: teller(session),
          signal: interruption.signal,
        });
        if (flags.json) print(session, renderJson(manifest));
        else session.stdout.write(renderCard(manifest));
      } finally {
        process.off('SIGINT', interrupt);
      }
    });
}

function checkCommand(session: Session): Command {
  return new Command('check')
    .description('Read a data set through: is it whole, and how much of its test side leaks from training?')
    .argument('<dir>', 'folder of the data set')
    .option('--json', 'print JSON')
    .addHelpText('after', JUDGE_HELP)
    .action(async (directory: string, flags: { json?: boolean }) => {
      const report = await checkCorpus(directory);
      if (flags.json) print(session, renderJson(report));
      else session.stdout.write(renderCheck(report));
      if (report.damage.length > 0) {
        throw new BinscribeError('corrupt', `${directory}: ${report.damage[0]}`);
      }
    });
}

function showCommand(session: Session): Command {
  return new Command('show')
    .description('Print what a data set is made of.')
    .argument('<dir>', 'folder of the data set')
    .option('--json', 'print the manifest')
    .addHelpText('after', JUDGE_HELP)
    .action((directory: string, flags: { json?: boolean }) => {
      const manifest = readManifest(directory);
      if (flags.json) print(session, renderJson(manifest));
      else session.stdout.write(renderCard(manifest));
    });
}

function print(session: Session, pieces: Iterable<string>): void {
  for (const piece of pieces) session.stdout.write(piece);
}

/** Milliseconds between two lines in a log; a terminal's one line is rewritten each time. */
const LOG_PAUSE = 5000;

/** Tells progress on standard error. */
function teller(session: Session): (progress: BuildProgress) => void {
  const { stderr } = session;
  let last = 0;
  return ({ done, total, failed, step, left }) => {
    const now = performance.now();
    if (!stderr.isTTY && done < total && now - last < LOG_PAUSE) return;
    last = now;
    const failures = failed > 0 ? `, ${failed} failed` : '';
    const forecast = left === undefined ? '' : `, ${Math.ceil(left / 60_000)} min left`;
    const text = sanitize(`${done} of ${total} builds${failures}${forecast}: ${step}`, widthOf(stderr) - 1);
    stderr.write(stderr.isTTY ? `\r\u001b[K${text}${done === total ? '\n' : ''}` : `${text}\n`);
  };
}

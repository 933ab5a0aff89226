/** `binscribe explain`: programs to reports, on standard output, in a file or in a folder. */

import { Command } from 'commander';
import type { ExplainOptions } from '../explain.ts';
import { wantsFolder } from '../folder/place.ts';
import { addFormatOptions, FORMAT_HELP, SHOWN } from '../formats.ts';
import { collect, collectList, positive } from '../options.ts';
import type { Session } from '../session.ts';

const EXAMPLES = `
Examples:
  $ binscribe explain /bin/ls                      the most interesting functions, a line each
  $ binscribe explain /bin/ls --function main -v   one function and all the evidence
  $ binscribe explain /bin/ls --function main --source
  $ binscribe explain /usr/bin/git --json | jq '.functions[] | select(.names != [])'
  $ binscribe explain /usr/bin/git --html -o git.html
  $ binscribe known sdk/*.a -o sdk && binscribe explain firmware.elf --known sdk
  $ binscribe explain ./firmware --html -o reports  every program of a folder, and an index of them
${FORMAT_HELP}

Of a folder, and of several files where -o names a folder or the format is not one for several, each program gets
a report of its own in the folder that -o names, with index.html, index.json and index.csv. Stopped or killed, the
same command goes on where it was; a report is made again only where its program, the model, binscribe or the
options are others.

Beside what the model has learned from, functions of some thirty libraries (zlib, SQLite, libpng and others) are known, so
that they are found inside programs that hold copies of them. What their authors say of them stands quoted in BECAUSE,
and with -v after "summary": SURE is also the probability of that. --known DIR adds libraries of yours.

What a function does as far as its code tells it ("computes CRC-32 checksums", by their table) stands in BECAUSE, and
all of it with -v after "does": it is read off and has no score.

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
    .option(
      '--source',
      'a draft of the source of each --function, compiled again and compared where that can be',
    )
    .option('-a, --all', `all functions, not just the ${SHOWN} most interesting`)
    .option('-v, --verbose', 'the evidence for each function')
    .option('--model <dir>', 'model folder (default: the one that comes with binscribe)')
    .option(
      '--known <dir>',
      'a folder of functions to be known besides, as `binscribe known` makes of libraries; may be repeated',
      collect,
    )
    .option('--no-known', 'no functions but those that the model itself knows')
    .option(
      '--labels <list>',
      'labels of your own for functions, as "parses JSON,plays sound"; may be repeated',
      collectList,
    )
    .option('--no-labels', 'no labels: they take most of the time in large programs')
    .option(
      '--meaning <dir>',
      'folder of the model that gives labels (default: the one that comes with binscribe, if any)',
    )
    .option(
      '--no-summaries',
      'no summaries by a network, which writes for some seconds: only those of known functions, by their authors',
    )
    .option(
      '--writer <dir>',
      'folder of the model that writes summaries, of each --function or of the 50 most interesting functions ' +
        '(default: the one that comes with binscribe, if any)',
    )
    .option('-o, --output <path>', 'write here instead of to standard output')
    .option('--jobs <number>', 'programs of a folder at a time (default: 2, or 1 on one core)', positive)
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: ExplainOptions) => {
      if (wantsFolder(files, options)) {
        const { explainFolder } = await import('../folder/command.ts');
        return explainFolder(files, options, session);
      }
      const { explainFiles } = await import('../explain.ts');
      return explainFiles(files, options, session);
    });
}

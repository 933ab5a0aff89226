/** `binscribe study …`: figures measured on programs and data sets. */

import { Command } from 'commander';
import type { DatasetsFlags } from '../datasets.ts';
import { collect, positive } from '../options.ts';
import type { Session } from '../session.ts';
import type { StartsFlags } from '../starts.ts';
import type { SweepFlags } from '../sweep/command.ts';
import { DEFAULT_PLACES } from '../sweep/places.ts';

const STARTS_HELP = `
Examples:
  $ binscribe corpus build corpora/first.json -o data/first
  $ binscribe study starts -o results/function-starts
  $ binscribe study starts --no-unwind-tables --package inetutils -o results/function-starts-no-unwind`;

const SWEEP_HELP = `
Examples:
  $ binscribe study sweep -o results/sweep
  $ binscribe study sweep /usr/sbin /opt/tool/bin -o /tmp/sweep --jobs 2

The default places are ${DEFAULT_PLACES.join(' and ')}. What is done is kept in PATH.partial.jsonl: a
sweep that was stopped, or killed, goes on where it was when the same command is given again.`;

const DATASETS_HELP = `
Examples:
  $ binscribe study datasets corpora/edc-controls.json --data ../shared/data -o results/edc-controls

A list names sets of rows, two fields of each, and how to embed them:
  {"sets": [{"name": "pairs", "rows": "pairs.jsonl", "input": "code", "output": "text",
             "embedders": [{"input": {"embedder": "words"}, "output": {"embedder": "words"}}]}]}
A set may also have "columns" and "delimiter" of its table, "least" ({"score": 4}: rows with a number of at least so
much), "divide" (a field's first line and the rest as two fields), and "program" (its functions' code joins the rows
by name). What is done is kept in PATH.partial.jsonl: the same command goes on where it was stopped.`;

/** Seconds: the budget of `explain` ends after 600, and what goes on after that has left it. */
const SWEEP_LIMIT = 900;

export function studyCommand(session: Session): Command {
  return new Command('study')
    .description(
      'Measure on many programs, or many data sets, what the reader finds and what texts are worth.',
    )
    .addCommand(startsCommand(session))
    .addCommand(sweepCommand(session))
    .addCommand(datasetsCommand(session));
}

function startsCommand(session: Session): Command {
  return new Command('starts')
    .description(
      'Strip every program that `corpus build` has kept; compare the functions found with its symbols.',
    )
    .option('--work <dir>', 'working folder of `corpus build`', 'work/corpus')
    .option('--no-unwind-tables', 'strip the unwind tables too')
    .option('--package <name>', 'only programs of this package; may be repeated', collect)
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', STARTS_HELP)
    .action(async (flags: StartsFlags) => {
      const { studyStarts } = await import('../starts.ts');
      await studyStarts(flags, session);
    });
}

function sweepCommand(session: Session): Command {
  return new Command('sweep')
    .description('Explain every ELF file of the machine, or of the places named; count times and failures.')
    .argument('[places...]', 'files, folders, and patterns as /usr/lib/*.so*')
    .requiredOption('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--model <dir>', 'model folder (default: the one that comes with binscribe)')
    .option('--jobs <number>', 'programs at a time; more than one makes each slower', positive, 1)
    .option('--limit <seconds>', 'give a program up after this', positive, SWEEP_LIMIT)
    .option('--json', 'print JSON')
    .addHelpText('after', SWEEP_HELP)
    .action(async (named: string[], flags: SweepFlags) => {
      const { studySweep } = await import('../sweep/command.ts');
      await studySweep(named, flags, session);
    });
}

function datasetsCommand(session: Session): Command {
  return new Command('datasets')
    .description('Embedding Distance Correlation of several sets of pairs, each beside its shuffled twin.')
    .argument('<list>', 'JSON file that names the sets')
    .option('--data <dir>', "folder that the list's paths start from (default: where the list lies)")
    .requiredOption('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--limit <number>', 'items of a set; of more a sample is taken', positive, 10_000)
    .option('--resamples <number>', 'of the bootstrap, and shuffles', positive, 200)
    .option('--seed <number>', 'of everything that is drawn', positive, 1)
    .option('--json', 'print JSON')
    .addHelpText('after', DATASETS_HELP)
    .action(async (list: string, flags: DatasetsFlags) => {
      const { studyDatasets } = await import('../datasets.ts');
      await studyDatasets(list, flags, session);
    });
}

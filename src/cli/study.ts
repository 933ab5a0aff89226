/** `binscribe study …`: figures measured on programs. */

import { Command } from 'commander';
import { listPrograms } from '../corpus/index.ts';
import { renderJson } from '../explain/render/json.ts';
import { measureFunctionStarts, type StartsOfProgram } from '../tasks/function-starts.ts';
import { renderStarts, reportStarts } from '../tasks/starts-report.ts';
import { collect } from './options.ts';
import { Progress } from './progress.ts';
import { publish, type ResultFlags } from './result.ts';
import type { Session } from './session.ts';
import { sweepCommand } from './sweep/command.ts';

const STARTS_HELP = `
Examples:
  $ binscribe corpus build corpora/first.json -o data/first
  $ binscribe study starts -o results/function-starts
  $ binscribe study starts --no-unwind-tables --package inetutils -o results/function-starts-no-unwind`;

export function studyCommand(session: Session): Command {
  return new Command('study')
    .description('Measure on many programs what the reader finds and how long explaining takes.')
    .addCommand(startsCommand(session))
    .addCommand(sweepCommand(session));
}

interface StartsFlags extends ResultFlags {
  work: string;
  unwindTables: boolean;
  package?: string[];
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
      const programs = listPrograms(flags.work).filter(
        (program) => flags.package?.includes(program.package) ?? true,
      );
      const stripping = flags.unwindTables ? 'symbols' : 'unwind tables too';
      const progress = new Progress(session, 'measuring function starts', 'programs');
      const measured: StartsOfProgram[] = [];
      for (const program of measureFunctionStarts(programs, stripping)) {
        measured.push(program);
        progress.update(measured.length, programs.length);
      }
      progress.end();
      const report = reportStarts(measured, stripping);
      await publish(session, flags, renderStarts(report), renderJson(report));
    });
}

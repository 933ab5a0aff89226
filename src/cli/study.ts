/** `binscribe study …`: figures measured on what was built. */

import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { listPrograms } from '../corpus/index.ts';
import { measureFunctionStarts, renderStarts } from '../tasks/function-starts.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';

const STARTS_HELP = `
Example:
  $ binscribe corpus build corpora/first.json -o data/first
  $ binscribe study starts -o results/function-starts`;

export function studyCommand(session: Session): Command {
  return new Command('study')
    .description('Measure on built programs, and reproduce the tables of the papers.')
    .addCommand(startsCommand(session));
}

function startsCommand(session: Session): Command {
  return new Command('starts')
    .description(
      'Strip every program that `corpus build` has kept; compare the functions found with its symbols.',
    )
    .option('--work <dir>', 'working folder of `corpus build`', 'work/corpus')
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', STARTS_HELP)
    .action((flags: { work: string; output?: string; json?: boolean }) => {
      const progress = new Progress(session, 'measuring function starts', 'programs');
      const report = measureFunctionStarts(listPrograms(flags.work), (done, total) =>
        progress.update(done, total),
      );
      progress.end();
      const json = `${JSON.stringify(report, null, 2)}\n`;
      const table = renderStarts(report);
      if (flags.output !== undefined) {
        writeFileSync(`${flags.output}.json`, json);
        writeFileSync(`${flags.output}.md`, table);
      }
      session.stdout.write(flags.json ? json : table);
    });
}

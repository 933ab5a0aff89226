import { Command } from 'commander';
import { collect } from '../../options.ts';
import type { Session } from '../../session.ts';
import type { StartsFlags } from '../../starts.ts';

const HELP = `
Examples:
  $ binscribe corpus build corpora/first.json -o data/first
  $ binscribe study starts -o results/function-starts
  $ binscribe study starts --no-unwind-tables --package inetutils -o results/function-starts-no-unwind`;

export function startsCommand(session: Session): Command {
  return new Command('starts')
    .description(
      'Strip every program that `corpus build` has kept; compare the functions found with its symbols.',
    )
    .option('--work <dir>', 'working folder of `corpus build`', 'work/corpus')
    .option('--no-unwind-tables', 'strip the unwind tables too')
    .option('--package <name>', 'only programs of this package; may be repeated', collect)
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (flags: StartsFlags) => {
      const { studyStarts } = await import('../../starts.ts');
      await studyStarts(flags, session);
    });
}

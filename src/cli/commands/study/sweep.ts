import { Command } from 'commander';
import { positive } from '../../options.ts';
import type { Session } from '../../session.ts';
import type { SweepFlags } from '../../sweep/command.ts';
import { DEFAULT_PLACES } from '../../sweep/places.ts';

const HELP = `
Examples:
  $ binscribe study sweep -o results/sweep
  $ binscribe study sweep /usr/sbin /opt/tool/bin -o /tmp/sweep --jobs 2

The default places are ${DEFAULT_PLACES.join(' and ')}. What is done is kept in PATH.partial.jsonl: a
sweep that was stopped, or killed, goes on where it was when the same command is given again.`;

/** Seconds: the budget of `explain` ends after 600, and what goes on after that has left it. */
const SWEEP_LIMIT = 900;

export function sweepCommand(session: Session): Command {
  return new Command('sweep')
    .description('Explain every ELF file of the machine, or of the places named; count times and failures.')
    .argument('[places...]', 'files, folders, and patterns as /usr/lib/*.so*')
    .requiredOption('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--model <dir>', 'model folder (default: the one that comes with binscribe)')
    .option('--jobs <number>', 'programs at a time; more than one makes each slower', positive, 1)
    .option('--limit <seconds>', 'give a program up after this', positive, SWEEP_LIMIT)
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (named: string[], flags: SweepFlags) => {
      const { studySweep } = await import('../../sweep/command.ts');
      await studySweep(named, flags, session);
    });
}

import { Command } from 'commander';
import type { ResultFlags } from '../../result.ts';
import type { Session } from '../../session.ts';

const HELP = `
Examples:
  $ binscribe study capabilities data/crowd -o results/capabilities

What code tells by itself needs no model, and no score. That a number in it is an algorithm's may still be chance: of each
algorithm the functions are counted that have its numbers, and how many of them, their files or their packages are named
after it. Tables in data are not in a data set, and not judged.`;

export function capabilitiesCommand(session: Session): Command {
  return new Command('capabilities')
    .description('Is what code tells by itself what programmers call it?')
    .argument('<data...>', 'folders of data sets')
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (folders: string[], flags: ResultFlags) => {
      const { studyCapabilitiesOf } = await import('../../capabilities-study.ts');
      await studyCapabilitiesOf(folders, flags, session);
    });
}

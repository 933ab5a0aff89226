import { Command } from 'commander';
import type { ResultFlags } from '../../result.ts';
import type { Session } from '../../session.ts';

const HELP = `
Examples:
  $ binscribe study lengths data/functions data/anghabench -o results/lengths

Rows that are no normalised duplicate count. A token is a run of letters, digits and _, or another mark by itself, in
source, assembly, LLVM IR and text alike. PATH.svg has the histograms.`;

export function lengthsCommand(session: Session): Command {
  return new Command('lengths')
    .description("Plot how long source, disassembly, LLVM IR and text of data sets' rows are, in tokens.")
    .argument('<data...>', 'folders of data sets')
    .option('-o, --output <path>', 'write PATH.json, PATH.md and PATH.svg')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (directories: string[], flags: ResultFlags) => {
      const { studyLengths } = await import('../../lengths.ts');
      await studyLengths(directories, flags, session);
    });
}

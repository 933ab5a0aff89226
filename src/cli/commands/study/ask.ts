import { Command } from 'commander';
import type { AskStudyFlags } from '../../ask-study.ts';
import { collect, LEARNED, MEANING_MODEL } from '../../options.ts';
import type { Session } from '../../session.ts';

const HELP = `
Examples:
  $ binscribe study ask data/crowd -o results/ask
  $ binscribe study ask data/crowd --build "gcc-12 O2" --model models/meaning

Each comment on a function of a test package is a question about the program that the function is in, in each of its
builds: recall@1, recall@10 and MRR of the right function among all of the program, with 95 % intervals over packages,
beside the network alone, the lexicon alone, a search for words in strings and names of imports, and chance.`;

export function askStudyCommand(session: Session): Command {
  return new Command('ask')
    .description(
      "Ask people's comments of test programs: how often `ask` finds the function they were written for.",
    )
    .argument('<data>', 'folder of a data set with comments')
    .option(...MEANING_MODEL)
    .option(
      '--build <name>',
      'only programs by this compiler at this level, "gcc-12 O2"; may be repeated',
      collect,
    )
    .option(...LEARNED)
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (data: string, flags: AskStudyFlags) => {
      const { studyQuestions } = await import('../../ask-study.ts');
      await studyQuestions(data, flags, session);
    });
}

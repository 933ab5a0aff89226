import { Command } from 'commander';
import type { DraftsFlags } from '../../drafts.ts';
import { positive } from '../../options.ts';
import type { Session } from '../../session.ts';

const HELP = `
Examples:
  $ binscribe study drafts ../shared/data/llm4decompile/decompile-eval.json -o results/drafts

The problems of Decompile-Eval are C functions with unit tests. Each reference is compiled and tested in the sandbox at
each level; so are functions that do nothing, which shows the tests that decide nothing. Then the reference stands among
other problems' functions, and among near misses of itself, and the one whose code is the likest to the target's is
taken, with the compiler and level of the target and with others. What is done is kept in PATH.partial.jsonl: the same
command goes on where it was stopped.`;

export function draftsCommand(session: Session): Command {
  return new Command('drafts')
    .description(
      'How well unit tests and the likeness of code tell right drafts of a function from wrong ones.',
    )
    .argument('<file>', 'decompile-eval.json of LLM4Decompile')
    .requiredOption('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--compiler <name>', 'what targets are compiled with', 'gcc-12')
    .option('--other <name>', 'the one that candidates are compiled with besides', 'clang-14')
    .option('--rivals <number>', 'wrong sources beside each right one', positive, 9)
    .option('--seed <number>', 'of everything that is drawn', positive, 1)
    .option('--limit <number>', 'take only the first problems', positive)
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: DraftsFlags) => {
      const { studyDrafts } = await import('../../drafts.ts');
      await studyDrafts(file, flags, session);
    });
}

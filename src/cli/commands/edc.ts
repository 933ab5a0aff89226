/** `binscribe edc`: is a set of pairs worth training on? */

import { Command, Option } from 'commander';
import type { EdcFlags } from '../edc.ts';
import { positive } from '../options.ts';
import type { Session } from '../session.ts';

const HELP = `
Embedders:
  words      tf-idf of words, 128 singular vectors; of text
  opcodes    the same of opcodes and pairs of them; of machine code (bytes, or hexadecimal digits)
  encoder    a function encoder's vectors (--model); of machine code
  vectors    the field holds lists of numbers, by whatever made them

Examples:
  $ binscribe edc pairs.jsonl --input code --output summary -o report
  $ binscribe edc sts.tsv --input s1 --output s2 --by genre
  $ binscribe edc data/functions --input code --output name --by package --json
  $ binscribe edc data/stackoverflow --input source --output text --by text_kind

Embedding Distance Correlation (arXiv 2404.19631): how far the distance of two inputs tells that of their outputs.
Near 0 where texts do not belong to their inputs. All pairs of different items count; the interval is by the
bootstrap over items, and "shuffled" is what the same texts give in another order.`;

/** Names as in tasks/edc/embed.ts, which help need not load; a test compares the two. */
export const EMBEDDER_CHOICES = ['words', 'opcodes', 'encoder', 'vectors'];

export function edcCommand(session: Session): Command {
  const embedder = (side: string): Option =>
    new Option(
      `--${side}-embedder <name>`,
      `how the ${side} is embedded (default: by what the field holds)`,
    ).choices(EMBEDDER_CHOICES);
  return new Command('edc')
    .description('Judge a set of pairs: do its outputs follow from its inputs?')
    .argument('<data>', 'a data set folder, or a file .jsonl, .csv or .tsv')
    .requiredOption('--input <field>', 'field or column of the input')
    .requiredOption('--output <field>', 'field or column of the output')
    .addOption(embedder('input'))
    .addOption(embedder('output'))
    .option('--by <field>', 'one figure for each value of this field too')
    .option('--limit <number>', 'items; of more a sample is taken', positive, 10_000)
    .option('--resamples <number>', 'of the bootstrap, and shuffles', positive, 200)
    .option('--seed <number>', 'of everything that is drawn', positive, 1)
    .option('--model <dir>', 'model folder of the embedder `encoder`')
    .option('-o, --report <path>', 'write PATH.html, PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (data: string, flags: EdcFlags) => {
      const { judgeData } = await import('../edc.ts');
      await judgeData(data, flags, session);
    });
}

/** `binscribe edc`: is a set of pairs worth training on? */

import { Command, Option } from 'commander';
import type { EdcFlags } from '../edc.ts';
import { collect, positive } from '../options.ts';
import type { Session } from '../session.ts';

const HELP = `
Embedders:
  words      tf-idf of words, 128 singular vectors; of text
  opcodes    the same of opcodes and pairs of them; of machine code (bytes, or hexadecimal digits)
  encoder    a function encoder's vectors (--input-model RUN/seed-1/model); of machine code
  sentences  a folder as sentence-transformers saves it (--output-model DIR); of text
  vectors    the field holds lists of numbers, by whatever made them: {"code": [0.1, 2], "text": [3, 4, 5]}

Examples:
  $ binscribe edc data/functions -o report
  $ binscribe edc data/stackoverflow --by text_kind
  $ binscribe edc pairs.jsonl --input code --output summary --by project --by language
  $ binscribe edc sts.tsv --input s1 --output s2 --input-model all-MiniLM-L6-v2 --output-model all-MiniLM-L6-v2
  $ binscribe edc data/functions --rate 200 -o rate.csv
  $ binscribe edc data/functions --ratings ann.csv --ratings bob.csv -o report

Of a data set folder code and texts are compared, by package, compiler and level, unless told otherwise.
Embedding Distance Correlation (arXiv 2404.19631): how far the distance of two inputs tells that of their outputs.
Near 0 where texts do not belong to their inputs. All pairs of different items count. The interval is by the bootstrap
over clusters: items that share an input, an output or a definition are drawn together. "Shuffled" is what the same
texts give at other inputs; builds of one definition keep one text there, so that it tells what repetition alone gives.
Data sets name definitions themselves; of other files --group names a field that rows share which were made of one thing.`;

/** Names as in tasks/edc/embed.ts, which help need not load; a test compares the two. */
export const EMBEDDER_CHOICES = ['words', 'opcodes', 'encoder', 'sentences', 'vectors'];

export function edcCommand(session: Session): Command {
  const embedder = (side: string): Option =>
    new Option(
      `--${side}-embedder <name>`,
      `how the ${side} is embedded (default: by what the field holds, or the model is)`,
    ).choices(EMBEDDER_CHOICES);
  return new Command('edc')
    .description('Judge a set of pairs: do its outputs follow from its inputs?')
    .argument('<data>', 'a data set folder, or a file .jsonl, .csv or .tsv')
    .option('--input <field>', 'field or column of the input')
    .option('--output <field>', 'field or column of the output')
    .addOption(embedder('input'))
    .addOption(embedder('output'))
    .option('--input-model <dir>', 'model folder of the embedder `encoder` or `sentences`')
    .option('--output-model <dir>', 'the same for the output')
    .option('--by <field>', 'one figure for each value of this field too; may be repeated', collect)
    .option('--group <field>', 'rows with the same value were made of one thing; may be repeated', collect)
    .option('--limit <number>', 'items; of more a sample is taken', positive, 10_000)
    .option('--resamples <number>', 'of the bootstrap, and shuffles', positive, 200)
    .option('--seed <number>', 'of everything that is drawn', positive, 1)
    .option('--rate <number>', 'write so many items, drawn from all slices, for experts to rate', positive)
    .option('--ratings <file>', 'a rated table, joined to the report; may be repeated', collect)
    .option('-o, --report <path>', 'write PATH.html, PATH.json and PATH.md; with --rate FILE.csv or .jsonl')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (data: string, flags: EdcFlags) => {
      const { judgeData } = await import('../edc.ts');
      await judgeData(data, flags, session);
    });
}

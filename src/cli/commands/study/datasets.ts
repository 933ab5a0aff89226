import { Command } from 'commander';
import type { DatasetsFlags } from '../../datasets.ts';
import { positive } from '../../options.ts';
import type { Session } from '../../session.ts';

const HELP = `
Examples:
  $ binscribe study datasets studies/edc-controls.json --data ../shared/data -o results/edc-controls

A list names sets of rows, two fields of each, and how to embed them:
  {"sets": [{"name": "pairs", "rows": "pairs.jsonl", "input": "code", "output": "text",
             "embedders": [{"input": {"embedder": "words"}, "output": {"embedder": "words"}}]}]}
"rows" is a data set folder, JSON lines, a table, or Posts.xml of a Stack Exchange dump (title, body, tags, score).
A set may also have "columns" and "delimiter" of its table, "least" ({"score": 4}: rows with a number of at least so
much), "divide" (a field's first line and the rest as two fields), "program" (its functions' code joins the rows by
name), "group" (fields that rows share which were made of one thing), "reason" (why it is in the list) and "limits"
(what its figure cannot tell). A set whose files are not there is left out, and the table says so. What is done is
kept in PATH.partial.jsonl: the same command goes on where it was stopped.`;

export function datasetsCommand(session: Session): Command {
  return new Command('datasets')
    .description('Embedding Distance Correlation of several sets of pairs, each beside its shuffled twin.')
    .argument('<list>', 'JSON file that names the sets')
    .option('--data <dir>', "folder that the list's paths start from (default: where the list lies)")
    .requiredOption('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--limit <number>', 'items of a set; of more a sample is taken', positive, 10_000)
    .option('--resamples <number>', 'of the bootstrap, and shuffles', positive, 200)
    .option('--seed <number>', 'of everything that is drawn', positive, 1)
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (list: string, flags: DatasetsFlags) => {
      const { studyDatasets } = await import('../../datasets.ts');
      await studyDatasets(list, flags, session);
    });
}

import { Command } from 'commander';
import { multipleOfFour, positive, shares } from '../../options.ts';
import type { PredictFlags } from '../../predict.ts';
import type { Session } from '../../session.ts';

const HELP = `
Examples:
  $ binscribe study predict studies/predict.json --data data -o results/predict
  $ binscribe study predict studies/predict.json --data data -o /tmp/try --seeds 1 --shares 0,1 --steps 100 --limit 500

A list as of \`study datasets\`; of a set's embedders the first count. Of each set the texts of a share of its items
are exchanged for others, and from what that makes two explainers learn: the text of the nearest input, and a small
sequence model trained from nothing. Both are asked about items held out, whose texts are as they were: by the set's
split, or a fifth of it where it has none, never code that was trained on. PATH.html has the scores against the EDC of
what was learned from. What is done is kept in PATH.partial.jsonl: the same command goes on where it was stopped.`;

export function predictCommand(session: Session): Command {
  return new Command('predict')
    .description('Does EDC tell what a set teaches? Train explainers on sets of known and spoiled quality.')
    .argument('<list>', 'JSON file that names the sets')
    .option('--data <dir>', "folder that the list's paths start from (default: where the list lies)")
    .requiredOption('-o, --output <path>', 'write PATH.html, PATH.json and PATH.md')
    .option('--shares <list>', 'of the texts to exchange', shares, [0, 0.25, 0.5, 0.75, 1])
    .option('--seeds <number>', 'trainings of each share, which differ in their seed', positive, 3)
    .option('--limit <number>', 'items to learn from', positive, 3000)
    .option('--held-out <number>', 'items to ask about', positive, 300)
    .option('--steps <number>', 'of the sequence model', positive, 1500)
    .option('--width <number>', 'of the sequence model: four heads share it', multipleOfFour, 96)
    .option('--resamples <number>', 'of the bootstrap, and shuffles', positive, 100)
    .option('--seed <number>', 'the first seed; the others follow it', positive, 1)
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (list: string, flags: PredictFlags) => {
      const { studyPredict } = await import('../../predict.ts');
      await studyPredict(list, flags, session);
    });
}

import { Command, Option } from 'commander';
import { DEVICES } from '../../../nn/runtime.ts';
import type { ContraBinFlags } from '../../contrabin.ts';
import { collect, positives } from '../../options.ts';
import type { Session } from '../../session.ts';

const HELP = `
Examples:
  $ binscribe study contrabin studies/contrabin.json -o results/contrabin
  $ binscribe study contrabin studies/contrabin.json --question names --variant full --variant without
  $ binscribe study contrabin studies/contrabin.json --question source --seed 3 \\
      --join results/contrabin.json -o results/contrabin
  $ binscribe study contrabin studies/contrabin.json --variant within --export models/meaning
  $ binscribe study contrabin studies/meaning.json --runs runs/meaning --variant named \\
      --question summaries-alone --export models/writer

A study has a recipe of pre-training, ways that differ from it in some values, and questions: retrieval and
classification of programs by what they solve, names of functions, of a list or in any words, summaries, and source.
Source that was written is compiled in the sandbox as the given code was and compared with it; with "reexecution", the
path of Decompile-Eval's file, it is also run against unit tests, of functions that nothing may have been learned from.

With "embeddings" functions of a data set are shown on maps, in PATH.svg, as each way embeds them before it is tuned.

Each way is trained from each of its seeds and then tuned for each question, or for those that it names, some from fewer
seeds ("questions": ["names", { "name": "source", "seeds": [1] }]), and judged beside baselines on packages or
problems that nothing was learned from. Every training has a folder in --runs, with its curves: a study that was stopped,
or killed, goes on when the same command is given again, and comes to the same numbers.

--join tells the results of another day or machine together with those of now, as of one study, where settings, data sets,
sides and baselines are the same: a study may be done in parts.

--export makes the pre-training of one variant, or takes it where it is done, and writes a model of meaning: both
encoders, calibrated on the validation packages, with card.md and manifest.json, from its first seed unless one is named.
No question is asked then. With one --question of summaries it writes a model of summaries instead: the writer of that
question, tuned or taken where it is done, with what makes its likelihoods probabilities. Its "neighbours" have 0 hints:
a program has no texts to look up.

An encoder ("network" of code, "anchor" of sources and comments) has sizes of its own, or begins as a folder of RoBERTa,
CodeBERT or GraphCodeBERT: { "kind": "folder", "path": "DIR" }, with config.json, model.safetensors and tokenizer.json.
studies/contrabin-paper.json is of that size, for --device cuda.`;

export function contraBinCommand(session: Session): Command {
  return new Command('contrabin')
    .description('Pre-train encoders of code by contrast, tune them for questions, and compare the ways.')
    .argument('<study>', 'JSON file of the study')
    .option('--runs <dir>', 'folder of its trainings', 'runs/contrabin')
    .option('--question <name>', 'only this question; may be repeated', collect)
    .option('--variant <name>', 'only this way of pre-training; may be repeated', collect)
    .option('--seed <number>', 'only from this seed; may be repeated', positives)
    .addOption(new Option('--device <name>', 'what computes the trainings').choices(DEVICES).default('cpu'))
    .option('--export <dir>', 'instead: write the model of one --variant here; of --question: its summaries')
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .addOption(
      new Option('--join <results>', 'earlier PATH.json of the study: tell what is in it too').conflicts(
        'export',
      ),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (study: string, flags: ContraBinFlags) => {
      const { studyContraBin } = await import('../../contrabin.ts');
      await studyContraBin(study, flags, session);
    });
}

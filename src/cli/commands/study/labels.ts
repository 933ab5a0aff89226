import { Command } from 'commander';
import type { LabelStudyFlags } from '../../labels-study.ts';
import { LEARNED, MEANING_MODEL } from '../../options.ts';
import type { Session } from '../../session.ts';

const HELP = `
Examples:
  $ binscribe study labels studies/labels.json -o results/labels
  $ binscribe study labels studies/labels.json --model models/meaning --json

Who sorted a program's source into files has often sorted it by what functions do. A list says which files are of which
label, by package and regular expression:
  {"dataset": "data/crowd", "places": [{"label": "mathematics", "package": "musl", "files": "^src/math/"}]}
Of the test side's functions those in files of one label are held against those of the others: how often they stand
higher, beside the words that they share with the label's sentences, and how many of the labels given are right.`;

export function labelsCommand(session: Session): Command {
  return new Command('labels')
    .description('Do zero-shot labels tell what functions do, as the files tell that they were written in?')
    .argument('<study>', 'JSON file that says which files are of which label')
    .option(...MEANING_MODEL)
    .option(...LEARNED)
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (study: string, flags: LabelStudyFlags) => {
      const { studyLabelsOf } = await import('../../labels-study.ts');
      await studyLabelsOf(study, flags, session);
    });
}

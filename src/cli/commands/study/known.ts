import { Command } from 'commander';
import type { KnownStudyFlags } from '../../known-study.ts';
import { collect } from '../../options.ts';
import type { Session } from '../../session.ts';

const HELP = `
Examples:
  $ binscribe study known data/crowd -o results/known
  $ binscribe study known data/crowd --library /usr/lib/x86_64-linux-gnu/libz.a \\
      --stranger /usr/lib/x86_64-linux-gnu/libexpat.a -o results/known

The functions of the test packages, and of static libraries, whose members \`ld -r\` puts together, are named by the encoder by
itself and with what it knows besides. Of a --library the source is known, of a --stranger nothing is.`;

export function knownCommand(session: Session): Command {
  return new Command('known')
    .description(
      'Are functions of libraries recognised inside other programs, and what is told of them right?',
    )
    .argument('<data>', 'folder of a data set; of it the test side')
    .option('--known <dir>', 'another folder of known functions; may be repeated', collect)
    .option('--library <file>', 'a static library whose functions are known; may be repeated', collect)
    .option('--stranger <file>', 'one whose functions are not; may be repeated', collect)
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (folder: string, flags: KnownStudyFlags) => {
      const { studyKnown } = await import('../../known-study.ts');
      await studyKnown(folder, flags, session);
    });
}

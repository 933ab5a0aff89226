/** `binscribe known`: programs with symbols become functions that `explain` finds inside others. */

import { Command } from 'commander';
import type { KnownFlags } from '../known.ts';
import type { Session } from '../session.ts';

const EXAMPLES = `
Examples:
  $ binscribe known /opt/sdk/lib/*.a -o sdk
  $ binscribe explain firmware.elf --known sdk
  $ binscribe known build/unstripped -o mine && binscribe explain stripped --known mine

The functions of static libraries, and of programs that are not stripped, by their symbols. The folder holds names, hashes and
vectors, no code. What is built by another compiler or at another level is found too, with a smaller probability. Members of a
library are put together by \`ld\`; a file that cannot be read is told and passed over.`;

export function knownCommand(session: Session): Command {
  return new Command('known')
    .description('Make functions of libraries and programs with symbols known, to be found inside others.')
    .argument('<file...>', 'static libraries, or ELF programs, libraries and object files with symbols')
    .requiredOption('-o, --output <dir>', 'folder for what is known; one that is there is replaced')
    .option('--model <dir>', 'model folder of the encoder (default: the one that comes with binscribe)')
    .option('--json', 'print counts as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: KnownFlags) => {
      const { makeKnownOf } = await import('../known.ts');
      await makeKnownOf(files, flags, session);
    });
}

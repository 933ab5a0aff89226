/** `binscribe ask`: the functions of a program that do what a sentence says. */

import { Command } from 'commander';
import { ANSWERS } from '../../explain/limits.ts';
import type { AskFlags } from '../ask.ts';
import { MEANING_MODEL, positive } from '../options.ts';
import type { Session } from '../session.ts';

const EXAMPLES = `
Examples:
  $ binscribe ask /usr/bin/git "computes a checksum over a buffer"
  $ binscribe ask /bin/tar "prints an error message and exits" --limit 3
  $ binscribe ask firmware.elf "decodes base64" --json | jq -r '.functions[] | [.address, .score] | @tsv'

SCORE is the probability that the function is meant, where before any of the program's functions or none was as
likely. It goes by COSINE, how near function and sentence are to the model, and by WORDS of the sentence that the
function has in strings, in names of what it calls, in its own where the file has it, and in those of algorithms whose
numbers or tables it has. Where no function stands out there is no answer, and the exit code is 0.
The words of a comment above such a function work best.`;

export function askCommand(session: Session): Command {
  return new Command('ask')
    .description("Ask in English which of a program's functions does something; the likeliest come first.")
    .argument('<file>', 'ELF program, library or object file for x86-64, or a static archive of them')
    .argument('<question>', 'what the function does, as a sentence in quotes')
    .option('--limit <number>', 'functions to show at most', positive, ANSWERS)
    .option(...MEANING_MODEL)
    .option('-o, --output <file>', 'write here instead of to standard output')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, question: string, flags: AskFlags) => {
      const { askProgram } = await import('../ask.ts');
      await askProgram(path, question, flags, session);
    });
}

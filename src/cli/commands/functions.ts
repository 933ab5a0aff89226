/** `binscribe functions`: what the front end sees, no model asked. */

import { Command } from 'commander';
import type { FunctionsOptions } from '../functions.ts';
import { collect } from '../options.ts';
import type { Session } from '../session.ts';

const EXAMPLES = `
Examples:
  $ binscribe functions /bin/ls
  $ binscribe functions /bin/ls --function main --disassemble
  $ binscribe functions /bin/ls --json | jq '.functions | group_by(.source) | map({(.[0].source): length}) | add'

FOUND BY says what told that a function starts there: a symbol, an unwind table (eh_frame), the loader (entry),
a call or jump that leads to it, or a linkage stub (plt). A thunk only jumps on; a fragment is a part of a
function that the compiler moved away from the rest.`;

export function functionsCommand(session: Session): Command {
  return new Command('functions')
    .description('List the functions of a program and how each was found; no model is asked.')
    .argument('<file>', 'ELF program, library or object file for x86-64, or a static archive of them')
    .option('--json', 'print JSON')
    .option('--disassemble', 'the code of each function, in Intel syntax')
    .option('--function <name|address>', 'only this function; may be repeated', collect)
    .option('-o, --output <file>', 'write here instead of to standard output')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: FunctionsOptions) => {
      const { listFunctionsOf } = await import('../functions.ts');
      await listFunctionsOf(path, options, session);
    });
}

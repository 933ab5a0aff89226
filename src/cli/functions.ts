/** `binscribe functions`: what the front end sees, no model asked. */

import { Command } from 'commander';
import { type Listing, listFunctions } from '../explain/inventory.ts';
import { renderInventory } from '../explain/render/inventory.ts';
import { renderJson } from '../explain/render/json.ts';
import { Answer } from './answer.ts';
import { concerning } from './failure.ts';
import { readInput } from './files.ts';
import { collect } from './options.ts';
import type { Session } from './session.ts';

interface Options {
  json?: boolean;
  disassemble?: boolean;
  function?: string[];
  output?: string;
}

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
    .argument('<file>', 'ELF program, library or object file for x86-64')
    .option('--json', 'print JSON')
    .option('--disassemble', 'the code of each function, in Intel syntax')
    .option('--function <name|address>', 'only this function; may be repeated', collect)
    .option('-o, --output <file>', 'write here instead of to standard output')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: Options) => {
      const answer = new Answer(session, { output: options.output, parts: 'texts' });
      try {
        const listing = await listFunctions(await readInput(path), {
          path,
          functions: options.function ?? [],
        });
        answer.add(options.json ? jsonOf(listing, options) : textOf(listing, options, answer));
      } catch (error) {
        throw concerning(path, error);
      }
      await answer.end();
    });
}

function jsonOf({ inventory, disassembly }: Listing, options: Options): Iterable<string> {
  if (!options.disassemble) return renderJson(inventory);
  return renderJson({ ...inventory, functions: withCode() });

  function* withCode(): Generator<object> {
    for (const listed of inventory.functions) yield { ...listed, disassembly: disassembly(listed) };
  }
}

function textOf({ inventory, disassembly }: Listing, options: Options, answer: Answer): Iterable<string> {
  const { width, style } = answer;
  return renderInventory(inventory, { width, style, ...(options.disassemble && { disassembly }) });
}

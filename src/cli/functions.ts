/** `binscribe functions`: what the front end sees, no model asked. */

import { Command } from 'commander';
import { type Listing, listFunctions } from '../explain/inventory.ts';
import { renderInventory } from '../explain/render/inventory.ts';
import { renderJson } from '../explain/render/json.ts';
import { Answer } from './answer.ts';
import { concerning } from './failure.ts';
import { eachProgram, type Input, LARGE, namesArchive } from './inputs.ts';
import { collect } from './options.ts';
import { Progress } from './progress.ts';
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
    .argument('<file>', 'ELF program, library or object file for x86-64, or a static archive of them')
    .option('--json', 'print JSON')
    .option('--disassemble', 'the code of each function, in Intel syntax')
    .option('--function <name|address>', 'only this function; may be repeated', collect)
    .option('-o, --output <file>', 'write here instead of to standard output')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: Options) => {
      const archive = await namesArchive(path);
      const parts = options.json === true && archive ? 'array' : 'texts';
      const answer = new Answer(session, { output: options.output, parts });
      try {
        await eachProgram(path, session, async (input) => {
          const listing = await listProgram(input, options, session);
          if (options.json) answer.add(jsonOf(listing, options));
          else answer.add(textOf(listing, options, answer, archive));
        });
      } catch (error) {
        throw concerning(path, error);
      }
      await answer.end();
    });
}

/** Lists one program, with progress where it takes long. */
async function listProgram({ path, bytes }: Input, options: Options, session: Session): Promise<Listing> {
  const progress = new Progress(session, `reading ${path}`);
  if (bytes.length > LARGE) progress.begin();
  try {
    return await listFunctions(bytes, {
      path,
      functions: options.function ?? [],
      progress: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.end();
  }
}

function jsonOf({ inventory, disassembly }: Listing, options: Options): Iterable<string> {
  if (!options.disassemble) return renderJson(inventory);
  return renderJson({ ...inventory, functions: withCode() });

  function* withCode(): Generator<object> {
    for (const listed of inventory.functions) yield { ...listed, disassembly: disassembly(listed) };
  }
}

/** @param titled whether it is one of several, which are told apart by their names */
function* textOf(
  { inventory, disassembly }: Listing,
  options: Options,
  { width, style }: Answer,
  titled: boolean,
): Generator<string> {
  if (titled) yield `${style.heading(inventory.file.path)}\n`;
  yield* renderInventory(inventory, { width, style, ...(options.disassemble && { disassembly }) });
}

/** `binscribe functions`: what the front end sees, no model asked. */

import { type Listing, listFunctions } from '../explain/inventory.ts';
import { renderInventory } from '../explain/render/inventory.ts';
import { renderJson } from '../explain/render/json.ts';
import { Answer } from './answer.ts';
import { concerning } from './failure.ts';
import { eachProgram, type Input, LARGE, namesArchive } from './inputs.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';

export interface FunctionsOptions {
  json?: boolean;
  disassemble?: boolean;
  function?: string[];
  output?: string;
}

/** Lists the functions of a program, or of each member of an archive. */
export async function listFunctionsOf(
  path: string,
  options: FunctionsOptions,
  session: Session,
): Promise<void> {
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
}

/** Lists one program, with progress where it takes long. */
async function listProgram(
  { path, bytes }: Input,
  options: FunctionsOptions,
  session: Session,
): Promise<Listing> {
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

function jsonOf({ inventory, disassembly }: Listing, options: FunctionsOptions): Iterable<string> {
  if (!options.disassemble) return renderJson(inventory);
  return renderJson({ ...inventory, functions: withCode() });

  function* withCode(): Generator<object> {
    for (const listed of inventory.functions) yield { ...listed, disassembly: disassembly(listed) };
  }
}

/** @param titled whether it is one of several, which are told apart by their names */
function* textOf(
  { inventory, disassembly }: Listing,
  options: FunctionsOptions,
  { width, style }: Answer,
  titled: boolean,
): Generator<string> {
  if (titled) yield `${style.heading(inventory.file.path)}\n`;
  yield* renderInventory(inventory, { width, style, ...(options.disassemble && { disassembly }) });
}

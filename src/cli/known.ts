/** `binscribe known`: programs with symbols become a folder of known functions. */

import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { checkReplaceable } from '../corpus/replace.ts';
import { BinscribeError } from '../error.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { EncoderModel } from '../models/encoder/model.ts';
import { count } from '../numbers.ts';
import { KNOWN_FOLDER } from '../tasks/known/build.ts';
import { namedProgram } from '../tasks/known/named.ts';
import { OwnFunctions } from '../tasks/known/own.ts';
import { concerning, tellFailure } from './failure.ts';
import { readInput } from './files.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';

export interface KnownFlags {
  output: string;
  model?: string;
  json?: boolean;
}

/** @throws BinscribeError `usage` where the model is no encoder, or no file has functions with symbols */
export async function makeKnownOf(
  files: readonly string[],
  { output, model: folder, json }: KnownFlags,
  session: Session,
): Promise<void> {
  checkReplaceable(output, KNOWN_FOLDER);
  const model = await session.openModel(folder, false);
  if (!(model instanceof EncoderModel)) {
    throw new BinscribeError('usage', `an encoder expected, got ${model.card.id}`, {
      hint: 'Leave --model out, or name the folder of an encoder.',
    });
  }
  const own = new OwnFunctions(model);
  const progress = new Progress(session, 'reading functions', 'files');
  progress.begin();
  const programs: Record<string, number> = {};
  for (const [i, path] of files.entries()) {
    try {
      const bytes = await readInput(path);
      const hash = createHash('sha256').update(bytes).digest('hex');
      programs[path] = await own.add(await namedProgram(path, bytes), hash);
    } catch (error) {
      const code = tellFailure(concerning(path, error), session);
      session.status ||= code;
    }
    progress.update(i + 1, files.length);
  }
  progress.end();
  const { functions, names } = await own.write(basename(resolve(output)), output);
  if (json) {
    for (const part of renderJson({ functions, names, programs })) session.stdout.write(part);
    return;
  }
  for (const [path, large] of Object.entries(programs)) {
    session.stdout.write(`${sanitize(path)}: ${count(large)} functions\n`);
  }
  session.stdout.write(
    `${sanitize(output)}: ${count(functions)} different functions with ${count(names)} names\n`,
  );
}

/** `binscribe ask`: the functions of a program that do what a sentence says. */

import { ask, type AskOptions } from '../explain/ask.ts';
import type { Asked } from '../explain/ask-schema.ts';
import { renderAsked } from '../explain/render/ask.ts';
import { renderJson } from '../explain/render/json.ts';
import type { MeaningModel } from '../models/meaning/model.ts';
import { Answer } from './answer.ts';
import { concerning } from './failure.ts';
import { eachProgram, type Input, LARGE, namesArchive } from './inputs.ts';
import { noMeaning } from './model.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';

export interface AskFlags {
  model?: string;
  limit?: number;
  json?: boolean;
  output?: string;
}

/** Asks a program, or each member of an archive. */
export async function askProgram(
  path: string,
  question: string,
  flags: AskFlags,
  session: Session,
): Promise<void> {
  const model = await session.openMeaning(flags.model);
  if (model === null) throw noMeaning();
  const archive = await namesArchive(path);
  const answer = new Answer(session, {
    output: flags.output,
    parts: flags.json === true && archive ? 'array' : 'texts',
  });
  try {
    await eachProgram(path, session, async (input) => {
      const asked = await askOne(input, question, model, flags, session);
      answer.add(flags.json ? renderJson(asked) : [renderAsked(asked, answer.width, answer.style)]);
    });
  } catch (error) {
    throw concerning(path, error);
  }
  await answer.end();
}

/** Asks one program, with progress where it takes long. */
async function askOne(
  { path, bytes }: Input,
  question: string,
  model: MeaningModel,
  { limit }: AskFlags,
  session: Session,
): Promise<Asked> {
  const progress = new Progress(session, `reading ${path}`);
  if (bytes.length > LARGE) progress.begin();
  const options: AskOptions = {
    path,
    progress: (done, total) => progress.update(done, total),
    ...(limit !== undefined && { limit }),
  };
  try {
    return await ask(bytes, question, model, options);
  } finally {
    progress.end();
  }
}

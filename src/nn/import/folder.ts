/** How the files of a model come in: whoever knows a disk or a network implements this. */

import { BinscribeError, corrupt, describeError, describeIssue } from '../../error.ts';
import type { z } from 'zod';

export interface Folder {
  /** For messages. */
  readonly where: string;
  /** The contents of a file by its plain name, `null` where there is no such file. */
  read(name: string): Promise<Uint8Array | null>;
}

/** @throws BinscribeError of kind `missing`, with what could be done about it */
export async function readNeeded(folder: Folder, name: string, hint: string): Promise<Uint8Array> {
  const bytes = await folder.read(name);
  if (bytes === null) throw new BinscribeError('missing', `${folder.where}: there is no ${name}`, { hint });
  return bytes;
}

/** @throws BinscribeError of kind `corrupt` for what is not UTF-8 or not JSON */
export function parseJson(bytes: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    // V8 quotes the text around the mistake, which is a stranger's.
    const reason = error instanceof SyntaxError ? 'not JSON' : describeError(error);
    throw corrupt(`${where}: ${reason}`);
  }
}

/** @throws BinscribeError of kind `corrupt` that says which field is wrong */
export function parseDocument<T>(schema: z.ZodType<T>, bytes: Uint8Array, where: string): T {
  const parsed = schema.safeParse(parseJson(bytes, where));
  if (!parsed.success) throw corrupt(`${where}: ${describeIssue(parsed.error.issues)}`);
  return parsed.data;
}

/** `manifest.json` of a run: what a model was trained on, how, and what came out. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BinscribeError, corrupt, describeError } from '../error.ts';
import { recipeShape } from './recipe.ts';

export const RUN_SCHEMA = 1;

const runShape = z.strictObject({
  schema: z.literal(RUN_SCHEMA),
  tool: z.string(),
  recipe: recipeShape,
  dataset: z.strictObject({
    name: z.string(),
    /** SHA-256 of the data set's manifest, and of its shards by file. */
    manifest: z.string(),
    shards: z.record(z.string(), z.string()),
  }),
  /** SHA-256 of the run's files. */
  files: z.record(z.string(), z.string()),
  figures: z.record(z.string(), z.number()),
});

export type RunManifest = z.infer<typeof runShape>;

/** @throws BinscribeError: `missing` where there is no run, `corrupt` where its manifest is damaged. */
export function readRun(folder: string): RunManifest {
  const path = join(folder, 'manifest.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new BinscribeError('missing', `no run in ${folder}: ${describeError(error)}`, {
      hint: 'Make one with binscribe train recipes/first.json.',
    });
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw corrupt(`${path}: ${describeError(error)}`);
  }
  const parsed = runShape.safeParse(document);
  if (parsed.success) return parsed.data;
  const [{ path: at, message }] = parsed.error.issues;
  throw corrupt(`${path}: ${at.join('.') || 'the manifest'}: ${message}`);
}

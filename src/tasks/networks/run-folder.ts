/**
 * The folder of a network's run. `begun.json` says what it is a run of, from its first second on; `manifest.json`
 * comes last, so a run without it is one to go on with.
 */

import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readDocument } from '../../corpus/document.ts';
import { BinscribeError, describeError } from '../../error.ts';
import type { GridRow } from '../../nn/training/runs.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import { encoderRecipeShape } from '../encoder/recipe.ts';

export const BEGUN = 'begun.json';
export const NETWORK_MANIFEST = 'manifest.json';
/** In the folder of a training: what `explain --model` takes. */
export const MODEL_FOLDER = 'model';
export const NETWORK_RUN_SCHEMA = 1;

const begunShape = z.strictObject({
  schema: z.literal(NETWORK_RUN_SCHEMA),
  recipe: encoderRecipeShape,
  /** SHA-256 of the data set's manifest. */
  dataset: z.string(),
});

/** What a run is a run of. */
export type Begun = z.infer<typeof begunShape>;

const interval = z.object({
  mean: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  values: z.array(z.number()),
});
const gridRowShape: z.ZodType<GridRow> = z.object({
  choice: z.record(z.string(), z.json()),
  metrics: z.record(z.string(), interval),
});
const manifestShape = begunShape.extend({
  tool: z.string(),
  /** What computed. */
  device: z.string(),
  /** Functions learned from, functions that judge, and of the latter those left out as leaks. */
  counts: z.record(z.string(), z.number()),
  /** SHA-256 of the files of each training, by path. */
  files: z.record(z.string(), z.string()),
  rows: z.array(gridRowShape),
});

/** `manifest.json`: all that decided the run's results, and the results. */
export type NetworkManifest = z.infer<typeof manifestShape>;

/** @throws BinscribeError `missing` where there is no run, `corrupt` where it is damaged */
export function readBegun(folder: string): Begun {
  return readDocument(join(folder, BEGUN), {
    shape: begunShape,
    name: 'run that can be resumed',
    absent: 'missing',
    wrong: 'corrupt',
    hint: 'Give the recipe instead: `binscribe train RECIPE.json` begins a run.',
  });
}

/** Whether a folder is the run of a network, finished or not. */
export function isNetworkRun(folder: string): boolean {
  return existsSync(join(folder, BEGUN));
}

/** @throws BinscribeError `missing` where there is no finished run, `corrupt` where its manifest is damaged */
export function readNetworkManifest(folder: string): NetworkManifest {
  return readDocument(join(folder, NETWORK_MANIFEST), {
    shape: manifestShape,
    name: 'manifest of a run',
    absent: 'missing',
    wrong: 'corrupt',
    hint: 'A run that is not over has none: `binscribe train --resume RUN` goes on with it.',
  });
}

/**
 * Makes the folder of a run, or finds the one to go on with. A run that is finished makes room.
 * @returns whether there is something to go on with
 * @throws BinscribeError `usage` where the folder holds something else, `unreadable` where it can't be written
 */
export async function beginRun(folder: string, begun: Begun): Promise<boolean> {
  try {
    mkdirSync(folder, { recursive: true });
    const files = readdirSync(folder);
    if (files.length > 0 && !files.includes(BEGUN)) {
      throw new BinscribeError(
        'usage',
        `${folder}: there is a folder that is no network's run; it is left alone`,
        {
          hint: 'Name another with -o.',
        },
      );
    }
    if (existsSync(join(folder, NETWORK_MANIFEST))) rmSync(folder, { recursive: true });
    else if (files.length > 0) {
      if (JSON.stringify(readBegun(folder)) === JSON.stringify(begun)) return true;
      throw new BinscribeError(
        'usage',
        `${folder}: an unfinished run of another recipe or data set is there; it is left alone`,
        {
          hint: `Finish it with \`binscribe train --resume ${folder}\`, remove it, or name another with -o.`,
        },
      );
    }
    await fileStore(folder).write(BEGUN, new TextEncoder().encode(`${JSON.stringify(begun, null, 1)}\n`));
    return false;
  } catch (error) {
    if (error instanceof BinscribeError) throw error;
    throw new BinscribeError('unreadable', `${folder}: cannot write a run here: ${describeError(error)}`, {
      cause: error,
    });
  }
}

/** Model folders from disk. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BinscribeError, corrupt } from '../error.ts';
import type { ReadPart } from '../models/document.ts';
import { loadModel } from '../models/folder.ts';
import { loadKnown } from '../models/known/folder.ts';
import type { MeaningModel } from '../models/meaning/model.ts';
import type { Model } from '../models/model.ts';
import type { SummaryModel } from '../models/summaries/model.ts';
import type { Runtime } from '../nn/runtime.ts';
import { readInput } from './files.ts';
import type { KnownFolders } from './session.ts';

/** A folder that comes with the package; the same place as seen from `src/cli` and from `dist/cli`. */
const shipped = (name: string): string => fileURLToPath(new URL(`../../models/${name}`, import.meta.url));

/** What a kind of folder is called, and what to do where there is none. */
interface FolderWords {
  readonly shipped: string;
  readonly what: string;
  /** Where the shipped one is missing or damaged, and where another is. */
  readonly reinstall: string;
  readonly makers: string;
}

const MODEL: FolderWords = {
  shipped: shipped('encoder'),
  what: 'model',
  reinstall: 'It comes with the package: `npm install binscribe` again, or name another with --model.',
  makers:
    '`binscribe train` makes model folders; without --model the one that comes with the package is used.',
};

const MEANING: FolderWords = {
  shipped: shipped('meaning'),
  what: 'model of meaning',
  reinstall:
    'Name a folder that `binscribe study contrabin STUDY.json --variant NAME --export DIR` has written: ask takes it as --model, explain as --meaning.',
  makers: '`binscribe study contrabin STUDY.json --variant NAME --export DIR` makes such folders.',
};

const KNOWN: FolderWords = {
  shipped: shipped('known'),
  what: 'folder of known functions',
  reinstall: 'It comes with the package: `npm install binscribe` again, or name others with --known.',
  makers:
    '`binscribe known` makes such folders of your libraries, `binscribe train` of recipes like recipes/known.json.',
};

const WRITER: FolderWords = {
  shipped: shipped('writer'),
  what: 'model of summaries',
  reinstall: 'It comes with the package: `npm install binscribe` again, or name another with --writer.',
  makers:
    '`binscribe study contrabin STUDY.json --variant NAME --question NAME --export DIR` makes such folders.',
};

/** What makes a folder a model. */
const DOCUMENT = 'model.json';

/**
 * The model in a folder, by default the one that comes with the package, which knows the functions of another folder too.
 * @param known further folders of functions that it shall know; false where it shall know no more than its own
 * @throws BinscribeError of kind `missing` where there is no model, `corrupt` where it is damaged, `usage` where what it shall
 *   know is for another
 */
export async function openModel(folder?: string, known: KnownFolders = []): Promise<Model> {
  const place = folder ?? MODEL.shipped;
  // What ships is for the encoder that ships.
  const own = folder === undefined && isModel(KNOWN.shipped) ? [KNOWN.shipped] : [];
  const beside = known === false ? [] : [...own, ...known];
  const parts = await Promise.all(
    beside.map((one) => openFolder(one, KNOWN, (read) => loadKnown(read, one))),
  );
  return openFolder(place, MODEL, (read) =>
    loadModel(read, place, { runtime: nodeRuntimeLate, known: parts }),
  );
}

/**
 * The model of meaning in a folder, by default the one that comes with the package.
 * @returns `null` where none is named and none comes with it
 * @throws BinscribeError of kind `missing` where a named one is not there, `corrupt` where it is damaged
 */
export async function openMeaning(folder?: string): Promise<MeaningModel | null> {
  const place = folder ?? MEANING.shipped;
  if (folder === undefined && !isModel(place)) return null;
  return openFolder(place, MEANING, async (read) => {
    const { loadMeaning } = await import('../models/meaning/folder.ts');
    return loadMeaning(read, place, await nodeRuntimeLate());
  });
}

/**
 * The model of summaries in a folder, by default the one that comes with the package.
 * @returns `null` where none is named and none comes with it
 * @throws BinscribeError of kind `missing` where a named one is not there, `corrupt` where it is damaged
 */
export async function openWriter(folder?: string): Promise<SummaryModel | null> {
  const place = folder ?? WRITER.shipped;
  if (folder === undefined && !isModel(place)) return null;
  return openFolder(place, WRITER, async (read) => {
    const { loadSummaries } = await import('../models/summaries/folder.ts');
    return loadSummaries(read, place, await nodeRuntimeLate());
  });
}

/** For what cannot do without: a model of meaning that neither was named nor comes with the package. */
export function noMeaning(): BinscribeError {
  return missing(MEANING.shipped, MEANING);
}

function isModel(folder: string): boolean {
  return existsSync(join(folder, DOCUMENT));
}

function missing(folder: string, { what, shipped, reinstall, makers }: FolderWords): BinscribeError {
  return new BinscribeError('missing', `${folder}: no ${what} here: a folder with ${DOCUMENT} expected`, {
    hint: folder === shipped ? reinstall : makers,
  });
}

async function openFolder<T>(
  folder: string,
  words: FolderWords,
  load: (read: ReadPart) => Promise<T>,
): Promise<T> {
  if (!isModel(folder)) throw missing(folder, words);
  try {
    return await load((name) => readPart(folder, name));
  } catch (error) {
    // A slip in what was asked is no damage.
    if (!(error instanceof BinscribeError) || error.kind === 'usage') throw error;
    throw new BinscribeError(error.kind, error.message, {
      hint:
        folder === words.shipped
          ? words.reinstall
          : `Copy the folder again, or make it again: ${words.makers}`,
      cause: error,
    });
  }
}

/** ONNX Runtime's package takes a fifth of a second to load: only who has a network pays. */
async function nodeRuntimeLate(): Promise<Runtime> {
  const { nodeRuntime } = await import('../runtimes/node.ts');
  return nodeRuntime();
}

/** A file of the folder; one that cannot be read is damage, because `model.json` promised it. */
async function readPart(folder: string, name: string): Promise<Uint8Array> {
  const path = join(folder, name);
  try {
    return await readInput(path);
  } catch (error) {
    if (error instanceof BinscribeError) throw corrupt(`${path}: ${error.message}`);
    throw error;
  }
}

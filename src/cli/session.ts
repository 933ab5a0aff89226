/** What a command gets from outside, so that a test can run it without a process. */

import type { MeaningModel } from '../models/meaning/model.ts';
import type { Model } from '../models/model.ts';
import type { SummaryModel } from '../models/summaries/model.ts';

export interface Output {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** Folders of functions that a model shall know beside those that come with it; false where it shall know no more than its own. */
export type KnownFolders = readonly string[] | false;

export interface Session {
  /** Carries the answer and nothing else. */
  stdout: Output;
  /** Carries everything else. */
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  /** Opens a model folder; the one that comes with the package where none is given. */
  openModel(folder: string | undefined, known?: KnownFolders): Promise<Model>;
  /** The same for models of meaning; `null` where none is given and none comes with the package. */
  openMeaning(folder: string | undefined): Promise<MeaningModel | null>;
  /** The same for models of summaries. */
  openWriter(folder: string | undefined): Promise<SummaryModel | null>;
  /** The exit code so far: that of the first failure that did not end the command. */
  status: number;
}

/** Cells in a line where the output is no terminal, so that the same input gives the same bytes everywhere. */
export const DEFAULT_WIDTH = 120;

export function widthOf(output: Output): number {
  return (output.isTTY ? output.columns : undefined) ?? DEFAULT_WIDTH;
}

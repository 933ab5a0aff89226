/** Answers that were paid for once: a file for each request, by its hash, in a folder. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../corpus/hash.ts';
import { BinscribeError, describeError } from '../error.ts';

export interface AnswerCache {
  get(request: string): string | undefined;
  set(request: string, answer: string): void;
}

export class FileCache implements AnswerCache {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get(request: string): string | undefined {
    try {
      return readFileSync(this.path(request), 'utf8');
    } catch {
      return undefined;
    }
  }

  /**
   * There whole or not at all: who is killed here has asked in vain, no more.
   * @throws BinscribeError of kind `unreadable` where the folder cannot be written
   */
  set(request: string, answer: string): void {
    const path = this.path(request);
    const partial = `${path}.${process.pid}`;
    try {
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(partial, answer);
      renameSync(partial, path);
    } catch (error) {
      throw new BinscribeError('unreadable', `${this.folder}: cannot keep answers: ${describeError(error)}`, {
        cause: error,
      });
    }
  }

  /** Two levels, so that no folder has a hundred thousand files. */
  private path(request: string): string {
    const hash = sha256(request);
    return join(this.folder, hash.slice(0, 2), hash);
  }
}

/** Functions of somebody's own programs, known by their symbols: a folder that makes an encoder know them. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFolder } from '../../corpus/replace.ts';
import { BinscribeError } from '../../error.ts';
import type { EncoderModel } from '../../models/encoder/model.ts';
import { KnownFunctionsBuilder } from '../../models/known/build.ts';
import { writeKnown } from '../../models/known/folder.ts';
import { exactHash, normalizedHash, withoutPadding } from '../../tokens/normalize.ts';
import { VERSION } from '../../version.ts';
import { NO_PAIRS } from '../encoder/known.ts';
import { KNOWN_FOLDER } from './build.ts';
import { vectorsByEntry } from './collect.ts';
import type { NamedProgram } from './named.ts';

export interface OwnKnown {
  /** Different functions, and names. */
  readonly functions: number;
  readonly names: number;
}

/** Collects programs; `write` makes the folder of them. */
export class OwnFunctions {
  private readonly builder = new KnownFunctionsBuilder();
  private readonly vectors = new Map<string, Float32Array>();
  private readonly programs: string[] = [];
  private readonly model: EncoderModel;

  constructor(model: EncoderModel) {
    this.model = model;
  }

  /** @param hash of the program's file @returns how many of its functions are large enough to be known */
  async add({ from, functions, names }: NamedProgram, hash: string): Promise<number> {
    this.programs.push(`${from} ${hash}`);
    const large = functions
      .map((one, i) => ({ ...one, name: names[i], length: withoutPadding(one.body.instructions).length }))
      .filter(({ length }) => length >= this.model.floor);
    const wanted = new Set(large.map(({ address }) => address));
    const program = { functions: [...functions], wanted, imports: new Map<number, string>() };
    const inspections = await this.model.inspect(program);
    const origin = { package: from, version: '', compiler: '', optimization: '' };
    large.forEach(({ name, code, body, length }, i) => {
      const hashes = { exactHash: exactHash(code), normalizedHash: normalizedHash(body) };
      this.builder.add({ name, origin, ...hashes, length, pairs: NO_PAIRS });
      this.vectors.set(hashes.normalizedHash, inspections[i].vector!);
    });
    return large.length;
  }

  /** A folder that is there is replaced. @throws BinscribeError `usage` where no function is known, or another folder is there */
  async write(name: string, output: string): Promise<OwnKnown> {
    const known = this.builder.build();
    if (known.entries === 0) {
      throw new BinscribeError('usage', 'functions with symbols expected, got none', {
        hint: 'Give programs or libraries that are not stripped.',
      });
    }
    const vectors = vectorsByEntry(known, [...this.vectors]);
    const packages = known.origins.map((origin) => origin.package);
    const files = writeKnown(
      { known, vectors, network: this.model.network, quotations: [] },
      `${known.entries} functions of ${packages.join(', ')}.`,
      { name, version: VERSION, training: { encoder: this.model.card.id, programs: this.programs } },
    );
    await replaceFolder(output, KNOWN_FOLDER, (partial) => {
      for (const [file, bytes] of files) writeFileSync(join(partial, file), bytes);
    });
    return { functions: known.entries, names: known.names.length };
  }
}

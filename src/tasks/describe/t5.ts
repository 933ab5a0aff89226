/** A folder of T5 or CodeT5 that writes a text for each text. */

import { Generator } from '../../nn/generation/generator.ts';
import type { Folder } from '../../nn/import/folder.ts';
import { loadT5 } from '../../nn/import/huggingface.ts';
import { t5Writer } from '../../nn/import/t5-writer.ts';
import { loadTokenizer, type TextTokenizer } from '../../nn/import/tokenizer.ts';
import type { Runtime } from '../../nn/runtime.ts';

export interface T5Options {
  /** Tokens of a text at most, that of its end counted. */
  readonly longest: number;
  /** Texts followed at once in the search; 1 takes the likeliest token each time. */
  readonly beams: number;
}

/** Tokens that are read of a text where the folder does not say: as many as T5 was trained with. */
const LONGEST_READ = 512;

export class T5Texts {
  readonly options: T5Options;
  private readonly tokenizer: TextTokenizer;
  private readonly generator: Generator;

  private constructor(tokenizer: TextTokenizer, generator: Generator, options: T5Options) {
    this.tokenizer = tokenizer;
    this.generator = generator;
    this.options = options;
  }

  /** @throws BinscribeError of kind `missing`, `corrupt` or `unsupported` */
  static async open(runtime: Runtime, folder: Folder, options: T5Options): Promise<T5Texts> {
    const tokenizer = await loadTokenizer(folder);
    const { config, parameters } = await loadT5(folder);
    return new T5Texts(tokenizer, await Generator.open(runtime, t5Writer(config), parameters), options);
  }

  /** What is too long is cut. @returns a text for each */
  async write(texts: readonly string[]): Promise<string[]> {
    const { longest: maximum, beams } = this.options;
    const source = this.tokenizer.encode(texts, { maximum: this.tokenizer.maximum ?? LONGEST_READ });
    const written = await this.generator.write(source, {
      maximum,
      method: beams === 1 ? { kind: 'greedy' } : { kind: 'beams', beams },
    });
    return written.map(([best]) => this.tokenizer.decode(best.tokens));
  }
}

/** How an encoder's texts become tokens: by byte-pair encoding of ours, or by the tokenizer that a checkpoint came with. */

import { corrupt } from '../../error.ts';
import type { Folder } from '../../nn/import/folder.ts';
import { readRobertaConfig } from '../../nn/import/huggingface.ts';
import { loadTokenizer, type TextTokenizer } from '../../nn/import/tokenizer.ts';
import { SPECIAL } from '../../tokens/bpe/bpe.ts';
import { OWN_MASK, type MaskTokens } from './masked.ts';

/** `Bpe` is one. */
export interface Vocabulary {
  /** Tokens that there are. */
  readonly size: number;
  /** @param limit most tokens, those of beginning and end included: the rest of the text is not read */
  encode(text: string, limit: number): number[];
}

/** The same with tokens of beginning and end around each text: a transformer's vector of a text is that of its first. */
export function framed(vocabulary: Vocabulary): Vocabulary {
  return {
    size: vocabulary.size,
    encode: (text, limit) => [SPECIAL.begin, ...vocabulary.encode(text, limit - 2), SPECIAL.end],
  };
}

/** Characters of the longest token of RoBERTa's vocabulary, a row of dots: more than these for each is not read. */
const LONGEST_TOKEN = 128;

/** RoBERTa's tokens that no text has: they stand in front of the vocabulary. */
const FRONT = ['<s>', '<pad>', '</s>', '<unk>'];
const MASK = '<mask>';

/** Of a checkpoint of RoBERTa's build: its tokenizer says which tokens stand around a text. */
export class CheckpointVocabulary implements Vocabulary {
  readonly size: number;
  private readonly tokenizer: TextTokenizer;
  private readonly where: string;

  private constructor(tokenizer: TextTokenizer, size: number, where: string) {
    this.tokenizer = tokenizer;
    this.size = size;
    this.where = where;
  }

  /** @throws BinscribeError of kind `missing`, `corrupt` or `unsupported` */
  static async open(folder: Folder): Promise<CheckpointVocabulary> {
    const { vocab_size: size } = await readRobertaConfig(folder);
    return new CheckpointVocabulary(await loadTokenizer(folder), size, folder.where);
  }

  encode(text: string, limit: number): number[] {
    const { ids } = this.tokenizer.encode([text.slice(0, limit * LONGEST_TOKEN)], { maximum: limit });
    const tokens = Array.from(ids.data, Number);
    const wrong = tokens.find((token) => token >= this.size);
    if (wrong === undefined) return tokens;
    throw corrupt(`${this.where}: its tokenizer makes token ${wrong}, its config.json has ${this.size}`);
  }

  /** @throws BinscribeError of kind `corrupt` where it has no token for what is hidden */
  get maskTokens(): MaskTokens {
    const mask = this.tokenizer.idOf(MASK);
    if (mask === null) throw corrupt(`${this.where}/tokenizer.json: there is no token ${MASK}`);
    const special = new Set([...FRONT, MASK].map((token) => this.tokenizer.idOf(token)));
    let first = 0;
    while (special.has(first)) first++;
    return { mask, first };
  }
}

/** What masking must know of a vocabulary. */
export function maskTokensOf(vocabulary: Vocabulary): MaskTokens {
  return vocabulary instanceof CheckpointVocabulary ? vocabulary.maskTokens : OWN_MASK;
}

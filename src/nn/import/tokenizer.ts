/**
 * Tokenizers of Hugging Face folders: the rules come from `tokenizer.json` and are carried out by
 * @huggingface/tokenizers; batches, truncation and padding are ours, by the rules of the Rust library.
 */

import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { BinscribeError, corrupt, describeError } from '../../error.ts';
import type { HostTensor } from '../runtime.ts';
import { parseDocument, parseJson, readNeeded, type Folder } from './folder.ts';
import { quote } from './quote.ts';

/** What we use of the library, whose own types name files without their ending and so say nothing to a compiler. */
interface Library {
  readonly model: { readonly unk_token_id?: number };
  readonly post_processor: {
    readonly config: { readonly type: string };
    post_process(first: string[], second: string[] | null, special: boolean): Processed;
  } | null;
  tokenize(text: string, options: { add_special_tokens: boolean }): string[];
  token_to_id(token: string): number | undefined;
  decode(
    ids: number[],
    options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean },
  ): string;
}

const Rules = Tokenizer as unknown as new (rules: object, config: object) => Library;

interface Processed {
  readonly tokens: string[];
  readonly tokens_pair?: string[] | null;
  readonly token_type_ids?: number[];
}

const tokenSchema = z
  .union([z.string(), z.object({ content: z.string() })])
  .transform((token) => (typeof token === 'string' ? token : token.content));

const configSchema = z.looseObject({
  pad_token: tokenSchema.nullish(),
  eos_token: tokenSchema.nullish(),
  model_max_length: z.number().positive().nullish(),
  clean_up_tokenization_spaces: z.boolean().nullish(),
});

/** What transformers writes for no limit is 10^30. */
const NO_LIMIT = 1e9;

export interface EncodeOptions {
  /** Second texts: each is read together with the first of the same place. */
  readonly pairs?: readonly string[];
  /** Longest sequence, special tokens included; longer ones are cut. By default as the tokenizer's folder says. */
  readonly maximum?: number;
  /** Lengths are multiples of this, so that a batch falls into one of few sizes. */
  readonly multiple?: number;
  /** Whether special tokens are added. */
  readonly special?: boolean;
}

/** Sequences of one length, int64 [batch, length]. */
export interface EncodedBatch {
  readonly ids: HostTensor;
  /** 1 for what is there, 0 for padding. */
  readonly mask: HostTensor;
  /** Number of the segment. */
  readonly types: HostTensor;
}

interface Sequence {
  readonly ids: number[];
  readonly types: number[];
}

export class TextTokenizer {
  private readonly library: Library;
  private readonly cleanUp: boolean;
  /** Number of the token that fills sequences up. */
  readonly padding: number | null;
  /** Number of the token that ends what a decoder writes. */
  readonly end: number | null;
  /** Longest sequence that the model was made for, `null` where the folder does not say. */
  readonly maximum: number | null;

  constructor(library: Library, config: z.infer<typeof configSchema>, where: string) {
    const numberOf = (token: string | null | undefined, what: string): number | null => {
      if (token === null || token === undefined) return null;
      const id = library.token_to_id(token);
      if (id === undefined) throw corrupt(`${where}: the ${what} ${quote(token)} is not in the vocabulary`);
      return id;
    };
    this.library = library;
    this.cleanUp = config.clean_up_tokenization_spaces ?? false;
    this.padding = numberOf(config.pad_token, 'pad_token');
    this.end = numberOf(config.eos_token, 'eos_token');
    const maximum = config.model_max_length ?? Infinity;
    this.maximum = maximum < NO_LIMIT ? Math.floor(maximum) : null;
  }

  /** The number of a token, `null` for one that is not in the vocabulary. */
  idOf(token: string): number | null {
    return this.library.token_to_id(token) ?? null;
  }

  /** @throws BinscribeError of kind `usage` for texts and pairs that do not fit each other */
  encode(texts: readonly string[], options: EncodeOptions = {}): EncodedBatch {
    const { pairs, multiple = 1 } = options;
    if (pairs && pairs.length !== texts.length) {
      throw new BinscribeError('usage', `${texts.length} texts with ${pairs.length} second texts`);
    }
    const sequences = texts.map((text, i) => this.encodeOne(text, pairs?.[i] ?? null, options));
    const longest = Math.max(1, ...sequences.map(({ ids }) => ids.length));
    const length = Math.ceil(longest / multiple) * multiple;
    if (this.padding === null && sequences.some(({ ids }) => ids.length < length)) {
      throw new BinscribeError('usage', 'texts of different lengths, and the tokenizer has no padding token');
    }
    const make = (row: (sequence: Sequence) => readonly number[], fill: number): HostTensor => {
      const data = new BigInt64Array(sequences.length * length).fill(BigInt(fill));
      sequences.forEach((sequence, i) => data.set(row(sequence).map(BigInt), i * length));
      return { dtype: 'int64', shape: [sequences.length, length], data };
    };
    return {
      ids: make(({ ids }) => ids, this.padding ?? 0),
      mask: make(({ ids }) => ids.map(() => 1), 0),
      types: make(({ types }) => types, 0),
    };
  }

  private encodeOne(text: string, pair: string | null, options: EncodeOptions): Sequence {
    const { maximum = this.maximum ?? Infinity, special = true } = options;
    const plain = { add_special_tokens: false };
    const first = this.library.tokenize(text, plain);
    // The library takes an empty text for none.
    const second = pair === null ? null : pair === '' ? [] : this.library.tokenize(pair, plain);
    const added = special ? this.join([], second && [], true).tokens.length : 0;
    if (maximum < added) {
      throw new BinscribeError('usage', `at most ${maximum} tokens, of which ${added} are special ones`);
    }
    const [one, two] = truncated(first.length, second?.length ?? 0, maximum - added);
    const { tokens, types } = this.join(first.slice(0, one), second?.slice(0, two) ?? null, special);
    return { ids: tokens.map((token) => this.numberOf(token)), types };
  }

  private join(
    first: string[],
    second: string[] | null,
    special: boolean,
  ): { tokens: string[]; types: number[] } {
    const processor = this.library.post_processor;
    const joined = processor?.post_process(first, second, special) ?? { tokens: first, tokens_pair: second };
    const tokens = [...joined.tokens, ...(joined.tokens_pair ?? [])];
    // RoBERTa knows no segments; the library tells two apart where Rust's does not.
    const types = processor?.config.type === 'RobertaProcessing' ? undefined : joined.token_type_ids;
    return { tokens, types: types ?? tokens.map(() => 0) };
  }

  private numberOf(token: string): number {
    const id = this.library.token_to_id(token) ?? this.library.model.unk_token_id;
    if (id === undefined) {
      throw corrupt(
        `the tokenizer makes ${quote(token)}, which is not in its vocabulary, and has no unknown token`,
      );
    }
    return id;
  }

  /** The text of tokens, special ones left out. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return '';
    const options = { skip_special_tokens: true, clean_up_tokenization_spaces: this.cleanUp };
    return this.library.decode([...ids], options);
  }
}

/** How much of two texts stays, the longer one cut first: `longest_first` of the Rust library. */
function truncated(first: number, second: number, maximum: number): [number, number] {
  if (first + second <= maximum) return [first, second];
  if (second === 0) return [maximum, 0];
  const short = Math.min(first, second);
  let [less, more] = [short, Math.max(short, maximum - short)];
  if (less + more > maximum) {
    less = Math.floor(maximum / 2);
    more = maximum - less;
  }
  return first > second ? [more, less] : [less, more];
}

/** @throws BinscribeError of kind `missing` or `corrupt` */
export async function loadTokenizer(folder: Folder): Promise<TextTokenizer> {
  const where = `${folder.where}/tokenizer.json`;
  const rules = await readNeeded(
    folder,
    'tokenizer.json',
    'In Python: `AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)` writes it.',
  );
  const configBytes = await folder.read('tokenizer_config.json');
  const configWhere = `${folder.where}/tokenizer_config.json`;
  const config = configBytes ? parseDocument(configSchema, configBytes, configWhere) : {};
  const parsed = parseJson(rules, where);
  if (typeof parsed !== 'object' || parsed === null) throw corrupt(`${where}: not a JSON object`);
  let library: Library;
  try {
    library = new Rules(parsed, config);
  } catch (error) {
    // The library trips over what it does not expect, each time in words of its own.
    throw corrupt(`${where}: not the rules of a tokenizer: ${quote(describeError(error))}`);
  }
  return new TextTokenizer(library, config, where);
}

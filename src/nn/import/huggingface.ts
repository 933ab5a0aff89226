/**
 * Models from folders as Hugging Face's transformers writes them: `config.json` says which architecture of ours to
 * build, the safetensors files hold what it has learned.
 *
 * @example
 * const loaded = await loadEncoder(folder);
 * const scope = new Scope(false);
 * const { hidden } = loaded.apply(scope, { ids, mask });
 * const graph = compileGraph({ hidden }, { frozen: loaded.parameters });
 */

import { z } from 'zod';
import { corrupt, unsupported } from '../../error.ts';
import { input } from '../ops/source.ts';
import { Scope } from '../scope.ts';
import { ShapeError } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';
import {
  bertConfigSchema,
  bertEncoder,
  bertMaskedHead,
  BERT_NAMES,
  bertPooler,
  robertaConfigSchema,
  ROBERTA_NAMES,
  type BertConfig,
  type BertInputs,
  type RobertaConfig,
} from './bert.ts';
import { parseDocument, readNeeded, type Folder } from './folder.ts';
import { NamedWeights } from './names.ts';
import { quote } from './quote.ts';
import {
  T5_NAMES,
  t5ConfigSchema,
  t5Decoder,
  t5Encoder,
  t5Logits,
  type T5Config,
  type T5DecoderInputs,
} from './t5.ts';
import { readWeights } from './weights.ts';

export interface EncoderOutputs {
  /** A vector for each token: [batch, length, width]. */
  readonly hidden: Tensor;
  /** Of the pooling layer, where the checkpoint has one: [batch, width]. */
  readonly pooled: Tensor | null;
  /** Which token was masked, where the checkpoint has that head: [batch, length, vocabulary]. */
  readonly logits: Tensor | null;
}

/** An encoder of BERT's or RoBERTa's build. */
export interface LoadedEncoder {
  readonly config: BertConfig;
  /** Values by the names that `apply` asks for in a scope without a path. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
  apply(scope: Scope, inputs: BertInputs): EncoderOutputs;
}

/** T5 or CodeT5. */
export interface LoadedT5 {
  readonly config: T5Config;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  /** @param ids int64 [batch, length] @param mask [batch, length] @returns [batch, length, width] */
  encode(scope: Scope, ids: Tensor, mask: Tensor): Tensor;
  /** @returns [batch, length, width] */
  decode(scope: Scope, inputs: T5DecoderInputs): Tensor;
  /** @param hidden [..., width] @returns [..., vocabulary] */
  logits(scope: Scope, hidden: Tensor): Tensor;
}

/**
 * What a folder's encoder of RoBERTa's build is, without its weights.
 * @throws BinscribeError of kind `missing`, `corrupt` or `unsupported`
 */
export function readRobertaConfig(folder: Folder): Promise<RobertaConfig> {
  return readConfig(folder, { roberta: robertaConfigSchema });
}

/** @throws BinscribeError of kind `missing`, `corrupt` or `unsupported` */
export async function loadEncoder(folder: Folder): Promise<LoadedEncoder> {
  const config = await readConfig<BertConfig>(folder, {
    bert: bertConfigSchema,
    roberta: robertaConfigSchema,
  });
  const rules = config.model_type === 'bert' ? BERT_NAMES : ROBERTA_NAMES;
  const weights = new NamedWeights(await readWeights(folder), rules, [`${config.model_type}.`], folder.where);
  const [poolable, masked] = [weights.has('pooler.weight'), weights.has('maskedHead.bias')];
  const apply = (scope: Scope, inputs: BertInputs): EncoderOutputs => {
    const hidden = bertEncoder(scope, inputs, config);
    return {
      hidden,
      pooled: poolable ? bertPooler(scope, hidden) : null,
      logits: masked ? bertMaskedHead(scope, hidden, config) : null,
    };
  };
  const parameters = valuesFor(weights, folder, (scope) => {
    const ids = input('ids', [1, 1], 'int64');
    apply(scope, { ids, mask: input('mask', [1, 1]) });
  });
  return { config, parameters, apply };
}

/** @throws BinscribeError of kind `missing`, `corrupt` or `unsupported` */
export async function loadT5(folder: Folder): Promise<LoadedT5> {
  const document = await readConfig(folder, { t5: t5ConfigSchema });
  const weights = new NamedWeights(await readWeights(folder), T5_NAMES, [], folder.where);
  weights.dropCopy('output.weight', 'embedding.weight');
  const config: T5Config = { ...document, untied: weights.has('output.weight') };
  const loaded: Omit<LoadedT5, 'parameters'> = {
    config,
    encode: (scope, ids, mask) => t5Encoder(scope, ids, mask, config),
    decode: (scope, inputs) => t5Decoder(scope, inputs, config),
    logits: (scope, hidden) => t5Logits(scope, hidden, config),
  };
  const parameters = valuesFor(weights, folder, (scope) => {
    const [ids, mask] = [input('ids', [1, 1], 'int64'), input('mask', [1, 1])];
    const memory = loaded.encode(scope, ids, mask);
    loaded.logits(scope, loaded.decode(scope, { ids, memory, memoryMask: mask }));
  });
  return { ...loaded, parameters };
}

/** Builds a model once, on inputs of the smallest size, to learn which parameters it has. */
function valuesFor(
  weights: NamedWeights,
  folder: Folder,
  build: (scope: Scope) => void,
): Map<string, Float32Array> {
  const scope = new Scope(false);
  try {
    build(scope);
  } catch (error) {
    if (error instanceof ShapeError) throw corrupt(`${folder.where}/config.json: ${error.message}`);
    throw error;
  }
  return weights.values(scope.declarations.parameters);
}

const kindSchema = z.object({ model_type: z.string() });

/** Reads `config.json` by the schema of its `model_type`. */
async function readConfig<T>(folder: Folder, schemas: Readonly<Record<string, z.ZodType<T>>>): Promise<T> {
  const where = `${folder.where}/config.json`;
  const bytes = await readNeeded(
    folder,
    'config.json',
    'A folder as `save_pretrained` of transformers writes it is expected.',
  );
  const { model_type: kind } = parseDocument(kindSchema, bytes, where);
  if (!Object.hasOwn(schemas, kind)) {
    throw unsupported(`${where}: model_type ${quote(kind)}; ${Object.keys(schemas).join(' or ')} expected`);
  }
  return parseDocument(schemas[kind], bytes, where);
}

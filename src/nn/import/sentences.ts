/**
 * Sentence encoders as folders of sentence-transformers (Reimers and Gurevych 2019): `modules.json` names a
 * transformer, what pools its tokens, and layers above. A folder of transformers without that file is read as
 * sentence-transformers reads it: the mean of the tokens. Checked against sentence-transformers 6.2.
 */

import { z } from 'zod';
import { corrupt, unsupported } from '../../error.ts';
import { linear } from '../layers/linear.ts';
import { firstPosition, maskedMax, maskedMean } from '../layers/pooling.ts';
import { sum } from '../ops/broadcast.ts';
import { add, cast, div, gelu, maximum, mul, relu, sqrt, square, tanh } from '../ops/elementwise.ts';
import { concat } from '../ops/layout.ts';
import { input } from '../ops/source.ts';
import { Scope } from '../scope.ts';
import type { Tensor } from '../tensor.ts';
import type { BertInputs } from './bert.ts';
import { sizeSchema } from './config.ts';
import { parseDocument, readNeeded, type Folder } from './folder.ts';
import { loadEncoder, type LoadedEncoder } from './huggingface.ts';
import { linearNames, NamedWeights } from './names.ts';
import { quote } from './quote.ts';
import { loadTokenizer, type TextTokenizer } from './tokenizer.ts';
import { readWeights } from './weights.ts';

export interface LoadedSentences {
  readonly tokenizer: TextTokenizer;
  /** Tokens of a text at most, special ones included. */
  readonly maximum: number;
  /** What is done to a text before it is cut into tokens. */
  readonly prepare: (text: string) => string;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  /** @returns [batch, size] */
  apply(scope: Scope, inputs: BertInputs): Tensor;
}

/** A module after the transformer. */
interface Layer {
  readonly parameters: ReadonlyMap<string, Float32Array>;
  apply(scope: Scope, x: Tensor): Tensor;
}

/** A folder within the folder: a stranger must not lead us out of it. */
const pathSchema = z.string().regex(/^$|^(?!\.)[\w.-]+$/);
const modulesSchema = z
  .array(z.object({ path: pathSchema, type: z.string() }))
  .min(2)
  .max(16);

/** What sentence-transformers takes a folder for that says nothing. */
const DEFAULT_MODULES: z.infer<typeof modulesSchema> = [{ path: '', type: 'Transformer' }];

/** @throws BinscribeError of kind `missing`, `corrupt` or `unsupported` */
export async function loadSentences(folder: Folder): Promise<LoadedSentences> {
  const listed = await folder.read('modules.json');
  const where = `${folder.where}/modules.json`;
  const modules = listed ? parseDocument(modulesSchema, listed, where) : DEFAULT_MODULES;
  const [first, second, ...above] = modules;
  if (kindOf(first) !== 'Transformer') throw unknownModule(where, first.type, 'Transformer first');
  const base = within(folder, first.path);
  const encoder = await loadEncoder(base);
  const tokenizer = await loadTokenizer(base);
  const pool = second ? await readPooling(within(folder, second.path), second.type, where) : POOLS.mean;
  const layers = await Promise.all(
    above.map(({ path, type }) => readLayer(within(folder, path), type, where)),
  );
  const parameters = new Map(encoder.parameters);
  layers.forEach((layer, i) =>
    layer.parameters.forEach((value, name) => parameters.set(`above.${i}.${name}`, value)),
  );
  const apply = (scope: Scope, inputs: BertInputs): Tensor => {
    const pooled = pool(encoder.apply(scope, inputs).hidden, inputs.mask);
    return layers.reduce((x, layer, i) => layer.apply(scope.at('above').at(i), x), pooled);
  };
  const limits = await readLimits(base, tokenizer, encoder);
  return { tokenizer, ...limits, prepare: await readPreparation(folder, limits), parameters, apply };
}

/** Releases differ in the packages that they name before it. */
function kindOf({ type }: { type: string }): string {
  return type.split('.').at(-1)!;
}

function unknownModule(where: string, type: string, expected: string): Error {
  return unsupported(`${where}: module ${quote(type)}; ${expected} expected`);
}

function within(folder: Folder, path: string): Folder {
  if (path === '') return folder;
  return { where: `${folder.where}/${path}`, read: (name) => folder.read(`${path}/${name}`) };
}

type Pool = (hidden: Tensor, mask: Tensor) => Tensor;

const tokensOf = (mask: Tensor): Tensor => sum(cast(mask, 'float32'), 1, true);

const POOLS = {
  cls: firstPosition,
  max: maskedMax,
  mean: maskedMean,
  mean_sqrt_len_tokens: (hidden, mask) => mul(maskedMean(hidden, mask), sqrt(tokensOf(mask))),
} as const satisfies Record<string, Pool>;
type PoolName = keyof typeof POOLS;
const POOL_NAMES = Object.keys(POOLS) as PoolName[];

/** As releases before 6 spell them, in the order in which these put the parts together. */
const OLD_POOLS: Readonly<Record<string, string>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_max_tokens: 'max',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len_tokens',
  pooling_mode_weightedmean_tokens: 'weightedmean',
  pooling_mode_lasttoken: 'lasttoken',
};

const poolingSchema = z.looseObject({
  pooling_mode: z.union([z.string(), z.array(z.string()).min(1).max(8)]).optional(),
  include_prompt: z.boolean().default(true),
});

async function readPooling(folder: Folder, type: string, listed: string): Promise<Pool> {
  if (kindOf({ type }) !== 'Pooling') throw unknownModule(listed, type, 'Pooling after the transformer');
  const where = `${folder.where}/config.json`;
  const bytes = await readNeeded(folder, 'config.json', 'sentence-transformers writes one for each module.');
  const config = parseDocument(poolingSchema, bytes, where);
  const old = Object.keys(OLD_POOLS).filter((key) => config[key] === true);
  const named = [config.pooling_mode ?? old.map((key) => OLD_POOLS[key])].flat();
  const stranger = named.find((name) => !POOL_NAMES.includes(name as PoolName));
  if (stranger !== undefined) {
    throw unsupported(`${where}: pooling ${quote(stranger)}; ${POOL_NAMES.join(', ')} expected`);
  }
  if (!config.include_prompt) throw unsupported(`${where}: include_prompt false; true expected`);
  const pools = (named.length === 0 ? ['mean' as const] : (named as PoolName[])).map((name) => POOLS[name]);
  return (hidden, mask) => concat(pools.map((pool) => pool(hidden, mask)));
}

/** torch's F.normalize divides by no less. */
const LEAST_LENGTH = 1e-12;

async function readLayer(folder: Folder, type: string, listed: string): Promise<Layer> {
  const kind = kindOf({ type });
  if (kind === 'Dense') return readDense(folder);
  const nothing = new Map<string, Float32Array>();
  // At work it lets everything through.
  if (kind === 'Dropout') return { parameters: nothing, apply: (_, x) => x };
  if (kind !== 'Normalize')
    throw unknownModule(listed, type, 'Dense, Normalize or Dropout after the pooling');
  const normalize = (x: Tensor): Tensor => div(x, maximum(sqrt(sum(square(x), 1, true)), LEAST_LENGTH));
  return { parameters: nothing, apply: (_, x) => normalize(x) };
}

const DENSE_ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  Identity: (x) => x,
  Tanh: tanh,
  ReLU: relu,
  GELU: gelu,
};

const denseSchema = z.object({
  in_features: sizeSchema,
  out_features: sizeSchema,
  bias: z.boolean().default(true),
  activation_function: z.string(),
  use_residual: z.boolean().default(false),
});

async function readDense(folder: Folder): Promise<Layer> {
  const where = `${folder.where}/config.json`;
  const bytes = await readNeeded(folder, 'config.json', 'sentence-transformers writes one for each module.');
  const config = parseDocument(denseSchema, bytes, where);
  const name = config.activation_function.split('.').at(-1)!;
  if (!Object.hasOwn(DENSE_ACTIVATIONS, name)) {
    const known = Object.keys(DENSE_ACTIVATIONS).join(', ');
    throw unsupported(`${where}: activation ${quote(name)}; ${known} expected`);
  }
  const projected = config.use_residual && config.in_features !== config.out_features;
  const apply = (scope: Scope, x: Tensor): Tensor => {
    if (x.shape.at(-1) !== config.in_features) {
      throw corrupt(`${where}: in_features ${config.in_features}; ${x.shape.at(-1)} expected`);
    }
    const dense = linear(scope.at('linear'), x, config.out_features, { bias: config.bias });
    const changed = DENSE_ACTIVATIONS[name](dense);
    if (!config.use_residual) return changed;
    const past = projected ? linear(scope.at('residual'), x, config.out_features, { bias: false }) : x;
    return add(changed, past);
  };
  const rules = [...linearNames('linear', 'linear'), ...linearNames('residual', 'residual')];
  const weights = new NamedWeights(await readWeights(folder), rules, [], folder.where);
  const scope = new Scope(false);
  apply(scope, input('x', [1, config.in_features]));
  return { parameters: weights.values(scope.declarations.parameters), apply };
}

const limitsSchema = z.object({
  max_seq_length: sizeSchema.nullish(),
  do_lower_case: z.boolean().default(false),
});

interface Limits {
  readonly maximum: number;
  readonly lowerCase: boolean;
}

async function readLimits(
  folder: Folder,
  tokenizer: TextTokenizer,
  { config }: LoadedEncoder,
): Promise<Limits> {
  const file = 'sentence_bert_config.json';
  const bytes = await folder.read(file);
  const told = bytes ? parseDocument(limitsSchema, bytes, `${folder.where}/${file}`) : null;
  const first = config.model_type === 'roberta' ? config.pad_token_id + 1 : 0;
  const places = config.max_position_embeddings - first;
  const maximum = Math.min(places, told?.max_seq_length ?? tokenizer.maximum ?? places);
  return { maximum, lowerCase: told?.do_lower_case ?? false };
}

const promptsSchema = z.object({
  prompts: z.record(z.string(), z.string()).default({}),
  default_prompt_name: z.string().nullish(),
});

async function readPreparation(folder: Folder, { lowerCase }: Limits): Promise<(text: string) => string> {
  const file = 'config_sentence_transformers.json';
  const bytes = await folder.read(file);
  const told = bytes ? parseDocument(promptsSchema, bytes, `${folder.where}/${file}`) : null;
  const prompt = told?.default_prompt_name ? (told.prompts[told.default_prompt_name] ?? '') : '';
  return (text) => {
    const whole = prompt + text;
    return lowerCase ? whole.toLowerCase() : whole;
  };
}

/** The encoders that a recipe names: their networks, how their texts become tokens, and what they begin with. */

import { BinscribeError } from '../../error.ts';
import type { ConvolutionalNetwork, ViewNetwork } from '../../models/contrabin/encoder.ts';
import type { ENCODERS } from '../../models/contrabin/training.ts';
import { longestText, ownTransformer, transformerNetwork } from '../../models/contrabin/transformer.ts';
import { CheckpointVocabulary, framed, type Vocabulary } from '../../models/contrabin/vocabulary.ts';
import { loadEncoder, readRobertaConfig } from '../../nn/import/huggingface.ts';
import { diskFolder } from '../../runtimes/folder.ts';
import type { Parameters } from '../networks/experiment.ts';
import type { EncoderRecipe, PreTrainingRecipe } from './recipe.ts';

/** f_t and f_a, by the paths of their parameters. */
export type Networks = Readonly<Record<(typeof ENCODERS)['binary' | 'source'], ViewNetwork>>;

/** Of code, which f_t reads, and of sources and comments, which f_a does. */
export interface Vocabularies {
  readonly code: Vocabulary;
  readonly text: Vocabulary;
}

/**
 * @param ours what is taken where the encoder does not come with a vocabulary of its own
 * @throws BinscribeError of kind `missing`, `corrupt` or `unsupported` for its folder
 */
export async function vocabularyOf(encoder: EncoderRecipe, ours: () => Vocabulary): Promise<Vocabulary> {
  if (encoder.kind === 'folder') return CheckpointVocabulary.open(diskFolder(encoder.path));
  return encoder.kind === 'transformer' ? framed(ours()) : ours();
}

/** @throws BinscribeError `usage` where texts are longer than a folder's encoder can read, or as `vocabularyOf` */
export async function networksOf(
  { network, anchor, limits }: Pick<PreTrainingRecipe, 'network' | 'anchor' | 'limits'>,
  { code, text }: Vocabularies,
): Promise<Networks> {
  return {
    trained: await networkOf(network, code, limits, ['code']),
    anchored: await networkOf(anchor, text, limits, ['source', 'comment']),
  };
}

async function networkOf(
  encoder: EncoderRecipe,
  { size: vocabulary }: Vocabulary,
  limits: PreTrainingRecipe['limits'],
  read: readonly (keyof PreTrainingRecipe['limits'])[],
): Promise<ViewNetwork> {
  if (encoder.kind !== 'folder') {
    const { width, inner, layers, heads, dropout } = encoder;
    const sizes: ConvolutionalNetwork = { vocabulary, width, inner, layers, heads, dropout };
    if (encoder.kind !== 'transformer') return sizes;
    return ownTransformer(sizes, Math.max(...read.map((name) => limits[name])));
  }
  const network = transformerNetwork(await readRobertaConfig(diskFolder(encoder.path)));
  const longest = longestText(network);
  for (const name of read) {
    if (limits[name] <= longest) continue;
    throw new BinscribeError(
      'usage',
      `limits.${name}: at most ${longest} tokens expected, as ${encoder.path} reads, got ${limits[name]}`,
    );
  }
  return network;
}

/**
 * What an encoder begins with; what is not named is drawn.
 * @param path of its parameters
 * @throws BinscribeError of kind `missing`, `corrupt` or `unsupported` for its folder
 */
export async function startOf(encoder: EncoderRecipe, path: keyof Networks): Promise<Parameters> {
  if (encoder.kind !== 'folder') return new Map();
  const { parameters } = await loadEncoder(diskFolder(encoder.path));
  return new Map([...parameters].map(([name, values]) => [`${path}.${name}`, values]));
}

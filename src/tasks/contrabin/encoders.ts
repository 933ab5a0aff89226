/** The encoders that a recipe names: their networks, how their texts become tokens, and what they begin with. */

import { sha256 } from '../../corpus/hash.ts';
import { BinscribeError } from '../../error.ts';
import type { ConvolutionalNetwork, ViewNetwork } from '../../models/contrabin/encoder.ts';
import type { ENCODERS } from '../../models/contrabin/training.ts';
import {
  longestText,
  ownTransformer,
  transformerNetwork,
  type TransformerNetwork,
} from '../../models/contrabin/transformer.ts';
import { CheckpointVocabulary, framed, type Vocabulary } from '../../models/contrabin/vocabulary.ts';
import type { Folder } from '../../nn/import/folder.ts';
import { loadEncoder, readRobertaConfig } from '../../nn/import/huggingface.ts';
import { diskFolder } from '../../runtimes/folder.ts';
import { Bpe } from '../../tokens/bpe/bpe.ts';
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

type Limits = PreTrainingRecipe['limits'];

/** What each encoder reads. */
const READS = {
  trained: ['code'],
  anchored: ['source', 'comment'],
} as const satisfies Record<keyof Networks, readonly (keyof Limits)[]>;

/** @throws BinscribeError `usage` where texts are longer than a folder's encoder can read, or as `vocabularyOf` */
export async function networksOf(
  { network, anchor, limits }: Pick<PreTrainingRecipe, 'network' | 'anchor' | 'limits'>,
  { code, text }: Vocabularies,
): Promise<Networks> {
  return {
    trained: await networkOf(network, code, limits, READS.trained),
    anchored: await networkOf(anchor, text, limits, READS.anchored),
  };
}

async function networkOf(
  encoder: EncoderRecipe,
  { size: vocabulary }: Vocabulary,
  limits: Limits,
  reads: readonly (keyof Limits)[],
): Promise<ViewNetwork> {
  if (encoder.kind === 'folder') return checkpointNetwork(diskFolder(encoder.path), limits, reads);
  const { width, inner, layers, heads, dropout } = encoder;
  const sizes: ConvolutionalNetwork = { vocabulary, width, inner, layers, heads, dropout };
  if (encoder.kind !== 'transformer') return sizes;
  return ownTransformer(sizes, Math.max(...reads.map((name) => limits[name])));
}

async function checkpointNetwork(
  folder: Folder,
  limits: Limits,
  reads: readonly (keyof Limits)[],
): Promise<TransformerNetwork> {
  const network = transformerNetwork(await readRobertaConfig(folder));
  const longest = longestText(network);
  const wrong = reads.find((name) => limits[name] > longest);
  if (wrong === undefined) return network;
  throw new BinscribeError(
    'usage',
    `limits.${wrong}: at most ${longest} tokens expected, as many as ${folder.where} reads, got ${limits[wrong]}`,
  );
}

/**
 * Reads the folders that encoders begin with, so that what is wrong with them is told before anything is done.
 * @returns SHA-256 of what is read of each
 * @throws BinscribeError as `networksOf` and `startOf`
 */
export async function checkpointHashes({
  network,
  anchor,
  limits,
}: PreTrainingRecipe): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [encoder, reads] of [
    [network, READS.trained],
    [anchor, READS.anchored],
  ] as const) {
    if (encoder.kind !== 'folder') continue;
    const disk = diskFolder(encoder.path);
    const read: Record<string, string> = {};
    const folder: Folder = {
      where: disk.where,
      async read(name) {
        const bytes = await disk.read(name);
        if (bytes) read[name] = sha256(bytes);
        return bytes;
      },
    };
    await checkpointNetwork(folder, limits, reads);
    await CheckpointVocabulary.open(folder);
    await loadEncoder(folder);
    hashes[encoder.path] = sha256(JSON.stringify(read));
  }
  return hashes;
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

/** An encoder of ours: its sizes and its vocabulary are all that there is to know of it. */
export interface OwnEncoder {
  readonly network: ConvolutionalNetwork;
  readonly vocabulary: Bpe;
}

/**
 * @param whose what can be of such encoders only
 * @throws BinscribeError `usage` for a transformer
 */
export function ownEncoder(
  { network, vocabulary }: { network: ViewNetwork; vocabulary: Vocabulary },
  whose: string,
): OwnEncoder {
  if (!('transformer' in network) && vocabulary instanceof Bpe) return { network, vocabulary };
  throw new BinscribeError('usage', `${whose}: encoders of convolutions expected, got a transformer`);
}

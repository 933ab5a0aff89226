/** The weights of a folder: one safetensors file, or several with an index of which tensor is in which. */

import { z } from 'zod';
import { BinscribeError, corrupt } from '../../error.ts';
import { parseDocument, type Folder } from './folder.ts';
import { quote } from './quote.ts';
import { readSafetensors, type StoredTensor } from './safetensors.ts';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
/** A plain name: an index from a stranger must not reach out of its folder. */
const SHARD = /^[\w-][\w.-]*\.safetensors$/;

const indexShape = z.object({ weight_map: z.record(z.string(), z.string().regex(SHARD)) });

/**
 * All tensors of a folder by name.
 * @throws BinscribeError of kind `missing` where there are none, `corrupt` where files and index disagree
 */
export async function readWeights(folder: Folder): Promise<ReadonlyMap<string, StoredTensor>> {
  const single = await folder.read(SINGLE);
  if (single) return readSafetensors(single, `${folder.where}/${SINGLE}`).tensors;
  const index = await folder.read(INDEX);
  if (index) return readShards(folder, index);
  throw new BinscribeError('missing', `${folder.where}: there is neither ${SINGLE} nor ${INDEX}`, {
    hint:
      'Weights in pytorch_model.bin are a program in disguise, which we do not run. In Python: ' +
      '`AutoModel.from_pretrained(FOLDER).save_pretrained(FOLDER)` writes safetensors.',
  });
}

async function readShards(folder: Folder, index: Uint8Array): Promise<ReadonlyMap<string, StoredTensor>> {
  const at = `${folder.where}/${INDEX}`;
  const shardOf = new Map(Object.entries(parseDocument(indexShape, index, at).weight_map));
  const found = new Map<string, StoredTensor>();
  for (const name of new Set(shardOf.values())) {
    const where = `${folder.where}/${name}`;
    const bytes = await folder.read(name);
    if (bytes === null) throw corrupt(`${where}: the index names it, and there is no such file`);
    for (const tensor of readSafetensors(bytes, where).tensors.values()) {
      if (shardOf.get(tensor.name) !== name) {
        throw corrupt(`${where}: tensor ${quote(tensor.name)} is not there by the index`);
      }
      found.set(tensor.name, tensor);
    }
  }
  for (const [name, file] of shardOf) {
    if (!found.has(name)) throw corrupt(`${folder.where}/${file}: there is no tensor ${quote(name)}`);
  }
  return found;
}

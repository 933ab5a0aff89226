import { describe, expect, it } from 'vitest';
import type { Folder } from '../../../src/nn/import/folder.ts';
import { encodeSafetensors } from '../../../src/nn/import/safetensors.ts';
import { readWeights } from '../../../src/nn/import/weights.ts';

const INDEX = 'model.safetensors.index.json';

function shard(...names: string[]): Uint8Array {
  const one = { dtype: 'float32', shape: [1], data: Float32Array.of(1) } as const;
  return Buffer.concat(encodeSafetensors(Object.fromEntries(names.map((name) => [name, one]))));
}

/** A folder in memory, with an index made of a map from tensor to file. */
function folder(files: Record<string, Uint8Array>, map?: Record<string, unknown>): Folder {
  const all = { ...files };
  if (map) all[INDEX] = Buffer.from(JSON.stringify({ metadata: { total_size: 8 }, weight_map: map }));
  return { where: 'm', read: (name) => Promise.resolve(all[name] ?? null) };
}

const one = 'model-00001-of-00002.safetensors';
const two = 'model-00002-of-00002.safetensors';

describe('weights of a folder', () => {
  it('joins shards', async () => {
    const tensors = await readWeights(
      folder({ [one]: shard('a', 'b'), [two]: shard('c') }, { a: one, b: one, c: two }),
    );
    expect([...tensors.keys()]).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['nothing', folder({}), `m: there is neither model.safetensors nor ${INDEX}`],
    [
      'an absent shard',
      folder({ [one]: shard('a') }, { a: one, c: two }),
      `m/${two}: the index names it, and there is no such file`,
    ],
    [
      'an absent tensor',
      folder({ [one]: shard('a') }, { a: one, b: one }),
      `m/${one}: there is no tensor "b"`,
    ],
    [
      'a tensor elsewhere',
      folder({ [one]: shard('a', 'c'), [two]: shard('b') }, { a: one, b: two, c: two }),
      `m/${one}: tensor "c" is not there by the index`,
    ],
    [
      'a path out of the folder',
      folder({}, { a: '../secret.safetensors' }),
      /^m\/model\.safetensors\.index\.json: weight_map\.a: /,
    ],
    [
      'a number for a file',
      folder({}, { a: 3 }),
      /^m\/model\.safetensors\.index\.json: weight_map\.a: expected string/,
    ],
  ])('refuses %s', async (_, where, message) => {
    await expect(readWeights(where)).rejects.toThrow(message);
  });
});

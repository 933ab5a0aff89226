/** Folders of sentence-transformers, and what that says of the same texts (scripts/goldens/sentences.py). */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Folder } from '../../../src/nn/import/folder.ts';
import { SentenceEncoder } from '../../../src/nn/import/sentence-encoder.ts';
import { loadSentences } from '../../../src/nn/import/sentences.ts';
import { diskFolder } from '../../../src/runtimes/folder.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';
import { checkpoint, expectedTensors } from './support.ts';

const FOLDERS = fileURLToPath(new URL('sentences/', import.meta.url));
const runtime = nodeRuntime({ threads: 1 });

/** A folder in which files are others. */
function changed(name: string, files: Readonly<Record<string, unknown>>): Folder {
  const folder = diskFolder(`${FOLDERS}${name}`);
  const read = (file: string): Promise<Uint8Array | null> =>
    file in files
      ? Promise.resolve(new TextEncoder().encode(JSON.stringify(files[file])))
      : folder.read(file);
  return { where: name, read };
}

describe.each(['mean', 'dense', 'old'])('%s', (name) => {
  it('has the vectors of sentence-transformers', async () => {
    const expected = JSON.parse(readFileSync(`${FOLDERS}${name}/expected.json`, 'utf8')) as {
      text: string;
      vector: number[];
    }[];
    const encoder = await SentenceEncoder.open(runtime, diskFolder(`${FOLDERS}${name}`));
    const { vectors, size } = await encoder.encode(expected.map(({ text }) => text));
    await encoder.close();
    expect(size).toBe(expected[0].vector.length);
    expected.forEach(({ text, vector }, i) => {
      const own = vectors.subarray(i * size, (i + 1) * size);
      const error = Math.max(...vector.map((value, k) => Math.abs(value - own[k])));
      expect(error / Math.max(...vector.map(Math.abs)), text).toBeLessThan(1e-4);
    });
  });
});

describe('loadSentences', () => {
  it('takes a folder without modules for the mean of its tokens', async () => {
    const { ids, mask, hidden } = expectedTensors('minilm');
    const encoder = await SentenceEncoder.open(runtime, checkpoint('minilm'));
    const { size } = await encoder.encode(['while (i < count)']);
    await encoder.close();
    expect(size).toBe(hidden.shape[2]);
    expect(ids.shape).toEqual(mask.shape);
  });

  const modules = (...rest: object[]): object[] => [
    { path: '', type: 'sentence_transformers.models.Transformer' },
    ...rest,
  ];
  const pooling = { path: '1_Pooling', type: 'x.Pooling' };

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a path that leads out',
      { 'modules.json': modules({ ...pooling, path: '../..' }) },
      'modules.json: 1.path',
    ],
    ['a module not known', { 'modules.json': modules(pooling, { path: '', type: 'x.LSTM' }) }, '"x.LSTM"'],
    ['no transformer', { 'modules.json': [pooling, pooling] }, 'Transformer first expected'],
    [
      'no pooling',
      { 'modules.json': modules({ path: '', type: 'x.Dense' }) },
      'Pooling after the transformer',
    ],
    [
      'a pooling not known',
      { '1_Pooling/config.json': { pooling_mode: 'lasttoken' } },
      'pooling "lasttoken"',
    ],
    [
      'a prompt that is left out',
      { '1_Pooling/config.json': { pooling_mode: 'mean', include_prompt: false } },
      'include_prompt false',
    ],
    [
      'an activation not known',
      { '2_Dense/config.json': { in_features: 16, out_features: 5, activation_function: 'os.system' } },
      'activation "system"',
    ],
    [
      'another size',
      {
        '2_Dense/config.json': { in_features: 16, out_features: 6, activation_function: 'torch.nn.Tanh' },
      },
      'expected by config.json',
    ],
  ])('refuses %s', async (_, files, message) => {
    await expect(loadSentences(changed('dense', files))).rejects.toThrow(message);
  });

  it('puts the default prompt before each text', async () => {
    const prompts = { prompts: { query: 'Query: ' }, default_prompt_name: 'query' };
    const told = await loadSentences(changed('mean', { 'config_sentence_transformers.json': prompts }));
    expect(told.prepare(' a ')).toBe('Query:  a ');
    expect((await loadSentences(changed('mean', {}))).prepare(' a ')).toBe(' a ');
  });
});

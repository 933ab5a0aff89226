import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BinscribeError } from '../../../src/error.ts';
import type { Folder } from '../../../src/nn/import/folder.ts';
import {
  loadEncoder,
  loadT5,
  type LoadedEncoder,
  type LoadedT5,
} from '../../../src/nn/import/huggingface.ts';
import { encodeSafetensors, hostTensor } from '../../../src/nn/import/safetensors.ts';
import { readWeights } from '../../../src/nn/import/weights.ts';
import { maskedMean } from '../../../src/nn/layers/pooling.ts';
import { relativeBucket } from '../../../src/nn/layers/relative.ts';
import { gradients } from '../../../src/nn/autodiff.ts';
import { sum } from '../../../src/nn/ops/broadcast.ts';
import { transpose } from '../../../src/nn/ops/layout.ts';
import { mean } from '../../../src/nn/ops/reduce.ts';
import { div, sqrt, square } from '../../../src/nn/ops/elementwise.ts';
import { input } from '../../../src/nn/ops/source.ts';
import type { HostTensors } from '../../../src/nn/runtime.ts';
import { Scope } from '../../../src/nn/scope.ts';
import { evaluate } from '../../../src/nn/session.ts';
import type { Tensor } from '../../../src/nn/tensor.ts';
import type { Dim } from '../../../src/nn/types.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';
import { mutate, randomFrom } from '../../support/mutate.ts';
import { checkpoint, expectedJson, expectedTensors, largestError } from './support.ts';

const runtime = nodeRuntime({ threads: 1 });
const CLOSE = 1e-4;

/** Sizes as a training graph has them, and as an exported one. */
const SIZES = [
  ['sizes known', (size: number) => size],
  ['sizes open', (_: number, name: string) => name],
] as const;
type Sized = (size: number, name: string) => Dim;

function inputsOf(expected: HostTensors, names: readonly string[], sized: Sized): Record<string, Tensor> {
  return Object.fromEntries(
    names.map((name) => {
      const [batch, length] = expected[name].shape;
      const axis = name.startsWith('target') ? 'written' : 'length';
      return [name, input(name, [sized(batch, 'batch'), sized(length, axis)], 'int64')];
    }),
  );
}

describe.each(['roberta', 'roberta-masked', 'bert', 'minilm'])('%s', (name) => {
  const expected = expectedTensors(name);
  let loaded: LoadedEncoder;
  beforeAll(async () => {
    loaded = await loadEncoder(checkpoint(name));
  });

  it.each(SIZES)('computes what transformers computes, %s', async (_, sized) => {
    const names = ['ids', 'mask', 'types'].filter((key) => key in expected);
    const { ids, mask, types } = inputsOf(expected, names, sized);
    const { hidden, pooled, logits } = loaded.apply(new Scope(false), {
      ids,
      mask,
      ...(types ? { types } : {}),
    });
    const mean = maskedMean(hidden, mask);
    const outputs = { hidden, pooled, logits, sentence: div(mean, sqrt(sum(square(mean), 1, true))) };
    const wanted = Object.entries(outputs).filter((pair): pair is [string, Tensor] => pair[0] in expected);
    const found = await evaluate(runtime, Object.fromEntries(wanted), expected, {
      frozen: loaded.parameters,
    });
    for (const [key] of wanted) expect(largestError(found[key], expected[key]), key).toBeLessThan(CLOSE);
    expect(wanted.length).toBe(Object.keys(expected).length - names.length);
  });
});

describe.each(['t5', 't5-gated'])('%s', (name) => {
  const expected = expectedTensors(name);
  let loaded: LoadedT5;
  beforeAll(async () => {
    loaded = await loadT5(checkpoint(name));
  });

  it.each(SIZES)('computes what transformers computes, %s', async (_, sized) => {
    const { ids, mask, target } = inputsOf(expected, ['ids', 'mask', 'target'], sized);
    const scope = new Scope(false);
    const memory = loaded.encode(scope, ids, mask);
    const hidden = loaded.decode(scope, { ids: target, memory, memoryMask: mask });
    const outputs = { memory, hidden, logits: loaded.logits(scope, hidden) };
    const found = await evaluate(runtime, outputs, expected, { frozen: loaded.parameters });
    for (const key of Object.keys(outputs)) {
      expect(largestError(found[key], expected[key]), key).toBeLessThan(CLOSE);
    }
  });
});

describe.each(['t5', 't5-gated'])('%s, trained on', (name) => {
  it('has the gradients of PyTorch', async () => {
    const expected = expectedTensors(name);
    const loaded = await loadT5(checkpoint(name));
    const { ids, mask, target } = inputsOf(expected, ['ids', 'mask', 'target'], (size) => size);
    const scope = new Scope(false);
    const memory = loaded.encode(scope, ids, mask);
    const logits = loaded.logits(scope, loaded.decode(scope, { ids: target, memory, memoryMask: mask }));
    const { parameters } = scope.declarations;
    // The names on the left are PyTorch's; its linear layers are the other way round.
    const ours = {
      'shared.weight': 'embedding.weight',
      'encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight': 'encoder.positions.weight',
      'decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight': 'decoder.positions.weight',
      'encoder.block.0.layer.0.layer_norm.weight': 'encoder.0.attention.norm.scale',
      'encoder.block.1.layer.1.DenseReluDense.wi.weight': 'encoder.1.feedForward.inner.weight',
      'encoder.block.1.layer.1.DenseReluDense.wi_0.weight': 'encoder.1.feedForward.gate.weight',
      'encoder.block.1.layer.1.DenseReluDense.wi_1.weight': 'encoder.1.feedForward.inner.weight',
      'encoder.block.1.layer.1.DenseReluDense.wo.weight': 'encoder.1.feedForward.output.weight',
    };
    const wanted = Object.entries(ours).filter(([theirs]) => `gradient of ${theirs}` in expected);
    const found = gradients(
      mean(square(logits)),
      wanted.map(([, name]) => parameters.get(name)!),
    );
    const outputs = wanted.map(([theirs], i) => {
      const linear = theirs.includes('Dense');
      return [`gradient of ${theirs}`, linear ? transpose(found[i], [1, 0]) : found[i]] as const;
    });
    const values = await evaluate(runtime, Object.fromEntries(outputs), expected, {
      frozen: loaded.parameters,
    });
    for (const [key] of outputs) expect(largestError(values[key], expected[key]), key).toBeLessThan(CLOSE);
    expect(outputs.length).toBeGreaterThanOrEqual(6);
  });
});

it('puts relative positions into the buckets of transformers', () => {
  interface Buckets {
    first: number;
    cases: { buckets: number; longest: number; bidirectional: boolean; values: number[] }[];
  }
  const { first, cases } = expectedJson('buckets') as Buckets;
  for (const { values, ...options } of cases) {
    expect(values.map((_, i) => relativeBucket(first + i, options))).toEqual(values);
  }
});

/** A folder with some of its files changed; `null` takes one away. */
function changed(folder: Folder, files: Record<string, Uint8Array | string | null>): Folder {
  return {
    where: 'm',
    read: (name) => {
      if (!(name in files)) return folder.read(name);
      const file = files[name];
      return Promise.resolve(typeof file === 'string' ? Buffer.from(file) : file);
    },
  };
}

async function withConfig(name: string, change: Record<string, unknown>): Promise<Folder> {
  const folder = checkpoint(name);
  const config = JSON.parse(Buffer.from((await folder.read('config.json'))!).toString()) as object;
  return changed(folder, { 'config.json': JSON.stringify({ ...config, ...change }) });
}

async function withTensors(
  name: string,
  change: (tensors: Record<string, HostTensors[string]>) => void,
): Promise<Folder> {
  const tensors = Object.fromEntries(
    [...(await readWeights(checkpoint(name)))].map(([key, tensor]) => [key, hostTensor(tensor)]),
  );
  change(tensors);
  return changed(checkpoint(name), { 'model.safetensors': Buffer.concat(encodeSafetensors(tensors)) });
}

describe('a folder that does not fit', () => {
  const load = async (folder: Folder | Promise<Folder>): Promise<string> => {
    try {
      await loadEncoder(await folder);
    } catch (error) {
      if (error instanceof BinscribeError) return `${error.kind}: ${error.message}`;
      throw error;
    }
    return 'none';
  };
  const one = { dtype: 'float32', shape: [1], data: Float32Array.of(1) } as const;

  it('is named, with the field or the tensor', async () => {
    const roberta = checkpoint('roberta');
    expect(await load(changed(roberta, { 'config.json': null }))).toBe('missing: m: there is no config.json');
    expect(await load(changed(roberta, { 'config.json': '{' }))).toBe('corrupt: m/config.json: not JSON');
    expect(await load(changed(roberta, { 'model.safetensors': null }))).toMatch(
      /^missing: m: there is neither/,
    );
    expect(await load(withConfig('roberta', { model_type: 'gpt2' }))).toBe(
      'unsupported: m/config.json: model_type "gpt2"; bert or roberta expected',
    );
    expect(await load(withConfig('roberta', { hidden_act: 'mish' }))).toMatch(
      /^corrupt: m\/config\.json: hidden_act: /,
    );
    expect(await load(withConfig('roberta', { num_attention_heads: 5 }))).toMatch(
      /^corrupt: m\/config\.json: encoder\.0\.attention \(multiHeadAttention\): width 16 does not divide into 5 heads/,
    );
    expect(await load(withConfig('roberta', { vocab_size: 301 }))).toBe(
      'corrupt: m: tensor "embeddings.word_embeddings.weight" is [300, 16], [301, 16] expected by config.json',
    );
    expect(await load(withConfig('roberta', { num_hidden_layers: 3 }))).toBe(
      'corrupt: m: no tensors for the parameters "encoder.2.attention.query.weight", ' +
        '"encoder.2.attention.query.bias", "encoder.2.attention.key.weight" and 13 more',
    );
    expect(await load(withConfig('roberta', { num_hidden_layers: 1 }))).toMatch(
      /^corrupt: m: tensors for which config\.json has no place: "encoder\.layer\.1\..*" and 13 more$/,
    );
    expect(await load(withTensors('roberta', (t) => (t['adapter.weight'] = one)))).toBe(
      'corrupt: m: tensors that no model of this architecture has: "adapter.weight"',
    );
    expect(await load(withTensors('roberta', (t) => delete t['encoder.layer.0.output.dense.bias']))).toBe(
      'corrupt: m: no tensors for the parameters "encoder.0.feedForward.output.bias"',
    );
    expect(await load(withTensors('roberta', (t) => (t['roberta.pooler.dense.bias'] = one)))).toBe(
      'corrupt: m: tensors "pooler.dense.bias", "roberta.pooler.dense.bias" are for one and the same parameter',
    );
    const whole = { dtype: 'int64', shape: [16], data: new BigInt64Array(16) } as const;
    expect(await load(withTensors('roberta', (t) => (t['pooler.dense.bias'] = whole)))).toBe(
      'corrupt: m: tensor "pooler.dense.bias" holds int64, numbers with fractions expected',
    );
  });

  it('gives errors of ours, however it is damaged', async () => {
    const random = randomFrom(7);
    for (const name of ['config.json', 'model.safetensors']) {
      const original = readFileSync(`${checkpoint('t5').where}/${name}`);
      // The header, where each byte counts.
      const focus = [{ offset: 0, size: Math.min(original.length, 6000) }];
      for (let i = 0; i < 300; i++) {
        try {
          await loadT5(changed(checkpoint('t5'), { [name]: mutate(original, focus, random) }));
        } catch (error) {
          expect(error).toBeInstanceOf(BinscribeError);
        }
      }
    }
  });
});

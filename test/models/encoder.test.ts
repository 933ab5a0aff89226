/** The encoder without its training: batches do not mix functions, and a folder gives back what was written. */

import { beforeAll, describe, expect, it } from 'vitest';
import { EncoderSession, exportEncoder } from '../../src/models/encoder/encode.ts';
import { writeEncoder } from '../../src/models/encoder/folder.ts';
import { NearestVectors } from '../../src/models/encoder/nearest.ts';
import { type EncoderNetwork, reachOf } from '../../src/models/encoder/network.ts';
import { encoderModel } from '../../src/models/encoder/training.ts';
import { loadModel } from '../../src/models/folder.ts';
import { NAME_FEATURES } from '../../src/models/names.ts';
import { RandomStream } from '../../src/nn/random.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import { Trainer } from '../../src/nn/training/trainer.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';
import { LABELS } from '../../src/tasks/classifiers.ts';
import { collectEncoderExamples, exampleBatch, type ExampleSplit } from '../../src/tasks/encoder/examples.ts';
import { dot } from '../../src/tasks/retrieval.ts';
import { labelledPackages, stream } from '../support/labelled.ts';

const NETWORK: EncoderNetwork = {
  width: 16,
  inner: 24,
  before: 2,
  after: 1,
  heads: 4,
  hidden: 16,
  size: 8,
  dropout: 0,
  longest: 64,
};
const FLOOR = 4;
const runtime = nodeRuntime({ threads: 1 });
let split: ExampleSplit;
let network: Uint8Array;

beforeAll(async () => {
  split = await collectEncoderExamples(stream(labelledPackages(['alpha', 'beta'])), {
    validation: new Set(['beta']),
    floor: FLOOR,
    longest: NETWORK.longest,
    progress: () => undefined,
  });
  const trainer = await Trainer.create(
    {
      runtime,
      model: encoderModel(NETWORK, { contrast: 1, temperature: 0.1 }),
      optimizer: adamW({ learningRate: 1e-3 }),
      seed: 1,
    },
    exampleBatch(split.training.examples.slice(0, 4), reachOf(NETWORK)),
  );
  const parameters = [...trainer.parameters()].map(([name, { data }]) => [name, data] as const);
  await trainer.close();
  network = exportEncoder(NETWORK, new Map(parameters));
});

describe('the encoder', () => {
  it('says the same of a function whatever lies beside it in a batch', async () => {
    const session = await EncoderSession.open(runtime, network, reachOf(NETWORK));
    const { examples } = split.training;
    const together = await session.encode(examples);
    expect(together).toHaveLength(examples.length);
    for (const i of [0, 7, examples.length - 1]) {
      const [alone] = await session.encode([examples[i]]);
      for (const name of ['compiler', 'optimization', 'arguments', 'types', 'vector'] as const) {
        alone[name].forEach((value, k) => expect(together[i][name][k]).toBeCloseTo(value, 4));
      }
      expect(Math.hypot(...alone.vector)).toBeCloseTo(1, 5);
    }
    await session.close();
  });

  it('tells functions apart, and takes one without instructions', async () => {
    const session = await EncoderSession.open(runtime, network, reachOf(NETWORK));
    const [a, b, none] = await session.encode([
      split.training.examples[0],
      split.training.examples.at(-1)!,
      { rows: new Uint16Array(), rule: 0 },
    ]);
    expect(dot(a.vector, b.vector)).toBeLessThan(0.999);
    expect(none.compiler.every(Number.isFinite)).toBe(true);
    await session.close();
  });
});

describe('examples', () => {
  it('hold builds of a function together, and of validation what training has not seen', () => {
    const { training, validation, collected, leaks } = split;
    const builds = training.builds.map((of) => of.map((i) => training.examples[i]));
    expect(Math.max(...builds.map(({ length }) => length))).toBeGreaterThan(3);
    for (const of of builds) expect(new Set(of.map(({ identity }) => identity)).size).toBe(1);
    expect(validation.examples.length).toBeGreaterThan(0);
    expect(leaks).toBeGreaterThan(0);
    expect(collected.inputs).toHaveLength(collected.known.entries);
    expect(collected.inputs.every(({ rows }) => rows.length > 0)).toBe(true);
  });
});

describe('the nearest vectors', () => {
  it('are those of the largest products', async () => {
    const random = new RandomStream(5, 'vectors');
    const size = 6;
    const unit = (): Float32Array => {
      const values = Float32Array.from({ length: size }, () => random.normal());
      return values.map((value) => value / Math.hypot(...values));
    };
    const known = Array.from({ length: 300 }, unit);
    const queries = Array.from({ length: 150 }, unit);
    const nearest = await NearestVectors.open(
      runtime,
      Float32Array.from(known.flatMap((v) => [...v])),
      size,
      5,
    );
    const hits = await nearest.search(queries);
    await nearest.close();
    queries.forEach((query, i) => {
      const order = known.map((v, entry) => ({ entry, similarity: dot(query, v) }));
      order.sort((a, b) => b.similarity - a.similarity);
      expect(hits[i].map(({ entry }) => entry)).toEqual(order.slice(0, 5).map(({ entry }) => entry));
      hits[i].forEach(({ similarity }, k) => expect(similarity).toBeCloseTo(order[k].similarity, 5));
    });
  });
});

describe('the folder of an encoder', () => {
  const files = async (): Promise<Map<string, Uint8Array>> => {
    const session = await EncoderSession.open(runtime, network, reachOf(NETWORK));
    const outputs = await session.encode(split.collected.inputs);
    await session.close();
    return writeEncoder(
      {
        network,
        reach: reachOf(NETWORK),
        floor: FLOOR,
        longest: NETWORK.longest,
        labels: LABELS,
        priors: { compiler: [0.5, 0.5], optimization: [0.25, 0.25, 0.25, 0.25] },
        temperatures: { compiler: 1, optimization: 1, arguments: 1, types: 1 },
        known: split.collected.known,
        vectors: Float32Array.from(outputs.flatMap(({ vector }) => [...vector])),
        names: {
          linear: {
            classes: 2,
            columns: NAME_FEATURES.length,
            weights: new Float64Array((NAME_FEATURES.length + 1) * 2).fill(0.1),
          },
          similarity: 0,
          threshold: 0.4,
        },
      },
      'A test.',
      { name: 'test', version: '1', training: {} },
    );
  };
  const reader =
    (of: ReadonlyMap<string, Uint8Array>) =>
    (name: string): Uint8Array =>
      of.get(name)!;

  it('gives a model that finds known functions and does not depend on their order', async () => {
    const model = await loadModel(reader(await files()), 'folder', { runtime: () => runtime });
    const [program] = labelledPackages(['alpha']);
    const ask = (functions: typeof program.functions) => model.answer({ functions, imports: new Map() });
    const answers = await ask(program.functions);
    const large = program.labels.flatMap(({ name }, i) =>
      answers[i].neighbours.length > 0 ? [{ name, i }] : [],
    );
    expect(large.length).toBeGreaterThan(3);
    for (const { name, i } of large) {
      expect(answers[i].neighbours[0]).toMatchObject({ name, score: 1 });
      expect(answers[i].vector).toHaveLength(NETWORK.size);
    }
    const withoutVectors = (of: typeof answers) => of.map((answer) => ({ ...answer, vector: undefined }));
    const reversed = await ask([...program.functions].reverse());
    expect(withoutVectors(reversed)).toEqual(withoutVectors([...answers].reverse()));
  });

  it('is refused without a runtime, or where a file is damaged', async () => {
    const whole = await files();
    await expect(loadModel(reader(whole), 'folder')).rejects.toMatchObject({ kind: 'missing' });
    for (const name of ['encoder.onnx', 'vectors.bin', 'index.bin']) {
      const bytes = whole.get(name)!.slice();
      bytes[bytes.length >> 1] ^= 1;
      const damaged = new Map([...whole, [name, bytes]]);
      await expect(loadModel(reader(damaged), 'folder', { runtime: () => runtime })).rejects.toMatchObject({
        kind: 'corrupt',
      });
    }
  });
});

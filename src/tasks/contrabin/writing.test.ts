import { describe, expect, it } from 'vitest';
import { writeTexts } from '../../models/contrabin/write-texts.ts';
import { codeWriter, type WriterNetwork, writerStart } from '../../models/contrabin/writer.ts';
import { Generator } from '../../nn/generation/generator.ts';
import { RandomStream } from '../../nn/random.ts';
import { optimizerOf } from '../../nn/training/from-settings.ts';
import { parseSettings } from '../../nn/training/settings.ts';
import { Trainer } from '../../nn/training/trainer.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import { Bpe, SPECIAL } from '../../tokens/bpe/bpe.ts';
import type { WrittenFunction } from './functions.ts';
import { frequencyLoss, likelihoods, textPairs, writingTask } from './writing.ts';

/** Bytes are tokens. */
const VOCABULARIES = {
  code: new Bpe({ cut: 'lines', merges: [] }),
  text: new Bpe({ cut: 'words', merges: [] }),
};
const NETWORK: WriterNetwork = {
  encoder: { vocabulary: VOCABULARIES.code.size, width: 16, inner: 16, layers: 2, heads: 2, dropout: 0 },
  decoder: {
    vocabulary: VOCABULARIES.text.size,
    layers: 1,
    heads: 2,
    inner: 16,
    dropout: 0,
    smoothing: 0,
    longestCode: 64,
    longestText: 32,
    longestHints: 8,
  },
};

/** A function whose text is as long as its number tells, in a build for each length of code. */
function builds(number: number, lengths: readonly number[]): WrittenFunction[] {
  return lengths.map((length) => ({
    package: `package ${number % 3}`,
    id: `function ${number}`,
    build: { compiler: 'gcc-12', level: 'O2' },
    assembly: 'mov eax, ebx\n'.repeat(20).slice(0, length),
    lifted: null,
    text: 'it does what it does, and does it well'.slice(0, 1 + number),
    code: new Uint8Array(),
    address: 0,
    instructions: 8,
    exactHash: '',
    normalizedHash: '',
  }));
}

const FUNCTIONS = Array.from({ length: 37 }, (_, i) => builds(i, [3 + 2 * i, 5, 90 - 2 * i])).flat();

/** The last letter of the code. */
const hintsOf = ({ assembly }: WrittenFunction): number[] => VOCABULARIES.text.encode(assembly.slice(-1));
const pairsOf = (functions: readonly WrittenFunction[]) =>
  textPairs(functions, VOCABULARIES, NETWORK, hintsOf);

describe('writingTask', () => {
  const settings = parseSettings({ batchSize: 4 });

  it('takes builds of one function as one example, cut where they are too long', async () => {
    const { codes, texts, builds: of } = pairsOf(FUNCTIONS);
    expect(of).toHaveLength(37);
    expect(of[5].map((build) => VOCABULARIES.code.decode(codes.at(build)))).toEqual(
      FUNCTIONS.slice(15, 18).map(({ assembly }) => assembly.slice(0, 64)),
    );
    expect(Array.from(texts.at(36), (token) => VOCABULARIES.text.decode([token])).join('')).toBe(
      'it does what it does, and does i',
    );
  });

  it('makes batches in which nothing of a code or a text is missing, of few shapes', async () => {
    const pairs = pairsOf(FUNCTIONS);
    const { data, settings: own } = writingTask(pairs, pairs, { network: NETWORK, training: settings });
    const shapes = new Set<string>();
    for (let one = 0; one < data.count; one++) {
      const number = own.buckets!.find((bucket) => data.lengthOf!(one) <= bucket)!;
      for (let draw = 0; draw < 4; draw++) {
        const batch = data.batch([one, one], number, new RandomStream(draw, 'builds'));
        const { tokens, places, hints, mask, next } = batch;
        const [, longest] = places.shape;
        const read = Array.from(places.data.subarray(0, longest), Number).filter(
          (_, i) => mask.data[8 + i] === 1,
        );
        const said = Array.from(next.data.subarray(0, next.shape[1]), Number);
        const codes = pairs.builds[one].map((build) => pairs.codes.at(build).join());
        const code = read.map((place) => tokens.data[place]).join();
        expect(codes).toContain(code);
        const given = pairs.hints.at(pairs.builds[one][codes.indexOf(code)]);
        expect([mask.data[0], mask.data[1], hints.data[0]]).toEqual([1, 0, given[0]]);
        const whole = [...pairs.texts.at(one), SPECIAL.end].slice(0, NETWORK.decoder.longestText);
        expect(said.slice(0, whole.length)).toEqual(whole);
        // At most half is padding, but in the smallest class.
        expect(next.shape[1]).toBeLessThanOrEqual(Math.max(8, 2 * whole.length));
        shapes.add(`${longest} ${next.shape[1]}`);
      }
    }
    expect(shapes.size).toBeLessThanOrEqual(9);
  });

  it('judges by the mean over all tokens of the validation, however they are batched', async () => {
    const pairs = pairsOf(FUNCTIONS);
    const task = writingTask(pairs, pairs, { network: NETWORK, training: settings });
    const sample = task.data.batch([0], 9, new RandomStream(1, 'sample'));
    const options = { runtime: nodeRuntime({ threads: 1 }), model: task.model, seed: 1 };
    const trainer = await Trainer.create({ ...options, optimizer: optimizerOf(settings) }, sample);
    const figures = await task.evaluate(trainer);
    let [total, tokens] = [0, 0];
    const alone = { ...pairs, builds: pairs.builds.map(([first]) => [first]) };
    const { data } = writingTask(alone, alone, { network: NETWORK, training: settings });
    for (let one = 0; one < data.count; one++) {
      const batch = data.batch([one], 9, new RandomStream(1, 'builds'));
      const { loss } = await trainer.evaluate(batch);
      const asked = Array.from(batch['next'].data, Number).filter((token) => token !== SPECIAL.padding);
      total += Number(loss.data[0]) * asked.length;
      tokens += asked.length;
    }
    await trainer.close();
    expect(figures['loss per token']).toBeCloseTo(total / tokens, 4);
  });
});

it('frequencies of the training tell a loss to compare with', async () => {
  const training = pairsOf([{ ...FUNCTIONS[0], text: 'aab' }]);
  const judged = pairsOf([{ ...FUNCTIONS[0], text: 'ac' }]);
  // Counts of a, c and the end, each one more than seen; four tokens were seen, and there are 256 and the end.
  const [a, c, end] = [3, 1, 2].map((count) => -Math.log(count / 261));
  expect(frequencyLoss(training, judged, VOCABULARIES.text.size)).toBeCloseTo((a + c + end) / 3, 9);
});

it('texts come back in the order of the codes, and are as likely as the training graph finds them', async () => {
  const pairs = pairsOf(FUNCTIONS);
  const settings = { network: NETWORK, training: parseSettings({ batchSize: 4 }) };
  const { model, data } = writingTask(pairs, pairs, settings);
  const runtime = nodeRuntime({ threads: 1 });
  const options = { runtime, model, seed: 1, optimizer: optimizerOf(parseSettings({})) };
  const trainer = await Trainer.create(options, data.batch([0], 9, new RandomStream(1, 'sample')));
  const random = new RandomStream(2, 'parameters');
  for (const [name, { data: values }] of trainer.parameters()) {
    trainer.assign(
      name,
      values.map((value) => value + 0.3 * random.normal()),
    );
  }
  const parameters = new Map([...trainer.parameters()].map(([name, { data: values }]) => [name, values]));
  const generator = await Generator.open(runtime, codeWriter(NETWORK), parameters);
  const given = [0, 6, 3, 30].map((code) => ({ code: pairs.codes.at(code), hints: pairs.hints.at(code) }));
  const told: number[] = [];
  const onProgress = (done: number) => told.push(done);
  const written = await writeTexts(generator, given, {
    batchSize: 3,
    longestHints: 8,
    maximum: 32,
    onProgress,
  });
  for (const [i, one] of given.entries()) {
    const [[alone]] = await writeTexts(generator, [one], { batchSize: 1, longestHints: 8, maximum: 32 });
    expect(written[i].map(({ tokens }) => tokens)).toEqual([alone.tokens]);
  }
  await generator.close();
  const texts = written.map(([{ tokens }], i) => ({ ...given[i], text: tokens }));
  const found = await likelihoods(trainer, texts, settings);
  await trainer.close();
  found.forEach((value, i) => expect(value).toBeCloseTo(written[i][0].score, 4));
  expect(told).toEqual([3, 4]);
  expect(new Set(written.map(([{ tokens }]) => tokens.join())).size).toBeGreaterThan(1);
});

it('begins with what the anchored encoder knows of tokens, at the length of tokens that are drawn', async () => {
  const { vocabulary } = NETWORK.decoder;
  const { width } = NETWORK.encoder;
  const random = new RandomStream(3, 'table');
  const table = Float32Array.from({ length: vocabulary * width }, () => 5 * random.normal());
  const start = writerStart(new Map([['anchored.tokens.weight', table]]), NETWORK);
  const pairs = pairsOf(FUNCTIONS);
  const task = writingTask(pairs, pairs, { network: NETWORK, training: parseSettings({ batchSize: 4 }) });
  const sample = task.data.batch([0], 9, new RandomStream(1, 'sample'));
  const options = { runtime: nodeRuntime({ threads: 1 }), model: task.model, seed: 1 };
  const trainer = await Trainer.create({ ...options, optimizer: optimizerOf(parseSettings({})) }, sample);
  const drawn = new Map([...trainer.parameters()].map(([name, { data }]) => [name, data]));
  await trainer.close();
  const own = start.get('writer.tokens.weight')!;
  const lengthOf = (values: Float32Array) => Math.sqrt(values.reduce((sum, one) => sum + one * one, 0));
  // The name is one that the writer has.
  expect(lengthOf(own) / lengthOf(drawn.get('writer.tokens.weight')!)).toBeCloseTo(1, 1);
  const ratio = lengthOf(table) / lengthOf(own);
  own.forEach((value, i) => expect(value * ratio).toBeCloseTo(table[i], 3));
  // A table of another vocabulary, and none, change nothing.
  const other = new Map([['anchored.tokens.weight', table.subarray(width)]]);
  expect(writerStart(other, NETWORK)).toBe(other);
  expect(writerStart(new Map(), NETWORK).size).toBe(0);
});

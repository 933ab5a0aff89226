/** The first model from end to end on small programs: trained, written, loaded, asked, judged, damaged. */

import { beforeAll, describe, expect, it } from 'vitest';
import { BinscribeError } from '../../src/error.ts';
import { learnArgumentTable } from '../../src/models/arguments/count.ts';
import type { FirstModelParts } from '../../src/models/first.ts';
import type { KnowingModel } from '../../src/models/inspection.ts';
import { writeFirst } from '../../src/models/first-folder.ts';
import { loadModel } from '../../src/models/folder.ts';
import { styleVocabulary } from '../../src/models/linear/style.ts';
import { Random } from '../../src/random.ts';
import { decodeClassifiers, encodeClassifiers } from '../../src/tasks/classifier-file.ts';
import { heldOutTemperature, styleTable, trainClassifier } from '../../src/tasks/classifiers.ts';
import { collectExamples, type TrainingExamples } from '../../src/tasks/examples.ts';
import { figuresOf } from '../../src/tasks/figures.ts';
import { classifierRival, StyleCache } from '../../src/tasks/rivals.ts';
import { judge } from '../../src/tasks/judge.ts';
import { heldOutNames, nameThreshold, trainNames } from '../../src/tasks/naming.ts';
import { OPCODE_PAIRS, pairVector } from '../../src/tasks/opcode-pairs.ts';
import { questionsFor, RetrievalTask } from '../../src/tasks/retrieval.ts';
import { labelledPackages, stream } from '../support/labelled.ts';

const FLOOR = 8;
const SETTINGS = { leastFunctions: 1, penalty: 1e-3, iterations: 50 };

async function trainOn(
  packages: readonly string[],
): Promise<{ files: Map<string, Uint8Array>; examples: TrainingExamples }> {
  const examples = await collectExamples(stream(labelledPackages(packages)), FLOOR, () => undefined);
  const known = examples.known.build();
  const heldOut = heldOutNames(known, examples.names, 0.8, () => undefined);
  const linear = trainNames(heldOut, 1e-3);
  const vocabulary = styleVocabulary(
    examples.styles.map(({ bags }) => bags),
    1,
  );
  const table = styleTable(examples.styles, vocabulary);
  const classifier = (label: 'compiler' | 'optimization') => ({
    ...trainClassifier(table, label, SETTINGS),
    temperature: heldOutTemperature(table, label, SETTINGS),
  });
  const parts: Omit<FirstModelParts, 'card'> = {
    floor: FLOOR,
    known,
    names: { similarity: 0.8, threshold: nameThreshold(heldOut, linear, 0.6), linear },
    vocabulary,
    compiler: classifier('compiler'),
    optimization: classifier('optimization'),
    arguments: learnArgumentTable(examples.arguments, 10),
  };
  return { files: writeFirst(parts, 'A test.', { name: 'test', version: '1', training: {} }), examples };
}

function reader(files: ReadonlyMap<string, Uint8Array>): (name: string) => Uint8Array {
  return (name) => {
    const bytes = files.get(name);
    if (!bytes) throw new BinscribeError('missing', `${name} is missing`);
    return bytes;
  };
}

let files: Map<string, Uint8Array>;
let examples: TrainingExamples;
let model: KnowingModel;

beforeAll(async () => {
  ({ files, examples } = await trainOn(['alpha', 'beta']));
  model = await loadModel(reader(files), 'folder');
});

describe('training', () => {
  it('gives the same bytes again', async () => {
    const again = await trainOn(['alpha', 'beta']);
    expect([...again.files.keys()]).toEqual([...files.keys()]);
    for (const [name, bytes] of files) expect(Buffer.from(bytes).equals(again.files.get(name)!)).toBe(true);
  });

  it('leaves a package out of the index when it asks for its names', () => {
    const known = examples.known.build();
    const heldOut = heldOutNames(known, examples.names, 0.8, () => undefined);
    // Only beta has `total`.
    const total = heldOut.filter(({ truth }) => truth === 'total');
    expect(total.length).toBeGreaterThan(0);
    for (const { candidates } of total) expect(candidates.map(({ name }) => name)).not.toContain('total');
    const hash = heldOut.filter(({ truth }) => truth === 'hash');
    expect(hash.every(({ candidates }) => candidates[0]?.name === 'hash')).toBe(true);
  });
});

describe('answers', () => {
  it('name what is known, count arguments, and say what they leave open', async () => {
    const [program] = labelledPackages(['beta']);
    const answers = await model.answer({ functions: program.functions, imports: new Map() });
    answers.forEach((answer, i) => {
      const label = program.labels[i];
      expect(answer.arguments?.count).toBe(label.arguments);
      expect(answer.neighbours[0]).toMatchObject({ name: label.name, score: 1, match: 'exact' });
      expect(answer.abstained).toEqual(expect.arrayContaining(['summary', 'labels', 'source']));
      expect(answer.abstained.includes('names')).toBe(answer.names.length === 0);
      expect(answer.abstained.includes('compiler')).toBe(answer.compiler === null);
      for (const { score } of answer.names) expect(score).toBeGreaterThan(0);
    });
    const thoughts = await model.inspect({ functions: program.functions, imports: new Map() });
    thoughts.forEach(({ names }, i) => expect(names[0].name).toBe(program.labels[i].name));
    const named = answers.find((_, i) => program.labels[i].name === 'hash');
    expect(named?.compiler?.label).toBe('gcc');
  });

  it('do not depend on the order of the functions', async () => {
    const [program] = labelledPackages(['alpha']);
    const ask = (functions: typeof program.functions) => model.answer({ functions, imports: new Map() });
    const answers = await ask(program.functions);
    expect(await ask([...program.functions].reverse())).toEqual([...answers].reverse());
  });

  it('do not depend on which functions are wanted', async () => {
    const [program] = labelledPackages(['beta']);
    const ask = (wanted?: ReadonlySet<number>) =>
      model.answer({ functions: program.functions, imports: new Map(), ...(wanted && { wanted }) });
    const answers = await ask();
    for (const [i, { address }] of program.functions.entries()) {
      expect(await ask(new Set([address]))).toEqual([answers[i]]);
    }
  });

  it('tell how far they are', async () => {
    const [program] = labelledPackages(['alpha']);
    const told: number[] = [];
    await model.answer({ functions: program.functions, imports: new Map() }, (done) => told.push(done));
    expect(told.at(-1)).toBe(program.functions.length);
  });

  it('are none for a function below the floor or without code', async () => {
    const [program] = labelledPackages(['alpha']);
    const [first] = program.functions;
    const empty = {
      ...first,
      code: new Uint8Array(0),
      body: { ...first.body, instructions: [], blocks: [], calls: [] },
    };
    const [answer] = await model.answer({ functions: [empty], imports: new Map() });
    expect(answer).toMatchObject({ names: [], compiler: null, optimization: null, arguments: null });
    expect(answer.abstained).toHaveLength(7);
  });
});

describe('judging', () => {
  it('compares with the truth and with the baselines', async () => {
    const known = examples.known.build();
    const rivals = [classifierRival('seed', decodeClassifiers(seedFile(), 'seed'), new StyleCache())];
    const judged = await judge(stream(labelledPackages(['beta'])), {
      model,
      threshold: model.nameThreshold,
      rivals,
      knowledge: { exactNames: new Map(), names: new Set(known.names) },
      progress: () => undefined,
    });
    const figures = figuresOf(judged, {
      seed: 1,
      majority: { compiler: 0, optimization: 0, arguments: 2 },
      seedPlaces: [0],
      baselines: {},
    });
    const value = (name: string) => figures.find((figure) => figure.name === name);
    // It was trained on them, so most are right; the majority's figures follow from half and a quarter.
    expect(value('compiler macro-F1')!.value).toBeGreaterThan(0.9);
    expect(value('compiler macro-F1')!.seeds).toHaveLength(1);
    expect(value('compiler macro-F1')!.baselines['majority']).toBeCloseTo(1 / 3, 1);
    expect(value('number of arguments accuracy')!.value).toBe(1);
    expect(value('name recall@1, name in the index')!.value).toBeGreaterThan(0.9);
    for (const { interval, value: at } of figures) {
      if (!interval || Number.isNaN(at)) continue;
      expect(interval[0]).toBeLessThanOrEqual(interval[1]);
    }
  });

  it('finds a function among the other builds', () => {
    const known = examples.known.build();
    const task = new RetrievalTask(questionsFor('gcc-12', 'clang-19'), [OPCODE_PAIRS], FLOOR);
    for (const program of labelledPackages(['alpha', 'beta'])) {
      task.add(program, (i) => [pairVector(known, program.functions[i].body)]);
    }
    const figures = task.figures([1, 2]);
    const [all, fresh] = figures.filter(({ name }) => name === 'gcc-12 -O0 to -O3');
    expect([all.functions, fresh.functions]).toEqual(['all', 'without duplicates and leaks']);
    expect(all.pool).toBe(all.candidates);
    expect(fresh.candidates).toBeLessThanOrEqual(all.candidates);
    for (const { recallAt1 } of figures) {
      expect(recallAt1).toHaveLength(2);
      for (const recall of recallAt1) {
        expect(recall).toBeGreaterThanOrEqual(0);
        expect(recall).toBeLessThanOrEqual(1);
      }
    }
  });
});

function seedFile(): Uint8Array {
  const vocabulary = styleVocabulary(
    examples.styles.map(({ bags }) => bags),
    1,
  );
  const table = styleTable(examples.styles, vocabulary);
  return encodeClassifiers(vocabulary, {
    compiler: trainClassifier(table, 'compiler', SETTINGS),
    optimization: trainClassifier(table, 'optimization', SETTINGS),
  });
}

describe('a damaged folder', () => {
  const kindOf = async (changed: Map<string, Uint8Array>): Promise<string> => {
    try {
      await loadModel(reader(changed), 'folder');
      return 'loaded';
    } catch (error) {
      expect(error).toBeInstanceOf(BinscribeError);
      return (error as BinscribeError).kind;
    }
  };

  it('is refused where a file is missing or cut', async () => {
    for (const name of files.keys()) {
      const without = new Map(files);
      without.delete(name);
      expect(await kindOf(without)).toBe('missing');
      const bytes = files.get(name)!;
      expect(await kindOf(new Map([...files, [name, bytes.subarray(0, bytes.length >> 1)]]))).toBe('corrupt');
    }
  });

  it('is refused where a byte of its numbers is another', async () => {
    const random = new Random(1);
    for (const name of ['weights.bin', 'index.bin']) {
      for (let i = 0; i < 10; i++) {
        const bytes = files.get(name)!.slice();
        bytes[random.below(bytes.length)] ^= 1 + random.below(255);
        expect(await kindOf(new Map([...files, [name, bytes]]))).toBe('corrupt');
      }
    }
  });

  it('is refused where its document is another, but for white space', async () => {
    const random = new Random(2);
    for (let i = 0; i < 300; i++) {
      const bytes = files.get('model.json')!.slice();
      bytes[random.below(bytes.length)] = random.below(256);
      expect(['loaded', 'corrupt']).toContain(await kindOf(new Map([...files, ['model.json', bytes]])));
    }
  });
});

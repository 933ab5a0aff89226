/**
 * Trains word and document vectors. The same settings, corpus and seed give the same numbers each time on one
 * thread; several threads write into the same vectors without locks (Hogwild, Recht et al. 2011), as word2vec and
 * gensim do, and differ from run to run in what they overwrite.
 */

import { BinscribeError } from '../../error.ts';
import { checkCorpus, type Corpus } from './corpus.ts';
import { writeMemory } from './memory.ts';
import { cutBatches, planMemory, type Plan } from './plan.ts';
import { PlainKernel } from './plain.ts';
import { settingsOf, type EmbeddingSettings } from './settings.ts';
import type { Crew, Threads } from './threads.ts';
import type { Vocabulary } from './vocabulary.ts';
import { wasmEngine } from '../../wasm/engine.ts';
import { kernelModule, pagesOf } from './kernel/kernel.ts';

export interface TrainerOptions {
  /** Without threads it trains on the calling one. */
  threads?: Threads;
  /** `plain` is the reference in TypeScript, for comparison; it takes no threads. */
  kernel?: 'wasm' | 'plain';
}

/** All that training changes, copied. Vectors lie one after the other, without padding. */
export interface EmbeddingState {
  readonly settings: EmbeddingSettings;
  /** Batches done, of all epochs. */
  readonly done: number;
  /** Word vectors, the last for what is outside of a document. [words + 1, size] */
  readonly words: Float32Array;
  /** What hidden vectors are multiplied with. [words, hidden] */
  readonly outputs: Float32Array;
  /** [documents, document size]; empty for skip-gram. */
  readonly documents: Float32Array;
}

interface Region {
  readonly address: number;
  readonly rows: number;
}

export class EmbeddingTrainer {
  readonly settings: EmbeddingSettings;
  readonly vocabulary: Vocabulary;
  /** Batches in all epochs together. */
  readonly total: number;
  private readonly plan: Plan;
  private readonly buffer: ArrayBufferLike;
  private readonly queue: Int32Array;
  private readonly runHere: () => void;
  private readonly crew: Promise<Crew> | null;

  /** @param frozen Weights that stay as they are, so that only document vectors learn: see `inferDocuments` */
  constructor(
    given: Partial<EmbeddingSettings>,
    vocabulary: Vocabulary,
    corpus: Corpus,
    { threads, kernel = 'wasm' }: TrainerOptions = {},
    frozen?: EmbeddingState,
  ) {
    this.settings = settingsOf(given);
    this.vocabulary = vocabulary;
    checkCorpus(corpus, vocabulary, this.settings.model === 'asm2vec');
    const cuts = cutBatches(corpus);
    const batches = cuts.length - 1;
    this.total = batches * this.settings.epochs;
    this.plan = planMemory(this.settings, vocabulary, corpus, batches, {
      threads: threads?.count ?? 1,
      frozen: frozen !== undefined,
    });
    const engine = kernel === 'wasm' ? wasmEngine() : null;
    if (engine) {
      const shared = threads !== undefined;
      const pages = pagesOf(this.plan);
      const memory = new engine.wasm.Memory({ initial: pages, maximum: pages, shared });
      const { relaxed } = engine;
      const module = new engine.wasm.Module(kernelModule(this.plan, { relaxed, shared }));
      const instance = new engine.wasm.Instance(module, { env: { memory } });
      this.buffer = memory.buffer;
      this.runHere = () => (instance.exports as { run(thread: number): void }).run(0);
      this.crew = threads ? threads.start({ module, memory }) : null;
    } else {
      this.buffer = new ArrayBuffer(this.plan.bytes);
      const plain = new PlainKernel(this.plan, this.buffer);
      this.runHere = () => plain.run();
      this.crew = null;
    }
    this.queue = new Int32Array(this.buffer, this.plan.at.queue, 2);
    writeMemory(this.buffer, this.plan, vocabulary, corpus, cuts);
    if (frozen) this.write({ ...frozen, documents: null });
  }

  /** Batches taken so far; while threads work it moves on. */
  get done(): number {
    // Who looked for more has counted beyond what there was.
    return Math.min(Atomics.load(this.queue, 0), Atomics.load(this.queue, 1));
  }

  /** Trains up to a batch, at most the last, on the calling thread. */
  advance(until = this.total): void {
    this.allow(until);
    this.runHere();
  }

  /** The same on the threads that the options gave, or on the calling one without. */
  async run(until = this.total): Promise<void> {
    if (!this.crew) return this.advance(until);
    this.allow(until);
    await (await this.crew).run();
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await (await this.crew)?.close();
  }

  private allow(until: number): void {
    Atomics.store(this.queue, 0, this.done);
    Atomics.store(this.queue, 1, Math.min(until, this.total));
  }

  private get regions(): Record<'words' | 'outputs' | 'documents', Region> {
    const { at, words, slots, documents, documentSlots, settings } = this.plan;
    return {
      words: { address: at.input, rows: words + 1 },
      outputs: { address: at.output, rows: words * slots },
      documents: {
        address: at.document,
        rows: settings.model === 'skip-gram' ? 0 : documents * documentSlots,
      },
    };
  }

  /** Copies rows without their padding. */
  private read({ address, rows }: Region): Float32Array {
    const { rowBytes, settings } = this.plan;
    const values = new Float32Array(rows * settings.size);
    for (let i = 0; i < rows; i++) {
      values.set(new Float32Array(this.buffer, address + i * rowBytes, settings.size), i * settings.size);
    }
    return values;
  }

  /** A copy of everything. Take it between two calls of `run`: while threads write it is of no moment. */
  state(): EmbeddingState {
    const { words, outputs, documents } = this.regions;
    return {
      settings: this.settings,
      done: this.done,
      words: this.read(words),
      outputs: this.read(outputs),
      documents: this.read(documents),
    };
  }

  /**
   * Goes on where a state was taken: on one thread with the same numbers as if it had never stopped.
   * @throws BinscribeError `usage` where the state is of another training
   */
  restore(state: EmbeddingState): void {
    for (const name of Object.keys(this.settings) as (keyof EmbeddingSettings)[]) {
      if (state.settings[name] !== this.settings[name]) {
        throw new BinscribeError(
          'usage',
          `embeddings: state with ${name} ${this.settings[name]} expected, got ${state.settings[name]}`,
        );
      }
    }
    this.write(state);
    this.queue[0] = state.done;
    this.queue[1] = state.done;
  }

  private write(
    values: Record<'words' | 'outputs', Float32Array> & { documents: Float32Array | null },
  ): void {
    const { rowBytes, settings } = this.plan;
    for (const [name, { address, rows }] of Object.entries(this.regions)) {
      const from = values[name as keyof typeof values];
      if (!from) continue;
      if (from.length !== rows * settings.size) {
        throw new BinscribeError(
          'usage',
          `embeddings: ${rows * settings.size} numbers of ${name} expected, got ${from.length}`,
          { hint: 'The state is of another corpus or vocabulary.' },
        );
      }
      for (let i = 0; i < rows; i++) {
        new Float32Array(this.buffer, address + i * rowBytes, settings.size).set(
          from.subarray(i * settings.size, (i + 1) * settings.size),
        );
      }
    }
  }
}

/**
 * Networks that write. All texts of a batch advance together, a token a step; a text whose search is over leaves the
 * batch.
 *
 * @example
 * const generator = await Generator.open(runtime, t5Writer(loaded.config), loaded.parameters);
 * const batch = tokenizer.encode(['summarize: …']);
 * const [[best]] = await generator.write(batch, { maximum: 64, method: { kind: 'beams', beams: 5 } });
 * console.log(tokenizer.decode(best.tokens));
 */

import { BinscribeError } from '../../error.ts';
import { compileGraph } from '../onnx/compile.ts';
import { encodeModel } from '../onnx/model.ts';
import { RandomStream } from '../random.ts';
import type { HostTensor, Runtime, Session } from '../runtime.ts';
import { BeamSearch } from './beams.ts';
import { DrawSearch, drawn, likeliest } from './draws.ts';
import { readingOutputs, stepOutputs, type Outputs } from './graphs.ts';
import { Memory } from './memory.ts';
import { checkOptions, rowsOf, type Written, type WriteOptions } from './options.ts';
import { Past } from './past.ts';
import type { Search, SearchSetting } from './search.ts';
import type { Writer } from './writer.ts';

/** What is read: numbers of tokens and 1 for what is there, int64 [batch, length], padding last. */
export interface Source {
  readonly ids: HostTensor;
  readonly mask: HostTensor;
}

export class Generator {
  private readonly writer: Writer;
  private readonly reading: Session;
  private readonly step: Session;

  private constructor(writer: Writer, reading: Session, step: Session) {
    this.writer = writer;
    this.reading = reading;
    this.step = step;
  }

  /** @param parameters values by the names that the writer asks for in a scope without a path */
  static async open(
    runtime: Runtime,
    writer: Writer,
    parameters: ReadonlyMap<string, Float32Array>,
  ): Promise<Generator> {
    const open = (outputs: Outputs): Promise<Session> =>
      runtime.open(encodeModel(compileGraph(outputs, { frozen: parameters })));
    return new Generator(writer, await open(readingOutputs(writer)), await open(stepOutputs(writer)));
  }

  async close(): Promise<void> {
    await this.reading.close();
    await this.step.close();
  }

  /**
   * Of an encoder-decoder: answers to each source. Of a decoder alone: what goes on after each, which must not be
   * empty.
   * @returns for each source as many texts as were asked for, the best first
   * @throws BinscribeError of kind `usage`
   */
  async write(source: Source, options: WriteOptions): Promise<readonly (readonly Written[])[]> {
    checkOptions(options);
    const given = this.given(source);
    const searches = given.map((tokens, i) => this.search(tokens, i, options));
    const { heads, headSize, layers } = this.writer;
    const past = new Past({ layers, width: heads * headSize });
    const memory = await this.read(source, given, past);
    await this.run(searches, given, past, memory);
    const { returned } = rowsOf(options.method ?? { kind: 'greedy' });
    return searches.map((search) => search.results().slice(0, returned));
  }

  /** What each text begins with. */
  private given({ ids, mask }: Source): number[][] {
    const [batch, length] = ids.shape;
    if (this.writer.kind === 'encoder-decoder') {
      const { start } = this.writer;
      return Array.from({ length: batch }, () => [start]);
    }
    return Array.from({ length: batch }, (_, row) => {
      const there = Array.from(mask.data.slice(row * length, (row + 1) * length), Number);
      const count = there.filter((one) => one !== 0).length;
      if (count === 0 || there.lastIndexOf(1) !== count - 1) {
        throw new BinscribeError(
          'usage',
          `source ${row}: a text that is not empty, with padding last, expected`,
        );
      }
      return Array.from(ids.data.slice(row * length, row * length + count), Number);
    });
  }

  private search(given: readonly number[], text: number, options: WriteOptions): Search {
    const { end, vocabulary } = this.writer;
    const setting: SearchSetting = { ...options, end, vocabulary, given };
    const { method = { kind: 'greedy' } } = options;
    if (method.kind === 'beams') return new BeamSearch(setting, method);
    if (method.kind === 'greedy') return new DrawSearch(setting, likeliest, 1, 1);
    const { returned = 1, seed, topK = vocabulary } = method;
    const streams = Array.from(
      { length: returned },
      (_, i) => new RandomStream(seed, `text ${text}, draft ${i}`),
    );
    return new DrawSearch(setting, drawn(method, streams), topK, returned);
  }

  /** Reads the sources. @returns what the step looks at of an encoder */
  private async read(source: Source, given: readonly number[][], past: Past): Promise<Memory | null> {
    const { ids, mask } = source;
    past.begin(given.length);
    if (this.writer.kind === 'encoder-decoder') {
      return new Memory(await this.reading.run({ ids, mask }), mask);
    }
    // The last token of each is what the first step reads.
    const lengths = given.map((tokens) => tokens.length - 1);
    const longest = Math.max(...lengths);
    if (longest > 0) {
      const prompt = new BigInt64Array(given.length * longest);
      given.forEach((tokens, row) => {
        tokens.slice(0, -1).forEach((token, i) => (prompt[row * longest + i] = BigInt(token)));
      });
      const shape = [given.length, longest];
      await this.reading.run({ ids: { dtype: 'int64', shape, data: prompt } }, past.space(shape));
      past.beginWithPrompt(lengths, longest);
    }
    return null;
  }

  private async run(
    searches: readonly Search[],
    given: readonly number[][],
    past: Past,
    memory: Memory | null,
  ): Promise<void> {
    const { vocabulary } = this.writer;
    let active = searches;
    let tokens = given.map((text) => text[text.length - 1]);
    /** How many positions lie before each row's token. */
    let places = given.map((text) => text.length - 1);
    while (active.length > 0) {
      const rows = tokens.length;
      const count = Math.min(vocabulary, Math.max(...active.map((search) => search.needed())));
      const scores = new Float32Array(rows * count);
      const choices = new BigInt64Array(rows * count);
      await this.step.run(
        {
          tokens: whole(tokens, [rows]),
          places: whole(places, [rows]),
          count: whole([count], [1]),
          ...past.feeds(),
          ...(memory ? memory.feeds : { present: present(places, past.written) }),
        },
        {
          scores: { dtype: 'float32', shape: [rows, count], data: scores },
          choices: { dtype: 'int64', shape: [rows, count], data: choices },
          ...past.space([rows]),
        },
      );
      const each = rows / active.length;
      const going = active.flatMap((search, text) => {
        const first = text * each;
        const next = search.advance({
          count,
          score: (row, i) => scores[(first + row) * count + i],
          token: (row, i) => Number(choices[(first + row) * count + i]),
        });
        return next
          ? [{ search, text, parents: next.parents.map((row) => first + row), tokens: next.tokens }]
          : [];
      });
      if (going.length < active.length) memory?.keep(going.map(({ text }) => text));
      const parents = going.flatMap((text) => text.parents);
      past.advance(parents);
      places = parents.map((row) => places[row] + 1);
      tokens = going.flatMap((text) => [...text.tokens]);
      active = going.map(({ search }) => search);
    }
  }
}

function whole(values: readonly number[], shape: readonly number[]): HostTensor {
  return { dtype: 'int64', shape, data: BigInt64Array.from(values, BigInt) };
}

/** Which of the positions in line belong to a row: the last ones, as many as lie before its token, and that itself. */
function present(places: readonly number[], written: number): HostTensor {
  const data = new BigInt64Array(places.length * (written + 1));
  places.forEach((place, row) => {
    const end = (row + 1) * (written + 1);
    data.fill(1n, end - 1 - place, end);
  });
  return { dtype: 'int64', shape: [places.length, written + 1], data };
}

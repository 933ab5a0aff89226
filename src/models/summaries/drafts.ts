/** Summaries as the network writes them, with what is known of each: what they are worth is the affair of certainty.ts. */

import { contentWords } from '../../content-words.ts';
import { Generator } from '../../nn/generation/generator.ts';
import type { Runtime } from '../../nn/runtime.ts';
import { firstInstructions, instructionCount } from '../../tokens/assembly.ts';
import { saidIn, tokensOfTexts } from '../../tokens/said.ts';
import { BEAMS, NO_REPEAT, writeTexts } from '../contrabin/write-texts.ts';
import { codeWriter } from '../contrabin/writer.ts';
import type { Vocabularies } from '../stored/vocabularies.ts';
import type { Features } from './certainty.ts';
import type { SummaryNetwork } from './network.ts';

export interface SummaryDraft {
  /** On one line; empty where the network has nothing to write. */
  readonly text: string;
  readonly features: Features;
  /** Of its words those that are said in the code too: in strings, and in names of imports. */
  readonly repeated: readonly string[];
}

/** Codes that are written of at once: what is kept of each while its beams go on is some megabytes. */
const BATCH = 16;
/** Escapes in strings of assembly are no words. */
const ESCAPES = /\\(?:u[0-9a-f]{4}|.)/g;

/** Call `close` at the end. */
export class SummaryDrafter {
  private readonly generator: Generator;
  private readonly network: SummaryNetwork;
  private readonly vocabularies: Vocabularies;

  private constructor(generator: Generator, network: SummaryNetwork, vocabularies: Vocabularies) {
    this.generator = generator;
    this.network = network;
    this.vocabularies = vocabularies;
  }

  /** @param parameters of all names of `parameterShapes` */
  static async open(
    runtime: Runtime,
    network: SummaryNetwork,
    vocabularies: Vocabularies,
    parameters: ReadonlyMap<string, Float32Array>,
  ): Promise<SummaryDrafter> {
    const generator = await Generator.open(runtime, codeWriter(network), parameters);
    return new SummaryDrafter(generator, network, vocabularies);
  }

  close(): Promise<void> {
    return this.generator.close();
  }

  /**
   * @param codes normalised assembly of functions; of each the first instructions are read
   * @returns of each the likeliest of five beams
   */
  async write(
    codes: readonly string[],
    progress?: (done: number, all: number) => void,
  ): Promise<SummaryDraft[]> {
    const { code, text } = this.vocabularies;
    const { longestCode, longestText, longestHints } = this.network.decoder;
    const read = codes.map(firstInstructions);
    const said = read.map((assembly) => saidIn(assembly, { numbers: false }));
    const given = read.map((assembly, i) => ({
      code: code.encode(assembly, longestCode),
      hints: tokensOfTexts([said[i]], text, longestHints),
    }));
    const written = await writeTexts(this.generator, given, {
      batchSize: BATCH,
      longestHints,
      maximum: longestText,
      noRepeat: NO_REPEAT,
      method: { kind: 'beams', beams: BEAMS, returned: BEAMS },
      ...(progress && { onProgress: progress }),
    });
    return written.map((beams, i) => {
      const texts = beams.map(({ tokens, ended }) => lineOf(text.decode(tokens), ended));
      const [best = ''] = texts;
      const likelihood = beams.at(0)?.score ?? 0;
      const other = beams.find((_, place) => texts[place] !== best)?.score ?? likelihood;
      const words = contentWords(said[i].replaceAll(ESCAPES, ' '));
      return {
        text: best,
        features: {
          likelihood,
          margin: likelihood - other,
          instructions: Math.log1p(instructionCount(read[i])),
          words: Math.log1p(words.size),
        },
        repeated: [...contentWords(best)].flatMap(([stem, word]) => (words.has(stem) ? [word] : [])),
      };
    });
  }
}

/** A text that came to no end says so. */
function lineOf(text: string, ended: boolean): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return ended || line === '' ? line : `${line} …`;
}

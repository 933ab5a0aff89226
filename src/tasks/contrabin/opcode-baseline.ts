/** The baseline without learning: texts of code by tf-idf of their opcode pairs, whatever the view. */

import type { Scorer } from '../../metrics/retrieval.ts';
import { inverseFrequency, termWeight } from '../../models/known/weights.ts';
import type { TokenTexts } from '../../tokens/bpe/token-texts.ts';

/** Numbers of opcodes, given as they come: one for all texts that are compared. */
export class OpcodeNumbers {
  private readonly numbers = new Map<string, number>();

  /** The opcodes of a text of code: of assembly a line's first word, of LLVM IR the word that says what is done. */
  read(text: string): number[] {
    const opcodes: number[] = [];
    for (const line of text.split('\n')) {
      const [, opcode] = OPCODE.exec(line) ?? [];
      if (opcode === undefined) continue;
      const known = this.numbers.get(opcode) ?? this.numbers.size;
      this.numbers.set(opcode, known);
      opcodes.push(known);
    }
    return opcodes;
  }
}

/** Labels (`.3:`, `label:`) and empty lines have none. */
const OPCODE = /^(?:% = )?([A-Za-z][\w.]*)(?!\w*:)/;

/** More opcodes than any instruction set has names; a pair is one number. */
const BASE = 2 ** 16;

type Weights = ReadonlyMap<number, number>;

function countPairs(opcodes: Uint16Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i + 1 < opcodes.length; i++) {
    const pair = opcodes[i] * BASE + opcodes[i + 1];
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}

/** Texts that others are compared with. */
export class OpcodeIndex {
  private readonly texts: TokenTexts;
  private readonly frequencies = new Map<number, number>();
  private readonly documents: number;
  /** Texts that have a pair, and its weight in each. */
  private readonly postings = new Map<number, { texts: number[]; weights: number[] }>();

  /** @param training opcodes of the texts that pairs' weights come from */
  constructor(training: TokenTexts, texts: TokenTexts) {
    this.texts = texts;
    this.documents = training.length;
    for (let i = 0; i < training.length; i++) {
      for (const pair of countPairs(training.at(i)).keys()) {
        this.frequencies.set(pair, (this.frequencies.get(pair) ?? 0) + 1);
      }
    }
    for (let i = 0; i < texts.length; i++) {
      for (const [pair, weight] of this.weigh(texts.at(i))) {
        const known = this.postings.get(pair) ?? { texts: [], weights: [] };
        this.postings.set(pair, known);
        known.texts.push(i);
        known.weights.push(weight);
      }
    }
  }

  /** Of length 1. */
  private weigh(opcodes: Uint16Array): Weights {
    const weights = [...countPairs(opcodes)].map(([pair, count]): [number, number] => {
      const idf = inverseFrequency(this.documents, this.frequencies.get(pair) ?? 0);
      return [pair, termWeight(count, idf)];
    });
    const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1;
    return new Map(weights.map(([pair, weight]) => [pair, weight / length]));
  }

  /** Fills in the cosine with each text. */
  score(opcodes: Uint16Array, scores: Float32Array): void {
    scores.fill(0);
    for (const [pair, weight] of this.weigh(opcodes)) {
      const found = this.postings.get(pair);
      if (!found) continue;
      for (let i = 0; i < found.texts.length; i++) scores[found.texts[i]] += weight * found.weights[i];
    }
  }

  /** The texts among themselves. */
  get scorer(): Scorer {
    return (query, scores) => this.score(this.texts.at(query), scores);
  }

  /** The most similar text, of equally similar ones the first. */
  nearest(opcodes: Uint16Array): number {
    const scores = new Float32Array(this.texts.length);
    this.score(opcodes, scores);
    let best = 0;
    for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
    return best;
  }
}

/**
 * The seam between networks and reports: functions in, scored answers out. Everything that explains a
 * function (hash lookup today, the encoder next) fills this interface.
 */

import type { FunctionBody } from '../binary/instruction.ts';

/** One function as a model sees it: code and nothing that a stripped file would not hold. */
export interface FunctionInput {
  address: number;
  /** Bytes of its code. */
  size: number;
  code: Uint8Array;
  body: FunctionBody;
}

/** A program: functions of one file together, so that a model can look from a call to what is called. */
export interface ProgramInput {
  functions: FunctionInput[];
  /** Addresses of those to be answered, all where absent. The others are there to be looked at. */
  wanted?: ReadonlySet<number>;
  /** Address of a stub or stand-in → name of the imported function. */
  imports: ReadonlyMap<number, string>;
}

/** A label with the probability, in [0, 1], that it is right. */
export interface Scored {
  label: string;
  score: number;
}

/** A known function that resembles the asked one: the evidence behind a name. */
export interface Neighbour {
  name: string;
  /** Similarity in [0, 1]; 1 only for identical code with addresses normalised. */
  score: number;
  package: string;
  version: string;
  compiler: string;
  optimization: string;
  /** How it was found. */
  match: 'exact' | 'normalized' | 'similar';
}

/** A sentence by the author of a known function. */
export interface Quoted {
  text: string;
  /** The probability that the asked function is that one. */
  score: number;
  name: string;
  package: string;
  version: string;
}

/** What can be left unanswered. */
export type Field = 'names' | 'summary' | 'compiler' | 'optimization' | 'arguments' | 'labels' | 'source';

export interface FunctionAnswer {
  /** Best first; the scores are calibrated probabilities. Empty when the model abstains. */
  names: { name: string; score: number }[];
  /** What the programmers say of the known function that it probably is. */
  summary?: Quoted;
  compiler: Scored | null;
  optimization: Scored | null;
  /** `types`: of each of the first parameters its class, `int` or `pointer` say, where the model tells them. */
  arguments: { count: number; score: number; types?: Scored[] } | null;
  neighbours: Neighbour[];
  /** Its place among functions: a unit vector; absent where the model has none. */
  vector?: Float32Array;
  /** The fields on which the model was asked and has no answer. */
  abstained: Field[];
}

export interface ModelCard {
  /** Name, version and content hash: which model said it. */
  id: string;
  /** What it was trained on and what it can do, in a sentence. */
  description: string;
}

export interface Model {
  readonly card: ModelCard;
  /**
   * One answer a wanted function, in order. `progress` is told how many are done. A batch may be a whole program;
   * a model must not depend on the order of its functions, nor on which of them are wanted.
   */
  answer(program: ProgramInput, progress?: (done: number) => void): Promise<FunctionAnswer[]>;
}

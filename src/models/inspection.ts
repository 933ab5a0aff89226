/**
 * Between a model's opinion and its answer: what every model that names functions by known ones thinks of a
 * function, and what of it is withheld for lack of evidence.
 */

import type { KnownFunctions } from './known/index.ts';
import type { KnownTexts } from './known/texts.ts';
import { argMax } from './linear/logistic.ts';
import type { Field, FunctionAnswer, Model, ProgramInput, Scored } from './model.ts';
import { type Found, neighboursOf, quoted } from './names.ts';

/** What a model thinks of one function, before anything is withheld. */
export interface Inspection {
  /** Instructions, padding left out. */
  length: number;
  names: { name: string; score: number }[];
  found: Found[];
  compiler: Scored;
  optimization: Scored;
  /** The level and its twin as one, where a model says that of its level. */
  twins?: Scored | null;
  /** The same, had the program no other functions, where those count. */
  alone?: { compiler: Scored; optimization: Scored };
  /** Null for a function without instructions. `rule` is what the rule without learning says. */
  arguments: { count: number; score: number; rule: number; types?: Scored[] } | null;
  /** Its place among functions, of length 1, where the model has one. */
  vector?: Float32Array;
}

/** A model that can be judged: it also tells what it would withhold. */
export interface KnowingModel extends Model {
  readonly known: KnownFunctions;
  /** Names with a smaller probability are not given. */
  readonly nameThreshold: number;
  /** One inspection a wanted function, in order. */
  inspect(program: ProgramInput, progress?: (done: number) => void): Promise<Inspection[]>;
}

/** What decides whether an opinion becomes an answer. */
export interface Withheld {
  known: KnownFunctions;
  /** What programmers say of known functions, where the model has it. */
  texts?: KnownTexts;
  /** Below this many instructions (padding left out) neither names nor labels are given. */
  floor: number;
  /** Names with a smaller probability are not given. */
  threshold: number;
}

/** The label of the largest probability. */
export function likeliest(labels: readonly string[], probabilities: Float64Array): Scored {
  const place = argMax(probabilities);
  return { label: labels[place], score: probabilities[place] };
}

/** Levels that are the same code in two functions of three. */
const TWINS: readonly string[] = ['O2', 'O3'];
/** How an answer calls them where it cannot tell which. */
export const TWIN_LEVELS = TWINS.join('/');

/** What the twins are together; null where another level is likelier than each. */
export function twinsOf(labels: readonly string[], probabilities: Float64Array): Scored | null {
  if (!TWINS.includes(labels[argMax(probabilities)])) return null;
  const score = probabilities.reduce((sum, p, i) => (TWINS.includes(labels[i]) ? sum + p : sum), 0);
  return { label: TWIN_LEVELS, score };
}

/** Known functions shown as evidence. */
const MOST_NEIGHBOURS = 5;
/** An answer that is more likely wrong than right is none. */
const LEAST_SCORE = 0.5;
/** A level that is less likely than this is given with its twin where that helps: half of the code is the same in both. */
const SURE_LEVEL = 0.8;
/** A second name is shown beside the first if it is at least this likely. */
const LEAST_SECOND = 0.05;
/** Fields that these models never answer. */
const NEVER: readonly Field[] = ['labels', 'source'];

/** Withholds what has too little evidence, and says so. */
export function answerOf(
  inspection: Inspection,
  { known, texts, floor, threshold }: Withheld,
): FunctionAnswer {
  const { length, names, found, compiler, arguments: count, vector } = inspection;
  const large = length >= floor;
  const best = names.at(0);
  const named = large && best !== undefined && best.score >= threshold;
  const summary = named && texts ? quoted(known, texts, found, best) : null;
  const types = count?.types;
  const optimization = levelOf(inspection);
  const answer = {
    names: named ? names.filter(({ score }, i) => i === 0 || score >= LEAST_SECOND) : [],
    compiler: large && compiler.score >= LEAST_SCORE ? compiler : null,
    optimization: large && optimization.score >= LEAST_SCORE ? optimization : null,
    arguments:
      count && count.score >= LEAST_SCORE
        ? { count: count.count, score: count.score, ...(types ? { types } : {}) }
        : null,
    neighbours: neighboursOf(known, found, MOST_NEIGHBOURS),
    ...(summary ? { summary } : {}),
    ...(vector ? { vector } : {}),
  };
  const abstained: Field[] = [...NEVER];
  if (!named) abstained.push('names');
  if (!summary) abstained.push('summary');
  for (const field of ['compiler', 'optimization', 'arguments'] as const) {
    if (answer[field] === null) abstained.push(field);
  }
  return { ...answer, abstained };
}

/** The level alone where that is sure. */
function levelOf({ optimization, twins }: Inspection): Scored {
  return optimization.score >= SURE_LEVEL ? optimization : (twins ?? optimization);
}

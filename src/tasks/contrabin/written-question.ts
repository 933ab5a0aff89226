/**
 * Summaries, source and names in words as questions of the study. A writer learns from the training side; of a function of
 * the test side it writes candidates, the nearest texts are candidates too, and the best by what was learned on the
 * validation side is the answer.
 */

import { capabilitiesOf } from '../../capabilities/capabilities.ts';
import { sentenceOf } from '../../capabilities/sentence.ts';
import { codeWriter, writerStart } from '../../models/contrabin/writer.ts';
import { Generator } from '../../nn/generation/generator.ts';
import { readJson } from '../../nn/training/store.ts';
import type { Trainer } from '../../nn/training/trainer.ts';
import { mostFrequentOf } from '../chat/baselines.ts';
import { STUDY_LEVELS } from '../drafts/study.ts';
import {
  type Author,
  type Candidate,
  type CandidateSettings,
  candidatesOf,
  othersOf,
  type Target,
  wholeOf,
  withLikeness,
} from './candidates.ts';
import { type Choice, learnChoice, mostAgreed, ranked } from './choice.ts';
import type { WrittenFunction } from './functions.ts';
import { hintTokens } from './hints.ts';
import { bodyOf, byOpcodePairs, byWords, type Neighbourhood } from './neighbours.ts';
import type { JudgingPlace, Question, Verdict } from './question.ts';
import { likest, problemTargets, type ProblemTarget, rerun, type SourceChecks } from './source-checks.ts';
import type { WrittenSides } from './written-sides.ts';
import { CLOSENESS, type Column, textColumns, verdictOf } from './written.ts';
import { textPairs, writingTask } from './writing.ts';

/** @param checks of source; null of summaries */
export function writtenQuestion(
  sides: WrittenSides,
  settings: CandidateSettings,
  checks: SourceChecks | null,
): Question {
  const { training, validation, test, trainingFunctions, copied } = sides;
  const index = kept(() => byWords(training));
  const pairsOf = (functions: readonly WrittenFunction[], isKnown: boolean) =>
    textPairs(functions, settings.vocabularies, settings.network, (one) =>
      hintsFor(one, index(), settings, isKnown),
    );
  const pairs = kept(() => ({ training: pairsOf(training, true), validation: pairsOf(validation, false) }));
  const reexecution = checks?.reexecution;
  /** What was found out of the nearest texts, of which no training changes anything. */
  let nearest = (): Promise<readonly Lists[]> => Promise.resolve([]);
  const clusters = numbersOf(test.map(({ package: from }) => from));
  const ready = kept(async (): Promise<Asked> => ({
    test: test.map(targetOf),
    validation: validation.map(targetOf),
    problems: reexecution ? await problemTargets(reexecution, checks.recompiler) : [],
    references: { test: test.map(({ text }) => text), validation: validation.map(({ text }) => text) },
    clusters,
    settings,
    checks,
  }));
  return {
    facts: {
      'training functions': trainingFunctions,
      'training texts': training.length,
      'validation texts': validation.length,
      'test texts': test.length,
      'test packages': new Set(clusters).size,
      'test functions whose text training has': copied,
      ...(checks && {
        'test functions that rules lift': test.filter(({ lifted }) => lifted !== null).length,
      }),
      ...(reexecution && { 'functions with unit tests': reexecution.problems.length }),
    },
    clusters,
    cases: test.map(({ package: from, id, text }) => ({
      // Package, file and name.
      what: id.replaceAll('\0', '/'),
      package: from,
      reference: text,
    })),
    task: (start) => ({
      ...writingTask(pairs().training, pairs().validation, settings),
      start: writerStart(start, settings.network),
    }),
    judge: (trainer, place) =>
      untilStopped(place, async () => judge(await ready(), trainer, index(), await nearest(), place)),
    baselines: (place) => {
      const mostFrequent = mostFrequentOf(training.map(({ text }) => text));
      const count = shownBeside(settings);
      nearest = kept(async () =>
        nearestTexts(await ready(), mostFrequent, { index, count, files: 'candidates' }, place),
      );
      const baselinesOf = async (): Promise<Record<string, Verdict>> => {
        const [asked, known] = [await ready(), await nearest()];
        const alone = { index: kept(() => byOpcodePairs(training)), count: 1, files: 'nearest', known };
        const byPairs = await nearestTexts(asked, mostFrequent, alone, place);
        return baselines(asked, mostFrequent, byPairs, known);
      };
      return untilStopped(place, () => once(place, 'verdicts.json', baselinesOf));
    },
  };
}

/** Made when it is asked for first: where everything is done nobody asks. */
function kept<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Nearest texts that baselines choose from where a writer has none of them as candidates. */
const SHOWN = 12;

function shownBeside({ neighbours }: CandidateSettings): number {
  return neighbours.candidates || SHOWN;
}

/** Candidates of the targets of a set. */
type Lists = readonly (readonly Candidate[])[];

/** What is asked of everybody. */
interface Asked {
  readonly test: readonly Target[];
  readonly validation: readonly Target[];
  readonly problems: readonly ProblemTarget[];
  readonly references: { readonly test: readonly string[]; readonly validation: readonly string[] };
  readonly clusters: readonly number[];
  readonly settings: CandidateSettings;
  readonly checks: SourceChecks | null;
}

function hintsFor(
  one: WrittenFunction,
  index: Neighbourhood,
  { column, neighbours, network, vocabularies }: CandidateSettings,
  isKnown: boolean,
): number[] {
  const wanted = { assembly: one.assembly, body: bodyOf(one), ...(isKnown && { passedOver: one.package }) };
  const found = index.nearest(wanted, neighbours.hints);
  const options = { column, count: neighbours.hints, longest: network.decoder.longestHints };
  return hintTokens(one, found, vocabularies.text, options);
}

function targetOf(one: WrittenFunction): Target {
  return { assembly: one.assembly, body: bodyOf(one), build: one.build, lifted: one.lifted };
}

/** Numbers for names, given as they come. */
function numbersOf(names: readonly string[]): number[] {
  const all = [...new Set(names)];
  const numbers = new Map(all.map((name, i) => [name, i]));
  return names.map((name) => numbers.get(name)!);
}

const STOPPED = new Error('stopped');

/** What runs in a sandbox ends with an error of its own where the signal stops it. */
async function untilStopped<T>({ signal }: JudgingPlace, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/** What was worked out before is there in the file. */
async function once<T>({ store }: JudgingPlace, file: string, work: () => Promise<T>): Promise<T> {
  const known = await readJson<T>(store, file);
  if (known !== null) return known;
  const result = await work();
  await store.write(file, new TextEncoder().encode(JSON.stringify(result)));
  return result;
}

async function judge(
  asked: Asked,
  trainer: Trainer,
  index: Neighbourhood,
  nearest: readonly Lists[],
  place: JudgingPlace,
): Promise<Verdict> {
  const { settings, references } = asked;
  const parameters = new Map([...trainer.parameters()].map(([name, { data }]) => [name, data]));
  const generator = await Generator.open(place.runtime, codeWriter(settings.network), parameters);
  try {
    const author: Author = { trainer, generator, index, settings };
    const make = (targets: readonly Target[]) => candidatesOf(targets, author);
    const [validation, test, problems] = await gather(asked, make, nearest, place);
    const closeness = CLOSENESS[settings.column];
    const weights = learnChoice(choicesOf(asked.validation, validation), references.validation, closeness);
    const inOrder = (targets: readonly Target[], lists: Lists) =>
      choicesOf(targets, lists).map((choice) => ranked(choice, weights, closeness));
    const chosen = inOrder(asked.test, test).map(([best]) => best);
    const ofProblems = inOrder(asked.problems, problems).map(likest);
    const beams = textColumns(
      settings.column,
      references.test,
      test.map(([first]) => first.text),
      asked.clusters,
    );
    const [[figure, ofFirst]] = Object.entries(beams);
    const verdict = verdictOf({
      ...(await columnsOf(asked, chosen, ofProblems)),
      [`${figure} of the first beam`]: ofFirst,
      'written, not found': shareOf(chosen, ({ from }) => from === 'written', asked.clusters),
      ...(asked.checks && { lifted: shareOf(chosen, ({ from }) => from === 'lifted', asked.clusters) }),
    });
    return { ...verdict, told: chosen.map(({ text }) => text) };
  } finally {
    await generator.close();
  }
}

function shareOf(
  chosen: readonly Candidate[],
  holds: (one: Candidate) => boolean,
  clusters: readonly number[],
): Column {
  return { values: chosen.map((one) => Number(holds(one))), clusters };
}

function choicesOf(targets: readonly Target[], lists: Lists): Choice[] {
  return lists.map((candidates, i) => ({ candidates, instructions: targets[i].body.instructions.length }));
}

interface Looking {
  readonly index: () => Neighbourhood;
  /** Texts of each target. */
  readonly count: number;
  /** What files begin with in which they are kept. */
  readonly files: string;
  /** As `gather` takes them. */
  readonly known?: readonly Lists[];
}

/** Candidates without a writer; of what nobody resembles, the most frequent text is the nearest. */
function nearestTexts(
  asked: Asked,
  mostFrequent: string,
  { index, count, files, known = [] }: Looking,
  place: JudgingPlace,
): Promise<readonly Lists[]> {
  const make = (targets: readonly Target[]) =>
    Promise.resolve(
      targets.map((target) => {
        const found = index().nearest(target, count);
        const texts = found.length > 0 ? found : [{ text: mostFrequent, similarity: 0 }];
        return othersOf(target, texts, asked.settings.beginning);
      }),
    );
  return gather(asked, make, known, place, files);
}

/** What everybody is held against. */
const NEAREST = 'nearest by opcode pairs';

/** Who learns nothing: the nearest texts as they are, and the same candidates without a writer. */
async function baselines(
  asked: Asked,
  mostFrequent: string,
  [, testByPairs, problemsByPairs]: readonly Lists[],
  [, test, problems]: readonly Lists[],
): Promise<Record<string, Verdict>> {
  const { settings, references, clusters } = asked;
  const first = (lists: Lists) => lists.map(([nearest]) => nearest);
  const found = (lists: Lists) => lists.map((list) => list.filter(({ from }) => from === 'found'));
  const lifted = (lists: Lists) => lists.map((list) => list.find(({ from }) => from === 'lifted') ?? list[0]);
  const agreed = (list: readonly Candidate[]) => mostAgreed(list, CLOSENESS[settings.column]);
  const some = shownBeside(settings);
  const ways = {
    [NEAREST]: await columnsOf(asked, first(testByPairs), first(problemsByPairs)),
    'nearest by pairs and words': await columnsOf(asked, first(test), first(problems)),
    [`of the ${some} nearest the one that the others agree with`]: await columnsOf(
      asked,
      found(test).map(agreed),
      found(problems).map(agreed),
    ),
    ...(asked.checks && {
      [`of the ${some} nearest the one with the likest compiled code`]: await columnsOf(
        asked,
        found(test).map(likest),
        found(problems).map(likest),
      ),
      'lifted by rules, else the nearest by pairs and words': await columnsOf(
        asked,
        lifted(test),
        lifted(problems),
      ),
      'lifted or nearest, the one with the likest compiled code': await columnsOf(
        asked,
        test.map(likest),
        problems.map(likest),
      ),
    }),
    ...(settings.column === 'text' && {
      'what the code says by itself': textColumns(
        settings.column,
        references.test,
        asked.test.map(({ assembly }) => sentenceOf(capabilitiesOf(assembly))),
        clusters,
      ),
    }),
    'most frequent text': textColumns(
      settings.column,
      references.test,
      references.test.map(() => mostFrequent),
      clusters,
    ),
  };
  return Object.fromEntries(
    Object.entries(ways).map(([way, columns]) => [
      way,
      { ...verdictOf(columns), ...(way === NEAREST && { told: first(testByPairs).map(({ text }) => text) }) },
    ]),
  );
}

/** Of texts that were chosen of the test side and for the problems. */
async function columnsOf(
  { settings, references, clusters, checks, problems }: Asked,
  chosen: readonly Candidate[],
  ofProblems: readonly Candidate[],
): Promise<Record<string, Column>> {
  const texts = chosen.map(({ text }) => text);
  const columns = textColumns(settings.column, references.test, texts, clusters);
  if (checks === null) return columns;
  columns['compiles'] = shareOf(chosen, ({ likeness }) => likeness !== null, clusters);
  columns['same code'] = shareOf(chosen, ({ likeness }) => likeness === 1, clusters);
  if (checks.reexecution === null) return columns;
  const results = await rerun(problems, ofProblems.map(wholeOf), checks.reexecution);
  for (const level of STUDY_LEVELS) {
    const own = Array.from(problems.keys()).filter((i) => problems[i].level === level);
    const of = (value: (i: number) => boolean): Column => ({
      values: own.map((i) => Number(value(i))),
      clusters: own.map((_, n) => n),
    });
    columns[`compiles with its test, -${level}`] = of((i) => results[i].compiles);
    columns[`re-executable, -${level}`] = of((i) => results[i].passes);
  }
  return columns;
}

/** Targets that are worked at before what was found is kept: a minute or two. */
const KEPT_AT_ONCE = 64;

/**
 * Candidates of the targets of each set, of source with the likeness of their code; what is known is not made again.
 * @param nearest where it is known of the nearest texts
 * @param files what files begin with in which they are kept
 * @returns of the validation side, of the test side, of the problems
 */
async function gather(
  { validation, test, problems, checks }: Asked,
  make: (targets: readonly Target[]) => Promise<Candidate[][]>,
  nearest: readonly Lists[],
  place: JudgingPlace,
  files = 'candidates',
): Promise<readonly Lists[]> {
  const sets = { validation, test, problems };
  const all = validation.length + test.length + problems.length;
  let done = 0;
  const gathered: Lists[] = [];
  for (const [number, [name, targets]] of Object.entries<readonly Target[]>(sets).entries()) {
    const lists: Candidate[][] = [];
    for (let from = 0; from < targets.length; from += KEPT_AT_ONCE) {
      if (place.signal.aborted) throw STOPPED;
      const some = targets.slice(from, from + KEPT_AT_ONCE);
      const found = await once(place, `${files}-${name}-${from}.json`, async () => {
        const made = await make(some);
        const known = (nearest.at(number) ?? []).slice(from, from + KEPT_AT_ONCE);
        return checks ? withLikeness(made, some, known, checks.recompiler) : made;
      });
      lists.push(...found);
      place.report((done += some.length), all);
    }
    gathered.push(lists);
  }
  return gathered;
}

/** The main job: a program's bytes and a model become one report. */

import type { Binary, FoundFunction } from '../binary/binary.ts';
import { Budget, type Limits } from '../binary/budget.ts';
import { findFunctions } from '../binary/functions.ts';
import { openBinary } from '../binary/open.ts';
import type { GivenLabel, Labeller } from '../models/meaning/labels.ts';
import type { FunctionAnswer, FunctionInput, Model, ModelCard, Quoted, Scored } from '../models/model.ts';
import type { SummaryModel } from '../models/summaries/model.ts';
import { VERSION } from '../version.ts';
import { type Opened, openInBatches, type Unopened } from './batches.ts';
import { codeOf, type FunctionCode } from './code.ts';
import { capabilitiesOf } from '../capabilities/capabilities.ts';
import { type TableCapability, Tables } from '../capabilities/tables.ts';
import { normalizedAssembly } from '../tokens/assembly.ts';
import { type Drafted, type Drafting, draftSource } from './drafting.ts';
import { NameIndex, stringsOf } from './evidence.ts';
import { describeFile, hex } from './file.ts';
import { rank } from './interest.ts';
import { tally } from './overall.ts';
import { placesOf } from '../places.ts';
import { findRoles } from './roles.ts';
import { sanitize } from './sanitize.ts';
import { EVIDENCE_LIMITS } from './limits.ts';
import { REPORT_SCHEMA, type FunctionReport, type Report, type Role } from './schema.ts';
import { selectFunctions } from './select.ts';
import { summariesOf, type Told } from './summaries.ts';
import { visibleNames } from '../tokens/visible-names.ts';

export interface ExplainOptions {
  /** The file's path or name, for the report. */
  path: string;
  /** Only these functions: symbols, `main`, or addresses (`0x…`). All where absent or empty. */
  functions?: readonly string[];
  /** What may be spent on the file. */
  limits?: Partial<Limits>;
  /** Told how many of the functions are done, and then of those that are written of. */
  progress?: (done: number, total: number, what: Step) => void;
  /** Given the code of each function of the report, in its order, as soon as it is there. */
  code?: (code: FunctionCode) => void;
  /** Whether functions get places on a map, where the model has vectors for them: a few seconds for thousands. */
  map?: boolean;
  /** What gives functions labels; without it none has any. */
  labels?: Labeller;
  /**
   * What writes summaries of the functions that are named, or else of the fifty most interesting; without it none has one.
   */
  summaries?: SummaryModel;
  /** Where drafts of the functions' source are wanted: for a few functions, since compiling takes a second each. */
  source?: Drafting;
}

/** What is done to functions: first they are explained, then some get summaries. */
export type Step = 'functions' | 'summaries';

type Arguments = NonNullable<FunctionAnswer['arguments']>;

/** A function's report but for its rank and its place, which only the whole file gives. */
type Unranked = Omit<FunctionReport, 'interest' | 'place'>;

/**
 * Explains a program.
 *
 * @example
 * const report = await explain(await readFile('/bin/ls'), model, { path: '/bin/ls' });
 * console.log(report.functions.find((f) => f.role === 'main')?.calls);
 *
 * @throws BinscribeError `unsupported` or `corrupt` for bytes that are no program we read, `usage` for a wanted
 * function that is not there, `budget` where nothing was done before the budget ended.
 */
export async function explain(bytes: Uint8Array, model: Model, options: ExplainOptions): Promise<Report> {
  const budget = new Budget(options.limits);
  const binary = openBinary(bytes, { budget });
  const all = findFunctions(binary);
  const roles = findRoles(binary, all);
  const wanted = new Set(selectFunctions(all, options.functions ?? [], roles));
  const names = new NameIndex(binary, all);
  const { labels: labeller, source, summaries } = options;
  const visible = visibleNames(binary);
  const tables = new Tables(binary);
  const taken = takenNames(all, roles);
  const functions: Unranked[] = [];
  const founds: FoundFunction[] = [];
  const vectors: (Float32Array | undefined)[] = [];
  const unopened: Unopened[] = [];
  let done = 0;
  for (const batch of openInBatches(binary, all, unopened)) {
    if (batch.some(({ found }) => wanted.has(found))) {
      const asked = batch.filter(({ found }) => found.kind === 'function' && wanted.has(found));
      // A function is done when both models have seen it, so that each has half of it.
      const share = labeller ? 1 / 2 : 1;
      const progress = (answered: number) =>
        options.progress?.(done + Math.floor(answered * share), all.length, 'functions');
      const answers = await ask(model, binary, batch, asked, progress);
      const texts = new Map(asked.map(({ found, body }) => [found, normalizedAssembly(body, visible)]));
      const labels = await labelsOf(labeller, texts, (labelled) => progress(asked.length + labelled));
      for (const opened of batch) {
        if (!wanted.has(opened.found)) continue;
        const role = roles.get(opened.found.address) ?? null;
        const answer = answers.get(opened.found);
        functions.push(
          describeFunction(
            opened,
            { tables, names, text: texts.get(opened.found) },
            role,
            answer && withoutTaken(answer, taken, opened.found.symbol ?? role),
            labels.get(opened.found) ?? [],
            source &&
              (await draftSource(
                opened,
                opened.found.symbol ?? role ?? answer?.names.at(0)?.name ?? null,
                answer,
                {
                  ...source,
                  binary,
                  names: visible,
                },
              )),
          ),
        );
        founds.push(opened.found);
        vectors.push(answer?.vector);
        options.code?.(codeOf(binary, opened, names));
      }
    }
    done += batch.length;
    options.progress?.(done, all.length, 'functions');
  }
  const missed = unopened.filter(({ found }) => wanted.has(found));
  const failure = missed.find(({ error }) => error !== null)?.error;
  if (functions.length === 0 && failure) throw failure;
  const skipped = missed.map(({ found, error }) => ({
    address: hex(found.address),
    reason: error === null ? 'the file holds no code at this address' : sanitize(error.message),
  }));
  const ranks = rank(functions);
  const places = options.map ? placesOf(vectors) : [];
  const told =
    summaries &&
    (await summariesOf(
      summaries,
      founds.map((found, index) => ({ found, rank: ranks[index] })),
      {
        binary,
        names: visible,
        named: (options.functions ?? []).length > 0,
        progress: (written, asked) => options.progress?.(written, asked, 'summaries'),
      },
    ));
  const ranked = functions.map((entry, index) => ({
    ...withSummary(entry, told?.at(index)),
    interest: ranks[index],
    place: places.at(index) ?? null,
  }));
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'binscribe', version: VERSION },
    file: await describeFile(binary, bytes, options.path),
    model: describeModel(model.card),
    ...(labeller && { meaning: describeModel(labeller.card) }),
    ...(summaries && { summaries: describeModel(summaries.card) }),
    overall: { compiler: tally(ranked, 'compiler'), optimization: tally(ranked, 'optimization') },
    functions: ranked,
    skipped,
    partial: budget.cuts.length > 0 || skipped.length > 0,
    cuts: budget.cuts.map((cut) => ({ where: sanitize(cut.where), reason: sanitize(cut.reason) })),
  };
}

/**
 * The model's answers for what is wanted of a batch, with all of it in view; stubs and cold parts of functions
 * are not what it has learned to name.
 */
async function ask(
  model: Model,
  binary: Binary,
  batch: readonly Opened[],
  asked: readonly Opened[],
  progress: (answered: number) => void,
): Promise<Map<FoundFunction, FunctionAnswer>> {
  const seen = batch.filter(({ found }) => found.kind === 'function');
  const program = {
    functions: seen.map((opened) => modelInput(binary, opened)),
    wanted: new Set(asked.map(({ found }) => found.address)),
    imports: binary.imports,
  };
  const answers = await model.answer(program, progress);
  return new Map(asked.map(({ found }, index) => [found, answers[index]]));
}

/** @param texts normalised assembly of the functions that are asked about */
async function labelsOf(
  labeller: Labeller | undefined,
  texts: ReadonlyMap<FoundFunction, string>,
  progress: (labelled: number) => void,
): Promise<Map<FoundFunction, readonly GivenLabel[]>> {
  if (!labeller) return new Map();
  const given = await labeller.label([...texts.values()], progress);
  return new Map([...texts.keys()].map((found, i) => [found, given[i]]));
}

/** Names that functions of the file certainly have: no other function of it has the same. */
function takenNames(
  functions: readonly FoundFunction[],
  roles: ReadonlyMap<number, Role>,
): ReadonlySet<string> {
  const symbols = functions.flatMap(({ symbol }) => symbol ?? []);
  return new Set([...symbols, ...([...roles.values()].includes('main') ? ['main'] : [])]);
}

/** @param own the name that the function certainly has itself */
function withoutTaken(
  answer: FunctionAnswer,
  taken: ReadonlySet<string>,
  own: string | null,
): FunctionAnswer {
  const { summary, ...rest } = answer;
  const names = answer.names.filter(({ name }) => name === own || !taken.has(name));
  // The second best was never good enough to be said first.
  const isLost = names[0] !== answer.names[0];
  // Nor is a sentence told of another function than the file says that it is.
  const isTold = summary !== undefined && !isLost && (own === null || summary.name === own);
  return {
    ...rest,
    names: isLost ? [] : names,
    ...(isTold && { summary }),
    abstained: [
      ...answer.abstained,
      ...(isLost ? (['names'] as const) : []),
      ...(summary && !isTold ? (['summary'] as const) : []),
    ],
  };
}

function withSummary(entry: Unranked, told: Told | undefined): Unranked {
  // Who wrote a function knows what it does.
  if (told === undefined || entry.summary !== null) return entry;
  const others = entry.abstained.filter((field) => field !== 'summary');
  const isOpen = told.summary === null && entry.kind === 'function';
  return { ...entry, ...told, abstained: [...others, ...(isOpen ? (['summary'] as const) : [])] };
}

function describeModel({ id, description }: ModelCard): Report['model'] {
  return { id: sanitize(id), description: sanitize(description) };
}

function modelInput(binary: Binary, { found, body }: Opened): FunctionInput {
  const code = binary.memory.slice(found.address, found.size);
  return { address: found.address, size: found.size, code, body };
}

/** What a function is seen in. */
interface Surroundings {
  readonly tables: Tables;
  readonly names: NameIndex;
  /** Its normalised assembly; undefined of what is no function. */
  readonly text: string | undefined;
}

function describeFunction(
  { found, body }: Opened,
  { tables, names, text }: Surroundings,
  role: Role,
  answer: FunctionAnswer | undefined,
  labels: readonly GivenLabel[],
  drafted: Drafted = { source: null },
): Unranked {
  return {
    address: hex(found.address),
    size: found.size,
    symbol: found.symbol === null ? null : sanitize(found.symbol, EVIDENCE_LIMITS.nameLength),
    kind: found.kind,
    foundBy: found.source,
    role,
    parent: found.parent === null ? null : hex(found.parent),
    instructions: body.instructions.length,
    blocks: body.blocks.length,
    names: (answer?.names ?? []).slice(0, EVIDENCE_LIMITS.names).map(({ name, score }) => ({
      name: sanitize(name, EVIDENCE_LIMITS.nameLength),
      score,
    })),
    capabilities: text === undefined ? [] : capabilitiesIn(text, tables.of(body)),
    summary: answer?.summary ? describeQuoted(answer.summary) : null,
    compiler: printable(answer?.compiler),
    optimization: printable(answer?.optimization),
    arguments: answer?.arguments ? describeArguments(answer.arguments) : null,
    labels: labels.map(({ label, prompt, because, ...rest }) => ({
      label: sanitize(label),
      because: because.map((one) => sanitize(one)),
      prompt: sanitize(prompt),
      ...rest,
    })),
    ...drafted,
    neighbours: (answer?.neighbours ?? []).slice(0, EVIDENCE_LIMITS.neighbours).map((near) => ({
      name: sanitize(near.name, EVIDENCE_LIMITS.nameLength),
      score: near.score,
      package: sanitize(near.package),
      version: sanitize(near.version),
      compiler: sanitize(near.compiler),
      optimization: sanitize(near.optimization),
      match: near.match,
    })),
    abstained: (answer?.abstained ?? []).filter(
      (field) => !(field === 'labels' && labels.length > 0) && !(field === 'source' && drafted.source),
    ),
    calls: names.calls(body),
    strings: stringsOf(body),
  };
}

function describeQuoted({ text, score, name, package: from, version }: Quoted): FunctionReport['summary'] {
  return {
    text: sanitize(text, EVIDENCE_LIMITS.summaryLength),
    score,
    evidence: {
      by: 'author',
      name: sanitize(name, EVIDENCE_LIMITS.nameLength),
      package: sanitize(from),
      version: sanitize(version),
    },
  };
}

function capabilitiesIn(text: string, tables: readonly TableCapability[]): FunctionReport['capabilities'] {
  return capabilitiesOf(text, tables)
    .slice(0, EVIDENCE_LIMITS.capabilities)
    .map(({ text, kind, because }) => ({
      text: sanitize(text, EVIDENCE_LIMITS.nameLength),
      kind,
      because: because.map((one) => sanitize(one, EVIDENCE_LIMITS.nameLength)),
    }));
}

function describeArguments({ count, score, types }: Arguments): FunctionReport['arguments'] {
  return { count, score, ...(types ? { types: types.map(scoredLabel) } : {}) };
}

function scoredLabel({ label, score }: Scored): Scored {
  return { label: sanitize(label), score };
}

function printable(scored: Scored | null | undefined): Scored | null {
  return scored ? scoredLabel(scored) : null;
}

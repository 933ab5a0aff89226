/**
 * The main job: a program's bytes and a model become one report.
 *
 * Functions are taken apart and asked about in batches and then let go: a program of 20 million instructions
 * held whole would need some 6 GB.
 */

import type { Binary, FoundFunction } from '../binary/binary.ts';
import { Budget, type Limits } from '../binary/budget.ts';
import { findFunctions } from '../binary/functions.ts';
import type { FunctionBody } from '../binary/instruction.ts';
import { openBinary } from '../binary/open.ts';
import { disassemble } from '../binary/x86/disassemble.ts';
import { BinscribeError } from '../error.ts';
import type { FunctionAnswer, FunctionInput, Model, Scored } from '../models/model.ts';
import { VERSION } from '../version.ts';
import { NameIndex, stringsOf } from './evidence.ts';
import { describeFile, hex } from './file.ts';
import { rank } from './interest.ts';
import { tally } from './overall.ts';
import { findRoles } from './roles.ts';
import { sanitize } from './sanitize.ts';
import { EVIDENCE_LIMITS, REPORT_SCHEMA, type FunctionReport, type Report, type Role } from './schema.ts';
import { selectFunctions } from './select.ts';

export interface ExplainOptions {
  /** The file's path or name, for the report. */
  path: string;
  /** Only these functions: symbols, `main`, or addresses (`0x…`). All where absent or empty. */
  functions?: readonly string[];
  /** What may be spent on the file. */
  limits?: Partial<Limits>;
  /** Told how many of the functions are done. */
  progress?: (done: number, total: number) => void;
}

/** Instructions held at a time, about 60 MB of them; large enough that a batch costs nothing of its own. */
const BATCH_INSTRUCTIONS = 200_000;

/** A function with what the file says of it; the model's answer is still to come. */
interface Opened {
  found: FoundFunction;
  body: FunctionBody;
}

type Skipped = Report['skipped'][number];
/** A function's report but for its rank, which only the whole file gives. */
type Unranked = Omit<FunctionReport, 'interest'>;

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
  const wanted = selectFunctions(all, options.functions ?? [], roles);
  const { functions, skipped } = await explainFunctions(binary, model, wanted, new NameIndex(binary, all), {
    roles,
    ...(options.progress && { progress: options.progress }),
  });
  const ranks = rank(functions);
  const ranked = functions.map((entry, index) => ({ ...entry, interest: ranks[index] }));
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'binscribe', version: VERSION },
    file: await describeFile(binary, bytes, options.path),
    model: { id: sanitize(model.card.id), description: sanitize(model.card.description) },
    overall: { compiler: tally(ranked, 'compiler'), optimization: tally(ranked, 'optimization') },
    functions: ranked,
    skipped,
    partial: budget.cuts.length > 0 || skipped.length > 0,
    cuts: budget.cuts.map((cut) => ({ where: sanitize(cut.where), reason: sanitize(cut.reason) })),
  };
}

async function explainFunctions(
  binary: Binary,
  model: Model,
  wanted: readonly FoundFunction[],
  names: NameIndex,
  options: { roles: ReadonlyMap<number, Role>; progress?: (done: number, total: number) => void },
): Promise<{ functions: Unranked[]; skipped: Skipped[] }> {
  const functions: Unranked[] = [];
  const skipped: Skipped[] = [];
  let batch: Opened[] = [];
  let held = 0;
  let done = 0;

  async function flush(): Promise<void> {
    // Stubs and cold parts of functions are not what the model has learned to name.
    const asked = batch.filter(({ found }) => found.kind === 'function');
    const given = await model.answer(
      { functions: asked.map((opened) => modelInput(binary, opened)), imports: binary.imports },
      (answered) => options.progress?.(done + answered, wanted.length),
    );
    const answers = new Map(asked.map(({ found }, index) => [found, given[index]]));
    for (const opened of batch) {
      const role = options.roles.get(opened.found.address) ?? null;
      functions.push(describeFunction(opened, names, role, answers.get(opened.found)));
    }
    done += batch.length;
    batch = [];
    held = 0;
    options.progress?.(done, wanted.length);
  }

  let exhausted: BinscribeError | undefined;
  for (const found of wanted) {
    try {
      const body = disassemble(binary, found);
      if (body.instructions.length === 0) {
        skipped.push({ address: hex(found.address), reason: 'the file holds no code at this address' });
        continue;
      }
      batch.push({ found, body });
      held += body.instructions.length;
    } catch (error) {
      if (!(error instanceof BinscribeError)) throw error;
      exhausted = error;
      skipped.push({ address: hex(found.address), reason: sanitize(error.message) });
    }
    if (held >= BATCH_INSTRUCTIONS) await flush();
  }
  await flush();
  if (functions.length === 0 && exhausted !== undefined) throw exhausted;
  return { functions, skipped };
}

function modelInput(binary: Binary, { found, body }: Opened): FunctionInput {
  const code = binary.memory.slice(found.address, found.size);
  return { address: found.address, size: found.size, code, body };
}

function describeFunction(
  { found, body }: Opened,
  names: NameIndex,
  role: Role,
  answer: FunctionAnswer | undefined,
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
    summary: null,
    compiler: printable(answer?.compiler),
    optimization: printable(answer?.optimization),
    arguments: answer?.arguments ?? null,
    labels: [],
    source: null,
    neighbours: (answer?.neighbours ?? []).slice(0, EVIDENCE_LIMITS.neighbours).map((near) => ({
      name: sanitize(near.name, EVIDENCE_LIMITS.nameLength),
      score: near.score,
      package: sanitize(near.package),
      version: sanitize(near.version),
      compiler: sanitize(near.compiler),
      optimization: sanitize(near.optimization),
      match: near.match,
    })),
    abstained: answer?.abstained ?? [],
    calls: names.calls(body),
    strings: stringsOf(body),
  };
}

function printable(scored: Scored | null | undefined): Scored | null {
  return scored ? { label: sanitize(scored.label), score: scored.score } : null;
}

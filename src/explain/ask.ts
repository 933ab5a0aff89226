/** A question in English about a program: its functions, those first that do what the question says. */

import type { Binary } from '../binary/binary.ts';
import { Budget, type Limits } from '../binary/budget.ts';
import { findFunctions } from '../binary/functions.ts';
import { openBinary } from '../binary/open.ts';
import { capabilitiesOf } from '../capabilities/capabilities.ts';
import { Tables } from '../capabilities/tables.ts';
import { BinscribeError } from '../error.ts';
import type { MeaningModel } from '../models/meaning/model.ts';
import { ProgramWords, wordsOf, wordsOfCode } from '../models/meaning/words.ts';
import { VERSION } from '../version.ts';
import type { Asked, FoundByMeaning } from './ask-schema.ts';
import { type Unopened, openInBatches } from './batches.ts';
import { NameIndex, stringsOf } from './evidence.ts';
import { describeFile, hex } from './file.ts';
import { ANSWERS, EVIDENCE_LIMITS } from './limits.ts';
import { telling } from './render/evidence.ts';
import { algorithmsOf, hiddenCapabilities } from './render/reasons.ts';
import { findRoles } from './roles.ts';
import { sanitize } from './sanitize.ts';
import { normalizedAssembly } from '../tokens/assembly.ts';
import { visibleNames } from '../tokens/visible-names.ts';

export interface AskOptions {
  /** The file's path or name, for the document. */
  path: string;
  /** Functions that are shown at most. */
  limit?: number;
  /** What may be spent on the file. */
  limits?: Partial<Limits>;
  /** Told how many of the functions are read. */
  progress?: (done: number, total: number) => void;
}

/** A function but for what the question makes of it. */
type Unasked = Omit<FoundByMeaning, 'score' | 'similarity' | 'words' | 'because'>;

/**
 * Ranks a program's functions by a question.
 *
 * @throws BinscribeError `usage` for a question without a word, and as `explain` does
 */
export async function ask(
  bytes: Uint8Array,
  question: string,
  model: MeaningModel,
  options: AskOptions,
): Promise<Asked> {
  if (!/\p{L}/u.test(question)) {
    throw new BinscribeError('usage', 'a question in words expected', {
      hint: 'Say what the function does: "computes a checksum over a buffer".',
    });
  }
  const budget = new Budget(options.limits);
  const binary = openBinary(bytes, { budget });
  const { functions, code, algorithms, unopened } = functionsOf(binary, model);
  const read = await model.readCode(code, (done) => options.progress?.(done, code.length));
  const [asked] = await model.readTexts([question]);
  const words = new ProgramWords(
    // Where the program still has a function's name, whoever asks may mean it; of tables its code does not tell.
    functions.map(
      ({ symbol }, i) =>
        new Map([...wordsOfCode(code[i]), ...wordsOf(`${symbol ?? ''} ${algorithms[i].join(' ')}`)]),
    ),
  );
  const matcher = model.match([asked]);
  const fits = matcher.rank({ functions: read, words });
  const order = [...fits.keys()].sort(
    (a, b) => fits[b].score - fits[a].score || fits[b].cosine - fits[a].cosine || a - b,
  );
  const best = order.slice(0, options.limit ?? ANSWERS).map((i): FoundByMeaning => {
    const { score, cosine: similarity, words: shared } = fits[i];
    const because = matcher.reasons(code[i]);
    return {
      ...functions[i],
      score,
      similarity,
      words: shared.map((word) => sanitize(word)),
      because: because.map((one) => sanitize(one)),
    };
  });
  const [nearest = null] = best;
  const threshold = model.thresholdFor(functions.length);
  const abstained = nearest === null || nearest.score < threshold;
  return {
    schema: 'binscribe.ask/1',
    tool: { name: 'binscribe', version: VERSION },
    file: await describeFile(binary, bytes, options.path),
    model: { id: sanitize(model.card.id), description: sanitize(model.card.description) },
    question: sanitize(question),
    asked: functions.length,
    threshold,
    abstained,
    functions: abstained ? [] : best,
    nearest,
    partial: budget.cuts.length > 0 || unopened.length > 0,
    cuts: budget.cuts.map((cut) => ({ where: sanitize(cut.where), reason: sanitize(cut.reason) })),
  };
}

/** All functions that the model reads, with their code as it does: stubs and cold parts are left out, as in `explain`. */
function functionsOf(
  binary: Binary,
  model: MeaningModel,
): { functions: Unasked[]; code: string[]; algorithms: string[][]; unopened: readonly Unopened[] } {
  const all = findFunctions(binary);
  const roles = findRoles(binary, all);
  const names = new NameIndex(binary, all);
  const visible = visibleNames(binary);
  const tables = new Tables(binary);
  const functions: Unasked[] = [];
  const code: string[] = [];
  const algorithms: string[][] = [];
  const unopened: Unopened[] = [];
  for (const batch of openInBatches(binary, all, unopened)) {
    for (const { found, body } of batch) {
      if (found.kind !== 'function') continue;
      const own = normalizedAssembly(body, visible);
      if (!model.reads(own)) continue;
      const [calls, strings] = [names.calls(body), stringsOf(body)];
      const capabilities = capabilitiesOf(own, tables.of(body));
      code.push(own);
      algorithms.push(algorithmsOf({ capabilities }));
      functions.push({
        address: hex(found.address),
        size: found.size,
        symbol: found.symbol === null ? null : sanitize(found.symbol, EVIDENCE_LIMITS.nameLength),
        role: roles.get(found.address) ?? null,
        instructions: body.instructions.length,
        text: [...hiddenCapabilities({ capabilities }), ...telling({ calls, strings })].join('; '),
        calls,
        strings,
      });
    }
  }
  const failure = unopened.find(({ error }) => error !== null)?.error;
  if (functions.length === 0 && failure) throw failure;
  return { functions, code, algorithms, unopened };
}

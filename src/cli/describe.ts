/** `binscribe corpus describe`: gives the rows of a data set texts that a model makes. */

import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FileCache } from '../chat/cache.ts';
import { LONGEST_ANSWER } from '../chat/limits.ts';
import { DATASET_FOLDER } from '../corpus/assemble.ts';
import { openDataset, type Manifest } from '../corpus/dataset.ts';
import { manifestHash } from '../corpus/manifest.ts';
import { renderCard } from '../corpus/index.ts';
import { checkReplaceable } from '../corpus/replace.ts';
import { folderEntry } from '../corpus/snippets/input.ts';
import { compareText } from '../corpus/text.ts';
import { BinscribeError, describeError } from '../error.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { locked } from '../runtimes/lock.ts';
import { countInputs, makeTexts, type OpenInputs, writeTexts } from '../tasks/describe/describe.ts';
import { Inputs } from '../tasks/describe/inputs.ts';
import { endpointMaker, t5Maker, type TextMaker } from '../tasks/describe/maker.ts';
import { CHAT_QUESTIONS, PLAIN_QUESTIONS, type Side } from '../tasks/describe/question.ts';
import { costText } from './chat/command.ts';
import { type EndpointFlags, endpointOf, type PriceFlags, pricesOf, readText } from './chat/endpoint.ts';
import { Progress, Steps } from './progress.ts';
import type { Session } from './session.ts';
import { count } from '../numbers.ts';

export interface DescribeFlags extends EndpointFlags, PriceFlags {
  output: string;
  t5?: string;
  beams: number;
  from: Side;
  question?: string;
  keepTexts?: boolean;
  limit?: number;
  longest?: number;
  costOnly?: boolean;
  json?: boolean;
}

/** Tokens of a text by a network: of CodeT5's comments nine of ten have at most 63 (ContraBin, section 3.1). */
const LONGEST_WRITTEN = 128;

/** @throws BinscribeError: `usage`, `unreadable` where a text could not be made of any input, `interrupted` after Ctrl-C */
export async function describeDataset(data: string, flags: DescribeFlags, session: Session): Promise<void> {
  const prices = pricesOf(flags);
  if (resolve(flags.output) === resolve(data)) {
    throw new BinscribeError('usage', `${data}: would be written over its own texts`, {
      hint: 'Name another folder with -o.',
    });
  }
  if (!flags.costOnly) checkReplaceable(flags.output, DATASET_FOLDER);
  const dataset = openDataset(data);
  const { from, t5, keepTexts = false, limit } = flags;
  const question = await questionOf(flags);
  const inputOptions = { question, where: flags.question ?? `--from ${from}`, keepTexts, limit };
  const inputs = await Inputs.of(dataset, inputOptions);
  const maker = t5 === undefined ? endpointOfFlags(flags, session) : await openT5(t5, flags);
  const steps = new Steps(session);
  const progress = (step: string, done: number, total: number): void => steps.update(step, done, total);
  const counted = await countInputs(inputs, maker, prices, progress).finally(() => steps.end());
  if (counted.inputs === 0) {
    throw new BinscribeError(
      'usage',
      `${data}: no row has what ${inputOptions.where} asks for, or all keep their texts`,
      {
        hint: 'Sets without sources have code: --from code.',
      },
    );
  }
  if (flags.costOnly) {
    session.stdout.write(flags.json ? [...renderJson(counted)].join('') : `${openText(counted, maker)}\n`);
    return;
  }
  const work = async (): Promise<Manifest> => {
    const failures = await make(inputs, maker, counted, session);
    tellFailures(failures, counted, session);
    const origin = manifestHash(data);
    const counts = { inputs: counted.inputs, failed: failures.length };
    const options = { ...inputOptions, directory: data, out: flags.output, origin, counts, progress };
    return writeTexts(inputs, maker, options).finally(() => steps.end());
  };
  const lock = { place: flags.output, doing: 'writes here' };
  const manifest = await locked(`${resolve(flags.output)}.lock`, lock, work);
  if (flags.json) for (const piece of renderJson(manifest)) session.stdout.write(piece);
  else session.stdout.write(renderCard(manifest));
}

function questionOf({ t5, from, question }: DescribeFlags): Promise<string> | string {
  if (question !== undefined) return readText(question);
  return (t5 === undefined ? CHAT_QUESTIONS : PLAIN_QUESTIONS)[from];
}

function endpointOfFlags(flags: DescribeFlags, session: Session): TextMaker {
  const { longest = LONGEST_ANSWER, jobs, url, model, costOnly } = flags;
  if (costOnly && (url === undefined || model === undefined)) return nobody(longest);
  return endpointMaker({ ...endpointOf(flags, longest, session), jobs });
}

/** To reckon what all of it would cost needs no address. */
function nobody(longest: number): TextMaker {
  return {
    by: { model: 'any model', maker: 'endpoint', modelHash: null, longest, beams: null },
    known: () => undefined,
    make: () => Promise.resolve([]),
  };
}

/** @throws BinscribeError: `usage` with an address beside it, and what opening a network throws */
async function openT5(folder: string, flags: DescribeFlags): Promise<TextMaker> {
  const { url, longest = LONGEST_WRITTEN, beams, cache } = flags;
  if (url !== undefined) throw new BinscribeError('usage', 'one of --t5 and --url expected, got both');
  const [{ nodeRuntime }, { diskFolder }, { T5Texts }] = await Promise.all([
    import('../runtimes/node.ts'),
    import('../runtimes/folder.ts'),
    import('../tasks/describe/t5.ts'),
  ]);
  const texts = await T5Texts.open(nodeRuntime(), diskFolder(folder), { longest, beams });
  const { sha256: modelHash } = await folderEntry(folder, filesOf(folder));
  const model = flags.model ?? basename(resolve(folder));
  return t5Maker(texts, { model, modelHash, cache: new FileCache(join(cache, modelHash)) });
}

/** What decides what a network writes. @throws BinscribeError of kind `unreadable` */
function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(json|safetensors)$/.test(name))
      .sort(compareText);
  } catch (error) {
    throw new BinscribeError('unreadable', `${folder}: ${describeError(error)}`, { cause: error });
  }
}

async function make(
  inputs: Inputs,
  maker: TextMaker,
  counted: OpenInputs,
  session: Session,
): Promise<readonly string[]> {
  if (counted.requests === 0) return [];
  session.stderr.write(`${openText(counted, maker)}\n`);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt);
  const progress = new Progress(session, maker.by.model, 'texts');
  let made = 0;
  try {
    return await makeTexts(inputs, maker, {
      signal: interruption.signal,
      progress: () => progress.update(++made, counted.requests),
    });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    throw new BinscribeError(
      'interrupted',
      `stopped after ${count(made)} of ${count(counted.requests)} texts`,
      { hint: 'The same command goes on from there.' },
    );
  } finally {
    progress.end();
    process.off('SIGINT', interrupt);
  }
}

function openText(counted: OpenInputs, { by }: TextMaker): string {
  const known = counted.inputs - counted.requests;
  const besides = known === 0 ? '' : `; ${count(known)} are there already`;
  const what = by.maker === 't5' ? `${count(counted.requests)} texts to write` : costText(counted);
  return `${sanitize(by.model, LONGEST_NAME)}: ${what}${besides}`;
}

/** @throws BinscribeError of kind `unreadable` where there is nothing to be written */
function tellFailures(failures: readonly string[], { inputs, requests }: OpenInputs, session: Session): void {
  if (failures.length === 0) return;
  const first = sanitize(failures[0], LONGEST_REASON);
  if (failures.length === requests && requests === inputs) {
    throw new BinscribeError('unreadable', `no question was answered, the first because of ${first}`);
  }
  session.stderr.write(
    `${count(failures.length)} of ${count(inputs)} inputs were not answered, and their rows have no text: ` +
      `the same command asks again. The first: ${first}\n`,
  );
}

const LONGEST_NAME = 120;
const LONGEST_REASON = 300;

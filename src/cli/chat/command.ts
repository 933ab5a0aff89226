/** `binscribe study chat`: asks a language model what functions do, and scores what it says. */

import { type Message, requestOf } from '../../chat/client.ts';
import { type Estimate, estimate, type Prices, priceOf } from '../../chat/cost.ts';
import { askAll, type Outcome } from '../../chat/questions.ts';
import { openDataset } from '../../corpus/dataset.ts';
import { sha256 } from '../../corpus/hash.ts';
import { manifestHash } from '../../corpus/manifest.ts';
import { BinscribeError } from '../../error.ts';
import { jsonText, renderJson } from '../../explain/render/json.ts';
import { finalText, machineText } from '../../tasks/chat/answer.ts';
import { learnTexts } from '../../tasks/chat/baselines.ts';
import { ask } from '../../tasks/chat/question.ts';
import { renderChat } from '../../tasks/chat/render.ts';
import { type DescribedFunction, drawSample } from '../../tasks/chat/sample.ts';
import { type ChatReport, reportChat } from '../../tasks/chat/study.ts';
import { writeWhole } from '../files.ts';
import { Progress } from '../progress.ts';
import { publish } from '../result.ts';
import type { Session } from '../session.ts';
import { type ChatFlags, type Endpoint, endpointOf, pricesOf, readQuestion } from './endpoint.ts';
import { printable } from './printable.ts';
import { count } from '../../numbers.ts';

/** A function, and what is asked about it. */
interface Asked {
  readonly fn: DescribedFunction;
  readonly messages: readonly Message[];
}

interface Answered extends Asked {
  readonly answer: string;
}

export async function studyChat(data: string, flags: ChatFlags, session: Session): Promise<void> {
  const endpoint = asksNobody(flags) ? null : endpointOf(flags, flags.longest, session);
  const prices = pricesOf(flags);
  const question = await readQuestion(flags.question);
  const dataset = openDataset(data);
  const { seed, mostInstructions, longest } = flags;
  const sample = await drawSample(dataset, { count: flags.functions, seed, mostInstructions });
  const asked = sample.functions.map((fn) => ({ fn, messages: ask(question, fn.code, fn.row.address) }));

  const open = asked
    .map(({ messages }) => messages)
    .filter((messages) => endpoint?.cache.get(requestOf(messages, endpoint)) === undefined);
  const cost = estimate(open, longest, prices);
  if (flags.costOnly) {
    session.stdout.write(flags.json ? [...renderJson(cost)].join('') : `${costText(cost)}\n`);
    return;
  }
  // First what costs nothing: that it fails should not be found out when the answers have been paid for.
  const reading = new Progress(session, 'reading training texts', 'rows');
  const training = await learnTexts(dataset, (rows, total) => reading.update(rows, total));
  reading.end();

  const results = endpoint && (await askEverything(asked, endpoint, { jobs: flags.jobs, cost, session }));
  if (results) tellTokens(results, prices, session);
  const answered = results && asked.flatMap((one, i) => answeredBy(one, results[i]));
  const failures = results ? asked.flatMap((one, i) => failureOf(one, results[i])) : [];
  checkAnswers(answered, failures, session);
  const report = printable(
    reportChat({
      dataset: {
        name: dataset.manifest.name,
        manifest: manifestHash(data),
      },
      asked: endpoint && { model: endpoint.model, url: endpoint.url, question, longest },
      seed,
      mostInstructions,
      sample: asked.length,
      counts: sample.counts,
      functions: (answered ?? asked).map(({ fn }) => fn),
      answers: answered?.map(({ answer }) => finalText(answer)) ?? null,
      training,
      failures,
    }),
  );
  if (endpoint && answered && flags.save !== undefined) {
    await writeWhole(flags.save, answered.map(machineLine(endpoint)));
  }
  await publish(session, flags, renderChat(report), renderJson(report));
}

/** To reckon what it would cost needs no address, but for the answers that are there. */
function asksNobody({ baselinesOnly, costOnly, url, model }: ChatFlags): boolean {
  return Boolean(baselinesOnly) || (Boolean(costOnly) && (url === undefined || model === undefined));
}

export function costText({ requests, sent, received, cost }: Estimate): string {
  const price = cost === null ? '' : `; costs ${cost.toFixed(2)} at most`;
  return `${count(requests)} requests, about ${count(sent)} tokens sent, ${count(received)} received at most${price}`;
}

/** @throws BinscribeError: `interrupted` after Ctrl-C, and what `askAll` throws */
async function askEverything(
  asked: readonly Asked[],
  endpoint: Endpoint,
  { jobs, cost, session }: { jobs: number; cost: Estimate; session: Session },
): Promise<Outcome[]> {
  const known = asked.length - cost.requests;
  const besides = known === 0 ? '' : `; ${count(known)} answers are there already`;
  session.stderr.write(`asking ${endpoint.url}: ${costText(cost)}${besides}\n`);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt);
  const progress = new Progress(session, `asking ${endpoint.model}`, 'questions');
  let reached = known;
  try {
    return await askAll(
      asked.map(({ messages }) => messages),
      {
        ...endpoint,
        jobs,
        signal: interruption.signal,
        progress(done) {
          reached = known + done;
          progress.update(done, cost.requests);
        },
      },
    );
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    throw new BinscribeError(
      'interrupted',
      `stopped after ${count(reached)} of ${count(asked.length)} questions`,
      { hint: 'The same command goes on from there.' },
    );
  } finally {
    progress.end();
    process.off('SIGINT', interrupt);
  }
}

/** What the server counted, which is what it will charge. */
function tellTokens(outcomes: readonly Outcome[], prices: Prices | null, session: Session): void {
  const fresh = outcomes.flatMap((one) => ('answer' in one && !one.answer.remembered ? [one.answer] : []));
  if (fresh.length === 0) return;
  const sum = (side: 'sent' | 'received'): number => fresh.reduce((all, { tokens }) => all + tokens[side], 0);
  const [sent, received] = [sum('sent'), sum('received')];
  const price = prices ? `; cost ${priceOf({ sent, received }, prices).toFixed(2)}` : '';
  session.stderr.write(
    `${count(fresh.length)} answers, by the server's count ${count(sent)} tokens sent, ${count(received)} received${price}\n`,
  );
}

function answeredBy(asked: Asked, outcome: Outcome): Answered[] {
  return 'answer' in outcome ? [{ ...asked, answer: outcome.answer.text }] : [];
}

function failureOf({ fn }: Asked, outcome: Outcome): ChatReport['failures'] {
  return 'answer' in outcome ? [] : [{ row: fn.row, name: fn.name, reason: outcome.failure.message }];
}

/** @throws BinscribeError of kind `unreadable` where there is nothing to be scored */
function checkAnswers(
  answered: readonly Answered[] | null,
  failures: ChatReport['failures'],
  session: Session,
): void {
  if (!answered || failures.length === 0) return;
  const [{ reason }] = failures;
  if (answered.length === 0) {
    throw new BinscribeError('unreadable', `no question was answered, the first because of ${reason}`);
  }
  session.stderr.write(
    `${count(failures.length)} questions were not answered and are in no figure: the report lists them\n`,
  );
}

/** The line of `--save` with an answer. */
function machineLine(endpoint: Endpoint): (answered: Answered) => string {
  return ({ fn, messages, answer }) =>
    `${jsonText(
      machineText(fn, {
        model: endpoint.model,
        question: sha256(requestOf(messages, endpoint)),
        answer: finalText(answer),
      }),
    )}\n`;
}

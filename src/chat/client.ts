/**
 * A language model behind an OpenAI-compatible endpoint (`POST /chat/completions`): a local server, or whatever the
 * user names. Nothing is sent anywhere unless a command was told an address.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { BinscribeError, describeError } from '../error.ts';
import type { AnswerCache } from './cache.ts';
import { ATTEMPTS, LONGEST_ANSWER, PATIENCE } from './limits.ts';

export interface Message {
  readonly role: 'system' | 'user';
  readonly content: string;
}

export interface ChatOptions {
  /** Up to and with `/v1`, as the servers' manuals give it. */
  readonly url: string;
  readonly model: string;
  /** Sent as a bearer's token, written nowhere. */
  readonly key?: string | undefined;
  readonly cache?: AnswerCache | undefined;
  /** Tokens of an answer at most. */
  readonly longest?: number;
  /** Milliseconds for one attempt. */
  readonly patience?: number;
  readonly attempts?: number;
  /** Milliseconds before the second attempt; each wait is twice the one before. */
  readonly firstWait?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly text: string;
  /** As the server counts them; zeros for an answer that was remembered or not counted. */
  readonly tokens: { readonly sent: number; readonly received: number };
  readonly remembered: boolean;
}

const FIRST_WAIT = 1000;
/** Longer is a server's mistake, or a stranger's idea of fun. */
const LONGEST_WAIT = 60_000;
/** Bytes of a reply: an answer of 100,000 tokens has a tenth. */
const LARGEST_REPLY = 4 * 2 ** 20;
/** Characters. Shorter keys are what one gives a local server that wants any, and occur in texts by chance. */
const LEAST_SECRET = 12;

const replyShape = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).optional(),
});

/** A failure that the next attempt may not meet. */
class Passing extends Error {
  /** Milliseconds that the server asks for. */
  readonly wait: number | undefined;

  constructor(message: string, wait?: number) {
    super(message);
    this.wait = wait;
  }
}

/** What is sent, and by which an answer is remembered: all that decides it, the address of the server left out. */
export function requestOf(
  messages: readonly Message[],
  { model, longest = LONGEST_ANSWER }: Pick<ChatOptions, 'model' | 'longest'>,
): string {
  return JSON.stringify({ model, messages, max_tokens: longest, temperature: 0 });
}

/**
 * Asks until there is an answer, of temperature 0, so that it can be remembered.
 * @throws BinscribeError: `usage` where the server says no for good, `unreadable` where it does not answer,
 *   `interrupted`
 */
export async function ask(messages: readonly Message[], options: ChatOptions): Promise<Answer> {
  const { cache, attempts = ATTEMPTS, signal } = options;
  const request = requestOf(messages, options);
  const known = cache?.get(request);
  if (known !== undefined) return { text: known, tokens: { sent: 0, received: 0 }, remembered: true };
  let wait = options.firstWait ?? FIRST_WAIT;
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted) throw new BinscribeError('interrupted', 'interrupted');
    try {
      const answer = await post(request, options);
      cache?.set(request, answer.text);
      return answer;
    } catch (error) {
      if (signal?.aborted) throw new BinscribeError('interrupted', 'interrupted');
      if (!(error instanceof Passing)) throw error;
      if (attempt === attempts) {
        throw new BinscribeError(
          'unreadable',
          `${options.url}: ${attempts} attempts, the last: ${error.message}`,
          {
            hint: 'Is the server up, and is this its address? What was answered so far is kept.',
          },
        );
      }
      await sleep(Math.min(LONGEST_WAIT, error.wait ?? wait), undefined, signal ? { signal } : {}).catch(
        () => {
          throw new BinscribeError('interrupted', 'interrupted');
        },
      );
      wait *= 2;
    }
  }
}

async function post(body: string, { url, key, patience = PATIENCE, signal }: ChatOptions): Promise<Answer> {
  const end = new AbortController();
  const interrupt = (): void => end.abort();
  signal?.addEventListener('abort', interrupt);
  let late = false;
  const clock = setTimeout(() => {
    late = true;
    end.abort();
  }, patience);
  let status: number;
  let text: string;
  let retryAfter: string | null;
  try {
    const reply = await fetch(`${url.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body,
      // A token must not follow where a server points.
      redirect: 'error',
      signal: end.signal,
    });
    ({ status } = reply);
    retryAfter = reply.headers.get('retry-after');
    text = withoutKey(await readBounded(reply, end.signal), key);
  } catch (error) {
    if (error instanceof BinscribeError) throw error;
    throw new Passing(late ? `no answer within ${patience / 1000} s` : withoutKey(reasonOf(error), key));
  } finally {
    clearTimeout(clock);
    signal?.removeEventListener('abort', interrupt);
  }
  if (status === 429 || status >= 500) throw new Passing(`status ${status}`, waitOf(retryAfter));
  if (status !== 200) {
    throw new BinscribeError(
      'usage',
      `${url}: status ${status}: ${text.replace(/\s+/g, ' ').slice(0, 200)}`,
      {
        hint:
          status === 401 || status === 403
            ? 'Is the key right, and in the variable that --key-variable names?'
            : 'Is the model its name there?',
      },
    );
  }
  return answerOf(text);
}

/** Servers quote the key that they refuse, and what they say is shown and kept. */
function withoutKey(text: string, key: string | undefined): string {
  return key === undefined || key.length < LEAST_SECRET ? text : text.replaceAll(key, '[key]');
}

/** Half a reply is a passing failure too: the server was stopped. */
function answerOf(text: string): Answer {
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch {
    throw new Passing('the reply is no JSON');
  }
  const parsed = replyShape.safeParse(reply);
  if (!parsed.success) throw new Passing('the reply has no answer in it');
  const { choices, usage } = parsed.data;
  const tokens = { sent: usage?.prompt_tokens ?? 0, received: usage?.completion_tokens ?? 0 };
  return { text: choices[0].message.content, tokens, remembered: false };
}

/**
 * Node 20 forgets the signal that fetch was given once there are headers and its garbage is collected: a server that
 * sends a byte now and then would hold us for ever. So the body is cancelled here too.
 * @throws BinscribeError `usage` where it is larger than any answer, Error where `signal` has ended it
 */
async function readBounded({ body }: Response, signal: AbortSignal): Promise<string> {
  if (!body) return '';
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', cancel);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      size += part.value.length;
      if (size > LARGEST_REPLY) {
        throw new BinscribeError('usage', `a reply of over ${LARGEST_REPLY} bytes: this is no chat endpoint`);
      }
    }
    signal.throwIfAborted();
    return Buffer.concat(parts).toString('utf8');
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

/** Seconds, or a date. */
function waitOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) && wait >= 0 ? wait : undefined;
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? describeError(cause) : describeError(error);
}

/** The client against a server that misbehaves in every way that servers do. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  type Behaviour,
  drip,
  endless,
  good,
  serveChat,
  status,
  stopServing,
} from '../../test/support/chat.ts';
import { FileCache } from './cache.ts';
import { ask, type ChatOptions, type Message, requestOf } from './client.ts';
import { askAll } from './questions.ts';
import { estimate } from './cost.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-chat-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(stopServing);

/** A server that behaves as told, and how to ask it without waiting long. */
async function serve(
  ...behaviours: Behaviour[]
): Promise<{ options: ChatOptions; requests: IncomingMessage[] }> {
  const { url, requests } = await serveChat((n) => behaviours[Math.min(n, behaviours.length - 1)]);
  return { options: { url: `${url}/`, model: 'tiny', firstWait: 1, patience: 60_000 }, requests };
}

const heard = good((question) => `heard ${question}`);
const QUESTION: Message[] = [{ role: 'user', content: 'what is it?' }];

describe('ask', () => {
  it('gets an answer, and sends the key', async () => {
    const { options, requests } = await serve(heard);
    const answer = await ask(QUESTION, { ...options, key: 'secret' });
    expect(answer).toEqual({
      text: 'heard what is it?',
      tokens: { sent: 7, received: 3 },
      remembered: false,
    });
    expect(requests[0].url).toBe('/v1/chat/completions');
    expect(requests[0].headers.authorization).toBe('Bearer secret');
  });

  it.each([
    ['a busy server', status(429, { 'retry-after': '0' })],
    ['a broken server', status(503)],
    ['a reply that is no JSON', (response: ServerResponse) => void response.end('<html>busy</html>')],
    [
      'half a reply',
      (response: ServerResponse) =>
        void response.writeHead(200, { 'content-length': '99' }).write('{"cho', () => response.destroy()),
    ],
    ['a reply without an answer', (response: ServerResponse) => void response.end('{"choices":[]}')],
    ['a connection that breaks', (response: ServerResponse) => void response.destroy()],
  ])('tries again after %s', async (_, behaviour: Behaviour) => {
    const { options, requests } = await serve(behaviour, behaviour, heard);
    expect((await ask(QUESTION, options)).text).toBe('heard what is it?');
    expect(requests).toHaveLength(3);
  });

  it('gives up a server that never answers', async () => {
    const { options } = await serve(() => undefined);
    const asked = ask(QUESTION, { ...options, patience: 50, attempts: 2 });
    await expect(asked).rejects.toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('2 attempts, the last: no answer within 0.05 s') as string,
    });
  });

  it.each([
    ['a refused key', status(401), 'status 401'],
    ['an unknown model', status(404), 'status 404'],
    ['a reply without end', endless, 'no chat endpoint'],
  ])('does not try again after %s', async (_, behaviour: Behaviour, message) => {
    const { options, requests } = await serve(behaviour);
    await expect(ask(QUESTION, options)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(message) as string,
    });
    expect(requests).toHaveLength(1);
  });

  it('gives up an answer that comes a byte at a time', async () => {
    const { options } = await serve(drip);
    const asked = ask(QUESTION, { ...options, patience: 100, attempts: 1 });
    await expect(asked).rejects.toMatchObject({
      message: expect.stringContaining('no answer within') as string,
    });
  });

  it('repeats no key that a server quotes', async () => {
    const key = 'sk-0123456789abcdef';
    const quote: Behaviour = (response) => void response.writeHead(401).end(`Incorrect API key: ${key}.`);
    const { options } = await serve(
      quote,
      good(() => `you are ${key}`),
    );
    const asked = ask(QUESTION, { ...options, key });
    await expect(asked).rejects.toMatchObject({ message: expect.stringContaining('key: [key].') as string });
    expect((await ask(QUESTION, { ...options, key })).text).toBe('you are [key]');
    // What somebody gives a local server that wants any key is a word like others.
    expect((await ask(QUESTION, { ...options, key: 'you' })).text).toBe(`you are ${key}`);
  });

  it('says that answers cannot be kept', async () => {
    const { options } = await serve(heard);
    writeFileSync(join(folder, 'file'), '');
    const cache = new FileCache(join(folder, 'file'));
    await expect(ask(QUESTION, { ...options, cache })).rejects.toMatchObject({ kind: 'unreadable' });
  });

  it('does not follow where a server points', async () => {
    const { options, requests } = await serve(status(302, { location: 'http://127.0.0.1:9/elsewhere' }));
    await expect(ask(QUESTION, { ...options, attempts: 1, key: 'secret' })).rejects.toMatchObject({
      kind: 'unreadable',
    });
    expect(requests).toHaveLength(1);
  });

  it('remembers an answer, by all of the request', async () => {
    const { options, requests } = await serve(heard);
    const cache = new FileCache(folder);
    await ask(QUESTION, { ...options, cache });
    expect(await ask(QUESTION, { ...options, cache })).toMatchObject({
      text: 'heard what is it?',
      remembered: true,
    });
    expect(requests).toHaveLength(1);
    await ask(QUESTION, { ...options, cache, model: 'other' });
    expect(requests).toHaveLength(2);
  });

  it('ends at once when it is interrupted', async () => {
    const { options } = await serve(status(503, { 'retry-after': '30' }));
    const controller = new AbortController();
    const asked = ask(QUESTION, { ...options, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(asked).rejects.toMatchObject({ kind: 'interrupted' });
  });
});

describe('askAll', () => {
  const questions = Array.from({ length: 30 }, (_, i): Message[] => [{ role: 'user', content: `${i}` }]);

  it('goes on after a question that fails, and asks no more at a time than told', async () => {
    // Nobody is answered before four wait, or all that are left; a fifth would have the time to come.
    let [seen, most] = [0, 0];
    const waiting: (() => void)[] = [];
    const { options } = await serve((response, body, request) => {
      const { messages } = JSON.parse(body) as { messages: Message[] };
      const behave = Number(messages[0].content) % 3 === 0 ? status(400) : heard;
      most = Math.max(
        most,
        waiting.push(() => behave(response, body, request)),
      );
      seen++;
      if (waiting.length < 4 && seen < questions.length) return;
      setTimeout(() => {
        for (const answer of waiting.splice(0)) answer();
      }, 20);
    });
    const counted: number[] = [];
    const outcomes = await askAll(questions, {
      ...options,
      jobs: 4,
      progress: (asked) => counted.push(asked),
    });
    expect(outcomes.map((one) => ('answer' in one ? one.answer.text : one.failure.kind))).toEqual(
      questions.map((_, i) => (i % 3 === 0 ? 'usage' : `heard ${i}`)),
    );
    expect(most).toBe(4);
    expect(counted).toEqual(questions.map((_, i) => i + 1));
  });

  it('ends where nothing but failures comes back', async () => {
    const { options, requests } = await serve(status(401));
    await expect(askAll(questions, { ...options, jobs: 3 })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('10 questions failed one after another') as string,
    });
    expect(requests.length).toBeLessThan(14);
  });

  it('ends at once when it is interrupted, and keeps what was answered', async () => {
    const controller = new AbortController();
    const { options } = await serve(
      ...Array.from({ length: 5 }, () => heard),
      () => void setTimeout(() => controller.abort(), 20),
    );
    const cache = new FileCache(join(folder, 'interrupted'));
    const asked = askAll(questions, { ...options, cache, jobs: 2, signal: controller.signal });
    await expect(asked).rejects.toMatchObject({ kind: 'interrupted' });
    const kept = questions.filter((messages) => cache.get(requestOf(messages, options)) !== undefined);
    expect(kept).toHaveLength(5);
  });
});

it('estimates what a study costs', () => {
  const questions = [[{ role: 'user' as const, content: 'x'.repeat(3000) }], QUESTION];
  expect(estimate(questions, 100, { sent: 2, received: 10 })).toEqual({
    requests: 2,
    sent: 1004,
    received: 200,
    cost: (1004 * 2 + 200 * 10) / 1e6,
  });
  expect(estimate(questions, 100, null).cost).toBeNull();
});

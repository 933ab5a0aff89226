/** The client against a server that misbehaves in every way that servers do. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { FileCache } from './cache.ts';
import { ask, type ChatOptions, type Message } from './client.ts';
import { estimate } from './cost.ts';

type Behaviour = (response: ServerResponse, body: string, request: IncomingMessage) => void;

const folder = mkdtempSync(join(tmpdir(), 'binscribe-chat-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const good: Behaviour = (response, body) => {
  const { messages } = JSON.parse(body) as { messages: Message[] };
  const content = `heard ${messages.at(-1)?.content}`;
  const usage = { prompt_tokens: 7, completion_tokens: 3 };
  response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }], usage }));
};

/** A server that behaves as told, request by request; the last behaviour stays. */
async function serve(
  ...behaviours: Behaviour[]
): Promise<{ options: ChatOptions; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const behaviour = behaviours[Math.min(requests.push(request), behaviours.length) - 1];
      behaviour(response, body, request);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/`;
  return { options: { url, model: 'tiny', firstWait: 1, patience: 2000 }, requests };
}

const QUESTION: Message[] = [{ role: 'user', content: 'what is it?' }];
const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    response.writeHead(code, headers).end('{"error":"no"}');

describe('ask', () => {
  it('gets an answer, and sends the key', async () => {
    const { options, requests } = await serve(good);
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
        void response.writeHead(200, { 'content-length': '99' }).end('{"cho', () => response.destroy()),
    ],
    ['a reply without an answer', (response: ServerResponse) => void response.end('{"choices":[]}')],
    ['a connection that breaks', (response: ServerResponse) => void response.destroy()],
  ])('tries again after %s', async (_, behaviour: Behaviour) => {
    const { options, requests } = await serve(behaviour, behaviour, good);
    expect((await ask(QUESTION, options)).text).toBe('heard what is it?');
    expect(requests).toHaveLength(3);
  });

  it('gives up a server that never answers', async () => {
    const { options, requests } = await serve(() => undefined);
    const asked = ask(QUESTION, { ...options, patience: 50, attempts: 2 });
    await expect(asked).rejects.toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('no answer within 0.05 s') as string,
    });
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['a refused key', status(401), 'status 401'],
    ['an unknown model', status(404), 'status 404'],
    [
      'a reply without end',
      (response: ServerResponse) => {
        const more = () => response.write('x'.repeat(2 ** 20), () => setImmediate(more));
        more();
      },
      'no chat endpoint',
    ],
  ])('does not try again after %s', async (_, behaviour: Behaviour, message) => {
    const { options, requests } = await serve(behaviour);
    await expect(ask(QUESTION, options)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(message) as string,
    });
    expect(requests).toHaveLength(1);
  });

  it('does not follow where a server points', async () => {
    const { options, requests } = await serve(status(302, { location: 'http://127.0.0.1:9/elsewhere' }));
    await expect(ask(QUESTION, { ...options, attempts: 1, key: 'secret' })).rejects.toMatchObject({
      kind: 'unreadable',
    });
    expect(requests).toHaveLength(1);
  });

  it('remembers an answer, by all of the request', async () => {
    const { options, requests } = await serve(good);
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

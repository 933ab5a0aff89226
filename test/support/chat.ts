/** A chat server of ours that behaves as well or as badly as told. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Behaviour = (response: ServerResponse, body: string, request: IncomingMessage) => void;

const servers: Server[] = [];

/** Call it after each test that has served. */
export function stopServing(): void {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}

/** @param behaviourAt what is done with the n-th request, from 0 */
export async function serveChat(
  behaviourAt: (n: number, body: string) => Behaviour,
): Promise<{ url: string; requests: IncomingMessage[]; bodies: string[] }> {
  const requests: IncomingMessage[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      bodies.push(body);
      behaviourAt(requests.push(request) - 1, body)(response, body, request);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, requests, bodies };
}

/** Answers as the interface's manual says. */
export function good(answerTo: (question: string) => string): Behaviour {
  return (response, body) => {
    const { messages } = JSON.parse(body) as { messages: { content: string }[] };
    const content = answerTo(messages.at(-1)!.content);
    const usage = { prompt_tokens: 7, completion_tokens: 3 };
    response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }], usage }));
  };
}

export function status(code: number, headers: Record<string, string> = {}): Behaviour {
  return (response) => response.writeHead(code, headers).end('{"error":"no"}');
}

/** A reply that never ends. */
export const endless: Behaviour = (response) => {
  const more = () => {
    if (!response.destroyed) response.write('x'.repeat(2 ** 20), () => setImmediate(more));
  };
  more();
};

/** A reply that comes a byte at a time. */
export const drip: Behaviour = (response) => {
  const timer = setInterval(() => response.write(' '), 10);
  response.on('close', () => clearInterval(timer));
};

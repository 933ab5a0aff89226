/** A page in Debian's headless Chromium, with these sources built into plain modules, and no network. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildTree } from '../support/build.ts';

export const BROWSER = 'chromium-headless-shell';
/** Below vitest's own limit, so that the browser is ended. A page takes a few seconds. */
const LIMIT_MILLISECONDS = 100_000;

/** What packages are called in our sources, and where they lie: what a page gives instead of a bundler. */
const IMPORTS = {
  '@huggingface/tokenizers': '/node_modules/@huggingface/tokenizers/dist/tokenizers.mjs',
  '@noble/hashes/': '/node_modules/@noble/hashes/',
  'onnxruntime-web/wasm': '/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs',
  zod: '/node_modules/zod/index.js',
};

const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

export function hasBrowser(): boolean {
  return spawnSync(BROWSER, ['--version']).status === 0;
}

/** What a page has besides the module that is called in it. */
export interface PageOptions {
  /** Its HTML, with an import map for packages; without it, one that knows those of the engine. */
  html?: string;
  /** Further files, by path. */
  files?: Record<string, Uint8Array>;
}

const EMPTY = `<!doctype html><script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>`;

/** In the page: what its module returns goes back to the server, and so does whatever goes wrong. */
const caller = (module: string, argument: unknown): string => `
<script>
  const send = (kind, value) => fetch('/' + kind, { method: 'POST', body: value });
  addEventListener('error', ({ message }) => send('error', message), true);
  addEventListener('unhandledrejection', ({ reason }) => send('error', String(reason?.stack ?? reason)));
</script>
<script type="module">
  const { report } = await import('/${module}');
  send('report', JSON.stringify(await report(${JSON.stringify(argument)})));
</script>`;

/** Where a file is in the built tree, in which our package is not installed but lies at the root. */
function placeOf(pathname: string): string {
  const path = normalize(pathname);
  const own = '/node_modules/binscribe/';
  return path.startsWith(own) ? path.slice(own.length).replace(/^dist\//, 'src/') : path;
}

/**
 * Calls `report` of a module in a page.
 * @param module path of the module from the root, as built: `test/web/page.js`
 * @throws Error with what the page says where it fails
 */
export async function inPage<Report>(
  module: string,
  argument: unknown,
  { html = EMPTY, files = {} }: PageOptions = {},
): Promise<Report> {
  const folder = buildTree();
  let finish: (answer: { kind: string; value: string }) => void;
  const finished = new Promise<{ kind: string; value: string }>((resolve) => (finish = resolve));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, 'http://localhost');
    if (request.method === 'POST') {
      finish({ kind: pathname.slice(1), value: await text(request) });
      response.end();
      return;
    }
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html').end(html + caller(module, argument));
      return;
    }
    try {
      const content = files[pathname] ?? readFileSync(join(folder, placeOf(pathname)));
      response.setHeader('content-type', TYPES[extname(pathname)] ?? 'text/plain').end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const browser = spawn(
    BROWSER,
    [
      // Chromium's own sandbox refuses root, which is who runs in a container.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      // Without a port to be debugged at, it leaves as soon as the page is loaded.
      '--remote-debugging-port=0',
      `--user-data-dir=${join(folder, 'profile')}`,
      `http://127.0.0.1:${port}/`,
    ],
    { stdio: 'ignore', detached: true },
  );
  const left = once(browser, 'exit').then(([code]) => ({
    kind: 'error',
    value: `${BROWSER} left with code ${String(code)}`,
  }));
  const limit = setTimeout(
    () => finish({ kind: 'error', value: `the page said nothing in ${LIMIT_MILLISECONDS} ms` }),
    LIMIT_MILLISECONDS,
  );
  try {
    const { kind, value } = await Promise.race([finished, left]);
    if (kind === 'error') throw new Error(value);
    return JSON.parse(value) as Report;
  } finally {
    clearTimeout(limit);
    killGroup(browser);
    await left;
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends a program that was started detached, with the processes that it has started: some outlive it otherwise. */
export function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has left by itself.
  }
}

/** Whom a command asks, what, and at which price: its options checked before anything is read or paid for. */

import { join } from 'node:path';
import { FileCache } from '../../chat/cache.ts';
import type { ChatOptions } from '../../chat/client.ts';
import type { Prices } from '../../chat/cost.ts';
import { sha256 } from '../../corpus/hash.ts';
import { BinscribeError } from '../../error.ts';
import { checkQuestion, QUESTION } from '../../tasks/chat/question.ts';
import { concerning } from '../failure.ts';
import { readInput } from '../files.ts';
import type { ResultFlags } from '../result.ts';
import type { Session } from '../session.ts';

/** How an endpoint is named and asked. */
export interface EndpointFlags {
  url?: string;
  model?: string;
  keyVariable: string;
  jobs: number;
  /** Seconds. */
  patience: number;
  attempts: number;
  cache: string;
}

export interface PriceFlags {
  priceSent?: number;
  priceReceived?: number;
}

export interface ChatFlags extends ResultFlags, EndpointFlags, PriceFlags {
  functions: number;
  seed: number;
  mostInstructions: number;
  question?: string;
  longest: number;
  costOnly?: boolean;
  baselinesOnly?: boolean;
  save?: string;
}

/** An address, a model and their cache. */
export interface Endpoint extends ChatOptions {
  readonly cache: FileCache;
  readonly longest: number;
}

/** Hexadecimal digits that tell addresses apart: answers of two servers must not meet. */
const ADDRESS_DIGITS = 16;

/** @throws BinscribeError of kind `usage`; none quotes an address or a key, which may hold a secret */
export function endpointOf(
  { url, model, keyVariable, attempts, patience, cache: folder }: EndpointFlags,
  longest: number,
  session: Session,
): Endpoint {
  if (url === undefined || model === undefined) {
    throw new BinscribeError('usage', 'whom to ask: --url and --model expected', {
      hint: 'As --url http://127.0.0.1:8080/v1 --model NAME.',
    });
  }
  checkAddress(url);
  // An empty variable is how one unsets it for a command.
  const key = session.env[keyVariable] || undefined;
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new BinscribeError(
      'usage',
      `${keyVariable}: a key of printable characters expected, got others in it`,
    );
  }
  const cache = new FileCache(join(folder, sha256(url).slice(0, ADDRESS_DIGITS)));
  return { url, model, key, longest, attempts, patience: patience * 1000, cache };
}

function checkAddress(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const hasMore = url && (url.username || url.password || url.search || url.hash);
  if (url && /^https?:$/.test(url.protocol) && !hasMore) return;
  throw new BinscribeError(
    'usage',
    '--url: an address as http://HOST:PORT/v1 expected, without user, password and parameters',
    { hint: 'A key goes into the variable that --key-variable names.' },
  );
}

/** @throws BinscribeError of kind `usage` where one of the two is missing */
export function pricesOf({ priceSent, priceReceived }: PriceFlags): Prices | null {
  if (priceSent === undefined && priceReceived === undefined) return null;
  if (priceSent !== undefined && priceReceived !== undefined) {
    return { sent: priceSent, received: priceReceived };
  }
  throw new BinscribeError('usage', '--price-sent and --price-received expected together, got one of them');
}

/** @throws BinscribeError: `unreadable`, or `usage` where it has no place for the code */
export async function readQuestion(path: string | undefined): Promise<string> {
  if (path === undefined) return QUESTION;
  const question = await readText(path);
  checkQuestion(question, path);
  return question;
}

/** @throws BinscribeError of kind `unreadable` */
export async function readText(path: string): Promise<string> {
  const bytes = await readInput(path).catch((error: unknown) => {
    throw concerning(path, error);
  });
  return new TextDecoder().decode(bytes);
}

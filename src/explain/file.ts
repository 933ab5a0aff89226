/** What a report says of the file as a whole. */

import type { Binary } from '../binary/binary.ts';
import { sanitize } from './sanitize.ts';
import type { FileFacts } from './schema.ts';

/** The facts of a file; its hash by WebCrypto, which browsers and Node both have and which is native. */
export async function describeFile(binary: Binary, bytes: Uint8Array, path: string): Promise<FileFacts> {
  return {
    path: sanitize(path, Number.POSITIVE_INFINITY),
    sha256: await sha256(bytes),
    format: binary.format,
    arch: binary.arch,
    kind: binary.kind,
    stripped: binary.stripped,
    base: baseOf(binary),
    size: bytes.length,
  };
}

const PT_LOAD = 1;
/** Loaders fill whole pages. */
const PAGE = 4096;

function baseOf({ kind, segments }: Binary): string | null {
  const starts = segments.filter(({ type }) => type === PT_LOAD).map(({ address }) => address);
  if (kind === 'relocatable' || starts.length === 0) return null;
  const lowest = starts.reduce((least, start) => Math.min(least, start));
  return hex(lowest - (lowest % PAGE));
}

/** An address as reports write it. */
export function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

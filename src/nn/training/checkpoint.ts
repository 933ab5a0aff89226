/**
 * Checkpoints: everything that decides how a training goes on, in one file with a checksum.
 *
 * Layout: 8 bytes of magic, the length of the header (uint32, little-endian), the header (JSON: progress, names
 * and lengths of buffers), padding to 4 bytes, the buffers (float32, little-endian), SHA-256 of all before it.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { z } from 'zod';
import { BinscribeError } from '../../error.ts';
import type { StateSnapshot } from './state.ts';

const MAGIC = new TextEncoder().encode('BSCHECK1');
const CHECKSUM_BYTES = 32;

/** Where a training stands. */
export const progressSchema = z.object({
  epoch: z.int().nonnegative(),
  /** Batches of the epoch that are done. */
  batch: z.int().nonnegative(),
  /** Sum of the losses of the epoch's steps so far, and their number. */
  lossSum: z.number(),
  lossCount: z.int().nonnegative(),
  best: z.number().nullable(),
  /** Step of the best evaluation. */
  bestStep: z.int().nonnegative(),
  /** Evaluations since. */
  waited: z.int().nonnegative(),
  plateau: z.object({ factor: z.number(), best: z.number().nullable(), waited: z.int() }).nullable(),
  /** Length of the log in bytes: what a killed run wrote after its checkpoint is cut off. */
  logBytes: z.int().nonnegative(),
  finished: z.boolean(),
});

export type Progress = z.infer<typeof progressSchema>;

const headerSchema = z.object({
  /** Hash of the settings: a run is only resumed with those that it began with. */
  settings: z.string(),
  step: z.int().nonnegative(),
  buffers: z.array(z.object({ name: z.string(), length: z.int().nonnegative() })),
  progress: progressSchema,
});

export interface Checkpoint {
  readonly settings: string;
  readonly snapshot: StateSnapshot;
  readonly progress: Progress;
}

export function encodeCheckpoint({ settings, snapshot, progress }: Checkpoint): Uint8Array {
  const entries = Object.entries(snapshot.buffers);
  const buffers = entries.map(([name, { length }]) => ({ name, length }));
  const text = JSON.stringify({ settings, step: snapshot.step, buffers, progress });
  const header = new TextEncoder().encode(text + ' '.repeat((4 - (text.length % 4)) % 4));
  const size = entries.reduce((sum, [, { byteLength }]) => sum + byteLength, 0);
  const bytes = new Uint8Array(MAGIC.length + 4 + header.length + size + CHECKSUM_BYTES);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint32(MAGIC.length, header.length, true);
  let at = MAGIC.length + 4;
  bytes.set(header, at);
  at += header.length;
  for (const [, values] of entries) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  bytes.set(sha256(bytes.subarray(0, at)), at);
  return bytes;
}

/** @throws BinscribeError `corrupt` where the file is damaged */
export function decodeCheckpoint(bytes: Uint8Array, name: string): Checkpoint {
  const damaged = (what: string): BinscribeError =>
    new BinscribeError('corrupt', `${name}: ${what}`, { hint: 'Resume from another checkpoint of the run.' });
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < MAGIC.length + 4 || MAGIC.some((byte, i) => bytes[i] !== byte)) throw damaged('no checkpoint');
  if (sha256(bytes.subarray(0, end)).some((byte, i) => byte !== bytes[end + i])) {
    throw damaged('the checksum does not fit');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  const headerLength = view.getUint32(MAGIC.length, true);
  let at = MAGIC.length + 4 + headerLength;
  if (at > end) throw damaged('the header is longer than the file');
  const header = headerSchema.safeParse(
    JSON.parse(new TextDecoder().decode(bytes.subarray(MAGIC.length + 4, at))),
  );
  if (!header.success) throw damaged(`header: ${z.prettifyError(header.error)}`);
  const buffers: Record<string, Float32Array> = {};
  for (const { name: buffer, length } of header.data.buffers) {
    if (at + length * 4 > end) throw damaged(`${buffer} goes past the end`);
    // Copied byte by byte, since the numbers need not stand at a multiple of four in the file.
    const values = new Float32Array(length);
    new Uint8Array(values.buffer).set(bytes.subarray(at, at + length * 4));
    buffers[buffer] = values;
    at += length * 4;
  }
  const { settings, step, progress } = header.data;
  return { settings, snapshot: { step, buffers }, progress };
}

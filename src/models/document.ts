/**
 * `model.json`, which every model folder has: what a person may read (origin, thresholds), and the hashes by which
 * the files beside it and the document itself are checked.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { corrupt, describeError, describeIssue } from '../error.ts';

/** Raised when a reader of the old form would misread the new one. */
export const MODEL_SCHEMA = 1;
export const DOCUMENT = 'model.json';

/** What `kind` says: which code reads the folder. */
export const FIRST_KIND = 'first';
export const ENCODER_KIND = 'encoder';

/** Of all kinds of models. */
export const envelope = {
  schema: z.literal(MODEL_SCHEMA),
  name: z.string(),
  version: z.string(),
  description: z.string(),
  /** The data set it learned from, and how: free text and numbers for the reader. */
  training: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
  /** SHA-256 of the files beside this one. */
  files: z.record(z.string(), z.string()),
  /** SHA-256 of this document as it is without this field. */
  check: z.string(),
};

export const probability = z.number().min(0).max(1);

const anyModel = z.looseObject({ ...envelope, kind: z.string() });

export type AnyDocument = z.infer<typeof anyModel>;

/** What the writer of a model is told beside its parts. */
export type ModelOrigin = Pick<AnyDocument, 'name' | 'version' | 'training'>;

/** Contents of a file of the folder by name; it may throw errors of kind `missing`. */
export type ReadPart = (name: string) => Promise<Uint8Array> | Uint8Array;

/** Name → contents of a model's files, `model.json` first. The same parts give the same bytes. */
export function writeDocument(
  fields: object,
  files: ReadonlyMap<string, Uint8Array>,
): Map<string, Uint8Array> {
  const document = {
    schema: MODEL_SCHEMA,
    ...fields,
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, hashOf(bytes)])),
  };
  return new Map([[DOCUMENT, documentBytes({ ...document, check: checkOf(document) })], ...files]);
}

/** @throws BinscribeError of kind `corrupt` unless the bytes are a whole document of a model */
export function readDocument(bytes: Uint8Array, where: string): AnyDocument {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw corrupt(`${where}: ${describeError(error)}`);
  }
  const parsed = parseAs(anyModel, document, where);
  // As it was read: checking it for its shape may have changed the order of its fields.
  const { check, ...rest } = document as AnyDocument;
  if (check !== checkOf(rest)) throw corrupt(`${where}: check ${checkOf(rest)} expected, got ${check}`);
  return parsed;
}

/** The same of one kind of model. @throws BinscribeError of kind `corrupt`, also for a model of another kind */
export function readDocumentOf(kind: string, bytes: Uint8Array, where: string): AnyDocument {
  const document = readDocument(bytes, where);
  if (document.kind === kind) return document;
  throw corrupt(`${where}: kind: "${kind}" expected, got "${document.kind}"`);
}

/** @throws BinscribeError of kind `corrupt` that names the first field that is wrong */
export function parseAs<T>(shape: z.ZodType<T>, document: unknown, where: string): T {
  const parsed = shape.safeParse(document);
  if (!parsed.success) throw corrupt(`${where}: ${describeIssue(parsed.error.issues)}`);
  return parsed.data;
}

/** The files of a model. @throws BinscribeError of kind `corrupt` where one is not what the model was written with */
export async function readParts<Name extends string>(
  read: ReadPart,
  { files }: AnyDocument,
  names: readonly Name[],
  where: string,
): Promise<Record<Name, Uint8Array>> {
  const parts = await Promise.all(
    names.map(async (name) => {
      const data = await read(name);
      if (files[name] !== hashOf(data)) {
        const told = files[name] ?? 'none';
        throw corrupt(`${where}/${name}: SHA-256 ${told} expected by ${DOCUMENT}, got ${hashOf(data)}`);
      }
      return [name, data] as const;
    }),
  );
  return Object.fromEntries(parts) as Record<Name, Uint8Array>;
}

/** Name, version and content hash: which model said it. */
export function modelId({ name, version, check }: AnyDocument): string {
  return `${name} ${version} ${check.slice(0, 12)}`;
}

function checkOf(document: object): string {
  return hashOf(documentBytes(document));
}

function documentBytes(document: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(document, null, 1)}\n`);
}

function hashOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

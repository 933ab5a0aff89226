/**
 * A folder of known functions: `model.json`, `index.bin`, `vectors.bin` (a vector of bytes for each, of the encoder that
 * `network` names) and `texts.bin` (what programmers say of some of them). It makes an encoder know more.
 */

import { z } from 'zod';
import {
  DOCUMENT,
  envelope,
  modelId,
  type ModelOrigin,
  parseAs,
  probability,
  readDocumentOf,
  readParts,
  type ReadPart,
  writeDocument,
} from '../document.ts';
import { describeLinear, readLinear } from '../linear/described.ts';
import { type Company, COMPANY_FEATURES } from './company.ts';
import { decodeKnown, encodeKnown } from './format.ts';
import type { KnownVectors } from './join.ts';
import { packVectors, unpackVectors } from './packed.ts';
import { decodeTexts, encodeTexts, type Quotation } from './texts.ts';

export const KNOWN_KIND = 'known';

const knownShape = z.strictObject({
  ...envelope,
  kind: z.literal(KNOWN_KIND),
  /** SHA-256 of the network that the vectors are of. */
  network: z.string(),
  /** Numbers of a vector. */
  size: z.int().positive(),
  /** How sure names are in the company of others: weight of each feature, then the bias. */
  company: z.strictObject({ weights: z.record(z.string(), z.number()), threshold: probability }).optional(),
});

const INDEX = 'index.bin';
const VECTORS = 'vectors.bin';
const TEXTS = 'texts.bin';

/** Functions that are known beside those of an encoder. */
export interface KnownPart extends KnownVectors {
  readonly id: string;
  readonly network: string;
  readonly quotations: readonly Quotation[];
  readonly company?: Company | undefined;
}

/** Name → contents of a folder's files. The same parts give the same bytes. */
export function writeKnown(
  { known, vectors, network, quotations, company }: Omit<KnownPart, 'id'>,
  description: string,
  origin: ModelOrigin,
): Map<string, Uint8Array> {
  const size = vectors.length / known.entries;
  const fields = {
    kind: KNOWN_KIND,
    ...origin,
    description,
    network,
    size,
    ...(company && {
      company: {
        weights: describeLinear(company.linear, COMPANY_FEATURES),
        threshold: company.threshold,
      },
    }),
  };
  return writeDocument(
    fields,
    new Map([
      [INDEX, encodeKnown(known)],
      [VECTORS, packVectors(vectors, size)],
      [TEXTS, encodeTexts(quotations)],
    ]),
  );
}

/** @throws BinscribeError of kind `corrupt` where a file is not what the folder was written with */
export async function loadKnown(read: ReadPart, where: string): Promise<KnownPart> {
  const checked = readDocumentOf(KNOWN_KIND, await read(DOCUMENT), `${where}/${DOCUMENT}`);
  const place = `${where}/${DOCUMENT}`;
  const { size, network, company } = parseAs(knownShape, checked, place);
  const files = await readParts(read, checked, [INDEX, VECTORS, TEXTS], where);
  const known = decodeKnown(files[INDEX], `${where}/${INDEX}`);
  return {
    id: modelId(checked),
    network,
    known,
    vectors: unpackVectors(files[VECTORS], { entries: known.entries, size }, `${where}/${VECTORS}`),
    company: company && {
      linear: readLinear(company.weights, COMPANY_FEATURES, `${place}: company.weights`),
      threshold: company.threshold,
    },
    quotations: decodeTexts(files[TEXTS], `${where}/${TEXTS}`),
  };
}

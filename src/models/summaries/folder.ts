/** The folder of a model of summaries: `model.json`, `writer.bin` (the weights) and `vocabularies.bin`. It holds no texts. */

import { z } from 'zod';
import type { Runtime } from '../../nn/runtime.ts';
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
import { decodeVocabularies, encodeVocabularies, type Vocabularies } from '../stored/vocabularies.ts';
import { encoderSizes, heads, layers, tokens, width } from '../stored/sizes.ts';
import { packWeights, unpackWeights } from '../stored/weights.ts';
import type { Certainty } from './certainty.ts';
import { SummaryDrafter } from './drafts.ts';
import { SummaryModel } from './model.ts';
import { parameterShapes, type SummaryNetwork } from './network.ts';

export const SUMMARIES_KIND = 'summaries';

const summariesShape = z.strictObject({
  ...envelope,
  kind: z.literal(SUMMARIES_KIND),
  /** Instructions that a function has at least. */
  floor: z.int().min(1),
  network: z
    .strictObject({
      encoder: encoderSizes,
      decoder: z.strictObject({
        layers,
        heads,
        inner: width,
        longestCode: tokens,
        longestText: tokens,
        longestHints: tokens,
      }),
    })
    .refine(
      ({ encoder, decoder }) => encoder.width % encoder.heads === 0 && encoder.width % decoder.heads === 0,
      { message: 'heads that divide the width expected' },
    ),
  certainty: z.strictObject({
    weights: z.strictObject({
      likelihood: z.number(),
      margin: z.number(),
      instructions: z.number(),
      words: z.number(),
    }),
    intercept: z.number(),
    threshold: probability,
  }),
});

/** No other kind of model has a file of this name. */
export const WEIGHTS = 'writer.bin';
const VOCABULARIES = 'vocabularies.bin';

/** What a folder is written of. */
export interface SummaryFiles {
  readonly floor: number;
  readonly network: SummaryNetwork;
  /** Of all names of `parameterShapes`; others are left out. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly vocabularies: Vocabularies;
  readonly certainty: Certainty;
}

/** Name → contents of a model's files. The same parts give the same bytes. */
export function writeSummaries(
  { floor, network, parameters, vocabularies, certainty }: SummaryFiles,
  description: string,
  origin: ModelOrigin,
): Map<string, Uint8Array> {
  const fields = {
    kind: SUMMARIES_KIND,
    ...origin,
    description,
    floor,
    network: sizesOf(network),
    certainty,
  };
  return writeDocument(
    fields,
    new Map([
      [WEIGHTS, packWeights(parameterShapes(network), parameters)],
      [VOCABULARIES, encodeVocabularies(vocabularies)],
    ]),
  );
}

/**
 * @param where the folder, for messages
 * @throws BinscribeError of kind `corrupt` where a file is not what the model was written with
 */
export async function loadSummaries(read: ReadPart, where: string, runtime: Runtime): Promise<SummaryModel> {
  const place = `${where}/${DOCUMENT}`;
  const checked = readDocumentOf(SUMMARIES_KIND, await read(DOCUMENT), place);
  const document = parseAs(summariesShape, checked, place);
  const files = await readParts(read, checked, [WEIGHTS, VOCABULARIES], where);
  const vocabularies = decodeVocabularies(files[VOCABULARIES], `${where}/${VOCABULARIES}`);
  const { floor, network: sizes, certainty, description } = document;
  const network: SummaryNetwork = {
    encoder: { ...sizes.encoder, vocabulary: vocabularies.code.size, dropout: 0 },
    decoder: { ...sizes.decoder, vocabulary: vocabularies.text.size, dropout: 0, smoothing: 0 },
  };
  const parameters = unpackWeights(files[WEIGHTS], parameterShapes(network), `${where}/${WEIGHTS}`);
  return new SummaryModel({
    card: { id: modelId(checked), description },
    floor,
    drafter: await SummaryDrafter.open(runtime, network, vocabularies, parameters),
    certainty,
  });
}

function sizesOf({ encoder, decoder }: SummaryNetwork): z.infer<typeof summariesShape>['network'] {
  const { width } = encoder;
  const { longestCode, longestText, longestHints } = decoder;
  return {
    encoder: { width, inner: encoder.inner, layers: encoder.layers, heads: encoder.heads },
    decoder: {
      layers: decoder.layers,
      heads: decoder.heads,
      inner: decoder.inner,
      longestCode,
      longestText,
      longestHints,
    },
  };
}

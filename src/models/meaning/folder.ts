/**
 * The folder of a model of meaning: `model.json`, `weights.bin` (both encoders with their heads), `vocabularies.bin`
 * `lexicon.bin`,
 * and `background.bin` (vectors of functions of the validation packages, which cosines are told by; what the lexicon reads
 * of them is in its file).
 */

import { z } from 'zod';
import { corrupt } from '../../error.ts';
import type { Runtime } from '../../nn/runtime.ts';
import type { ConvolutionalNetwork } from '../contrabin/encoder.ts';
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
import { Background, type Calibration } from './calibration.ts';
import type { Lexicon } from './lexicon.ts';
import { decodeLexicon, encodeLexicon } from './lexicon-file.ts';
import { MeaningModel, type MeaningParts } from './model.ts';
import { type MeaningNetwork, openSide, parameterShapes } from './network.ts';
import { decodeVocabularies, encodeVocabularies, type Vocabularies } from '../stored/vocabularies.ts';
import { encoderSizes, tokens, width } from '../stored/sizes.ts';
import { packWeights, unpackWeights } from '../stored/weights.ts';

export const MEANING_KIND = 'meaning';

const curve = z.strictObject({
  network: z.number(),
  lexicon: z.number(),
  words: z.number(),
  intercept: z.number(),
});

const meaningShape = z.strictObject({
  ...envelope,
  kind: z.literal(MEANING_KIND),
  floor: z.int().min(1),
  limits: z.strictObject({ code: tokens, text: tokens }),
  networks: z.strictObject({ code: encoderSizes, text: encoderSizes }),
  /** Numbers of a vector. */
  size: width,
  /** Functions in `background.bin`. */
  background: z.int().min(1).max(1_000_000),
  calibration: z.strictObject({
    label: curve,
    question: curve,
    thresholds: z.array(z.strictObject({ functions: z.int().positive(), score: probability })).min(1),
  }),
});

const WEIGHTS = 'weights.bin';
const VOCABULARIES = 'vocabularies.bin';
const LEXICON = 'lexicon.bin';
const BACKGROUND = 'background.bin';

/** What a folder is written of. */
export interface MeaningFiles extends Pick<MeaningParts, 'floor' | 'limits' | 'vocabularies' | 'background'> {
  readonly network: MeaningNetwork;
  readonly lexicon: Lexicon;
  /** Of both sides; others are left out. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly calibration: Calibration;
}

const backgroundShapes = (count: number, size: number) => new Map([['background', [count, size]]]);

/** Name → contents of a model's files. The same parts give the same bytes. */
export function writeMeaning(
  { floor, limits, network, lexicon, parameters, vocabularies, background, calibration }: MeaningFiles,
  description: string,
  origin: ModelOrigin,
): Map<string, Uint8Array> {
  const { size } = network;
  const fields = {
    kind: MEANING_KIND,
    ...origin,
    description,
    floor,
    limits,
    networks: { code: sideOf(network.code), text: sideOf(network.text) },
    size,
    background: background.count,
    calibration,
  };
  const shapes = backgroundShapes(background.count, size);
  return writeDocument(
    fields,
    new Map([
      [WEIGHTS, packWeights(parameterShapes(network), parameters)],
      [VOCABULARIES, encodeVocabularies(vocabularies)],
      [LEXICON, encodeLexicon(lexicon, background.features)],
      [BACKGROUND, packWeights(shapes, new Map([['background', background.vectors]]))],
    ]),
  );
}

/**
 * @param where the folder, for messages
 * @throws BinscribeError of kind `corrupt` where a file is not what the model was written with
 */
export async function loadMeaning(read: ReadPart, where: string, runtime: Runtime): Promise<MeaningModel> {
  const place = `${where}/${DOCUMENT}`;
  const checked = readDocumentOf(MEANING_KIND, await read(DOCUMENT), place);
  const document = parseAs(meaningShape, checked, place);
  const files = await readParts(read, checked, [WEIGHTS, VOCABULARIES, LEXICON, BACKGROUND], where);
  const vocabularies = decodeVocabularies(files[VOCABULARIES], `${where}/${VOCABULARIES}`);
  const { floor, limits, networks, size, calibration, background: count } = document;
  const network = networkOf(networks, vocabularies, size);
  const parameters = unpackWeights(files[WEIGHTS], parameterShapes(network), `${where}/${WEIGHTS}`);
  const vectors = unpackWeights(files[BACKGROUND], backgroundShapes(count, size), `${where}/${BACKGROUND}`);
  const { lexicon, background } = decodeLexicon(files[LEXICON], `${where}/${LEXICON}`);
  if (background.length !== count) {
    throw corrupt(`${where}/${LEXICON}: ${count} functions expected, got ${background.length}`);
  }
  return new MeaningModel({
    card: { id: modelId(checked), description: document.description },
    floor,
    limits,
    vocabularies,
    encoders: {
      code: await openSide(runtime, network, 'code', parameters),
      text: await openSide(runtime, network, 'text', parameters),
    },
    lexicon,
    background: new Background(vectors.get('background')!, size, background),
    calibration,
  });
}

function sideOf({ width, inner, layers, heads }: ConvolutionalNetwork): z.infer<typeof encoderSizes> {
  return { width, inner, layers, heads };
}

function networkOf(
  { code, text }: z.infer<typeof meaningShape>['networks'],
  vocabularies: Vocabularies,
  size: number,
): MeaningNetwork {
  return {
    code: { ...code, vocabulary: vocabularies.code.size, dropout: 0 },
    text: { ...text, vocabulary: vocabularies.text.size, dropout: 0 },
    size,
  };
}

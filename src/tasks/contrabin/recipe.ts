/** What a recipe of pre-training says: data, sizes, budget, and the paper's switches. */

import { z } from 'zod';
import { VIEWS } from '../../models/contrabin/views.ts';
import { trainingSchema } from '../../nn/training/settings.ts';
import { CODE_VIEWS } from './programs.ts';

const sizes = {
  width: z.int().positive(),
  inner: z.int().positive(),
  layers: z.int().positive(),
  heads: z.int().positive(),
  dropout: z.number().min(0).max(0.9),
};

const encoderShape = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('convolutions').optional(), ...sizes }),
    /** Of RoBERTa's build. */
    z.strictObject({ kind: z.literal('transformer'), ...sizes }),
    /** Of RoBERTa's build, with its tokenizer and what it has learned: a folder of Hugging Face's. */
    z.strictObject({ kind: z.literal('folder'), path: z.string().min(1) }),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? 'expected "convolutions" (or none), "transformer" or "folder"' : undefined,
  },
);

export type EncoderRecipe = z.infer<typeof encoderShape>;

const epochs = z.int().min(0);

/** Contrastive learning (sections 2.2 to 2.4). */
const contrastShape = z.strictObject({
  /** Whether f_a stays as masked pre-training has made it. */
  anchored: z.boolean(),
  /** Of the manifold. */
  size: z.int().positive(),
  dropout: z.number().min(0).max(0.9),
  objective: z.strictObject({
    comparison: z.enum(['soft targets', 'InfoNCE']),
    temperature: z.number().positive(),
    interpolation: z.strictObject({
      joining: z.enum(['sum', 'concatenation']),
      dropout: z.number().min(0).max(0.9),
    }),
  }),
  /**
   * Whether the primary stage compares code with source also of functions of which nobody says anything: they have no
   * third view to be interpolated towards.
   */
  uncommented: z.boolean().optional(),
  /**
   * Whether the words of a function's name are a comment too, beside what people say of it: everybody names functions, and
   * few comment them.
   */
  named: z.boolean().optional(),
  /**
   * Whether a batch is of functions of one package, or of several small ones: whoever asks a program tells its own functions
   * apart, and those of another are told from it by what they are about.
   */
  withinPackages: z.boolean().optional(),
  /** Views that may be left out of a draw: of the others two are compared, or interpolated and compared with it. */
  leftOut: z.array(z.enum(VIEWS)).min(1),
  /** The curriculum: 10/10/10 and 10/30/30 in the paper. A stage without epochs is left out. */
  epochs: z.strictObject({ primary: epochs, linear: epochs, 'non-linear': epochs }),
  /** What the encoders' learning rate is of that of the heads on them, which begin with numbers that are drawn. */
  encoderRate: z.number().positive().max(1).optional(),
  training: trainingSchema,
});

const vocabularySize = z.int().min(300).max(65_536);

const fields = z.strictObject({
  /** Folders of data sets; their training sides are learned from. */
  datasets: z.array(z.string()).min(1),
  /** Packages of these that judge checkpoints. */
  validation: z.array(z.string()).min(1),
  /** Binary code as normalised assembly or as LLVM IR. */
  view: z.enum(CODE_VIEWS),
  floor: z.int().min(1),
  /** Tokens of f_t and of f_a; an encoder of a folder has its own. */
  vocabularies: z
    .strictObject({ code: vocabularySize.optional(), text: vocabularySize.optional() })
    .default({}),
  limits: z.strictObject({
    code: z.int().min(8).max(4096),
    source: z.int().min(8).max(4096),
    comment: z.int().min(4).max(4096),
  }),
  /** f_t, and f_a. */
  network: encoderShape,
  anchor: encoderShape,
  /** Null: what it has learned already is enough. */
  masked: z.strictObject({ trained: trainingSchema.nullable(), anchored: trainingSchema.nullable() }),
  /** Null: masked-language pre-training only. */
  contrast: contrastShape.nullable(),
});

export const preTrainingShape = fields.superRefine((recipe, context) => {
  const { network, anchor, vocabularies, masked, contrast } = recipe;
  const expect = (there: boolean, path: string, message: string): void => {
    if (!there) context.addIssue({ code: 'custom', path: path.split('.'), message: `expected ${message}` });
  };
  const [begun, anchorBegun] = [network, anchor].map(({ kind }) => kind === 'folder');
  expect(begun || vocabularies.code !== undefined, 'vocabularies.code', 'a number: network is no folder');
  expect(
    anchorBegun || vocabularies.text !== undefined,
    'vocabularies.text',
    'a number: anchor is no folder',
  );
  expect(
    begun || contrast !== null || masked.trained !== null,
    'masked.trained',
    'a training: there is no other',
  );
  // An anchor of random weights anchors nothing.
  const anchors = anchorBegun || contrast === null || masked.anchored !== null;
  expect(anchors, 'masked.anchored', 'a training: anchor is no folder, it has learned nothing');
});

/** What all ways of a study share: texts are read and cut once, and questions are asked of one network. */
export const SHARED = [
  'datasets',
  'validation',
  'view',
  'floor',
  'vocabularies',
  'limits',
  'network',
  'anchor',
] as const satisfies readonly (keyof PreTrainingRecipe)[];

export type PreTrainingRecipe = z.infer<typeof preTrainingShape>;
export type ContrastRecipe = z.infer<typeof contrastShape>;

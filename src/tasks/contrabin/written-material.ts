/** What a question of writing is made of: its functions by sides, and the writer that learns from them. */

import type { CandidateSettings } from './candidates.ts';
import { usualBeginning } from './draft-style.ts';
import { networksOf, ownEncoder } from './encoders.ts';
import type { WrittenColumn } from './functions.ts';
import type { Material } from './material.ts';
import type { PreTrainingRecipe } from './recipe.ts';
import type { WrittenStudyQuestion } from './study-shape.ts';
import { collectWritten, type WrittenSides } from './written-sides.ts';

export interface WrittenMaterial {
  readonly sides: WrittenSides;
  readonly settings: OwnSettings;
}

/** Of a writer whose encoder is one of ours. */
interface OwnSettings extends CandidateSettings {
  readonly network: {
    readonly encoder: ReturnType<typeof ownEncoder>['network'];
    readonly decoder: CandidateSettings['network']['decoder'];
  };
}

const COLUMN_OF = { summaries: 'text', source: 'source', 'open-names': 'name' } as const satisfies Record<
  WrittenStudyQuestion['kind'],
  WrittenColumn
>;

/** @throws BinscribeError `usage` where the pre-training's encoders are transformers */
export async function writtenMaterial(
  question: WrittenStudyQuestion,
  pretraining: PreTrainingRecipe,
  vocabularies: Material['vocabularies'],
): Promise<WrittenMaterial> {
  const { trained, anchored } = await networksOf(pretraining, vocabularies);
  const whose = `question ${question.name}`;
  const code = ownEncoder({ network: trained, vocabulary: vocabularies.code }, whose);
  const text = ownEncoder({ network: anchored, vocabulary: vocabularies.text }, whose);
  const column = COLUMN_OF[question.kind];
  const { tested = question.datasets, neighbours, training } = question;
  const sides = await collectWritten({ ...question, tested, column });
  return {
    sides,
    settings: {
      column,
      beginning: column === 'source' ? usualBeginning(sides.training.map(({ text: source }) => source)) : '',
      vocabularies: { code: code.vocabulary, text: text.vocabulary },
      neighbours,
      network: {
        encoder: code.network,
        decoder: { ...question.decoder, vocabulary: text.vocabulary.size },
      },
      training,
    },
  };
}
